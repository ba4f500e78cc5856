import { Alert, Stack, Text } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { KeptReports } from '@/app/kept-reports'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { readAfterGap } from '@/lib/domain/declaration/kept-reports'
import { mechanismOf } from '@/lib/domain/trial/mechanism'
import { declarationPlaceOf } from '@/lib/mdm/server-kinds'

/** After an observation gap: the reports that the webhook may have missed are offered where they are kept. */
export function MissedReports({ view, actor }: { view: TrialView; actor: Actor }) {
  const { trial, server, steps, version } = view
  const name = server && declarationPlaceOf(server)
  if (trial.state !== 'observing' || mechanismOf(version.plan) === 'command') return null
  const read = readAfterGap(steps)
  if (name === undefined || read === null) return null
  if (read)
    return (
      <Text size="sm">
        <UserText>{read.text}</UserText>, <When at={read.at} />
      </Text>
    )
  return (
    <Alert
      variant="outline"
      color="orange"
      icon={<IconEyeOff aria-hidden />}
      title="Status reports may be missing"
    >
      <Stack gap="xs" align="flex-start">
        <span>
          The trial has an observation gap. What the device reported in it was posted once; {name}{' '}
          may have kept it.
        </span>
        <KeptReports
          deviceId={trial.deviceId}
          name={name}
          refusal={refusalFor(actor, 'askDevice')}
        />
      </Stack>
    </Alert>
  )
}
