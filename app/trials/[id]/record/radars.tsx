import { Text } from '@mantine/core'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { WriteRadar } from '@/components/trial/write-radar'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { refusalFor } from '@/lib/domain/account/permissions'
import { radarStateInfo } from '@/lib/domain/radar/radar'
import { paths } from '@/lib/paths'
import type { Current } from '../read-current'

/** The radars that name this trial, and the way to write one about how it ended. */
export function Radars({ trial, current }: { trial: Trial; current: Current }) {
  if (!trial.consumed) return null
  return (
    <Card title="Radars">
      {current.radars.map(({ id, number, title, state }) => (
        <Text key={id} size="sm">
          <TextLink href={paths.radar(id)} size="sm">
            R-{number}
          </TextLink>{' '}
          <UserText>{title}</UserText>, {radarStateInfo[state].label}
        </Text>
      ))}
      <div>
        <WriteRadar from={{ trial: trial.id }} reason={refusalFor(current.actor, 'writeRadar')} />
      </div>
    </Card>
  )
}
