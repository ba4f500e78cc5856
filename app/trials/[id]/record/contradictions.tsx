import { Paper, Stack, Text, Title } from '@mantine/core'
import { TextLink } from '@/components/data/links'
import { ContradictionText } from '@/components/trial/contradiction-text'
import type { ContradictionRow, countChecksOfTrial } from '@/lib/db/queries/events/contradictions'
import { deviceFirst } from '@/lib/domain/contradiction/finding'
import { paths } from '@/lib/paths'

type Checks = Awaited<ReturnType<typeof countChecksOfTrial>>

type Props = {
  found: ContradictionRow[]
  checks: Checks
  /** By fingerprint, in how many replies each was found; left out in a history. */
  times: Map<string, number> | undefined
}

/** How the replies of this trial differ from what Apple documents; each difference once, with its replies. */
export function Contradictions({ found, checks, times }: Props) {
  if (checks.compared === 0 && checks.notCompared.length === 0) return null
  const groups = Map.groupBy(deviceFirst(found), ({ fingerprint }) => fingerprint)
  return (
    <Paper withBorder p="md" component="section" aria-label="Contradictions">
      <Title order={2} size="h4">
        Contradictions
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {checksInWords(checks, groups.size)}
      </Text>
      <Stack gap="sm">
        {[...groups.values()].map((rows) => (
          <OneContradiction
            key={rows[0]?.fingerprint}
            rows={rows}
            times={times?.get(rows[0]?.fingerprint ?? '')}
          />
        ))}
      </Stack>
    </Paper>
  )
}

function OneContradiction({
  rows,
  times,
}: {
  rows: ContradictionRow[]
  times: number | undefined
}) {
  const [first] = rows
  if (!first) return null
  const events = [...new Set(rows.map(({ rawEventId }) => rawEventId))]
  return (
    <div>
      <ContradictionText shown={first} />
      <Text size="xs" span>
        on {versionsOf(rows)}
        {times !== undefined && times > 1 && `, in ${replies(times)}, the first`}, in{' '}
        {events.map((eventId, index) => (
          <span key={eventId}>
            {index > 0 && ', '}
            <TextLink href={paths.event(eventId)} size="xs">
              event {eventId}
            </TextLink>
          </span>
        ))}
      </Text>
    </div>
  )
}

const versionsOf = (rows: ContradictionRow[]) =>
  [...new Set(rows.map(({ platform, osVersion }) => `${platform} ${osVersion}`))].join(', ')

const replies = (count: number) => (count === 1 ? '1 reply' : `${count} replies`)

function checksInWords({ compared, notCompared }: Checks, found: number): string {
  const none = compared > 0 && found === 0 ? ', and all of it is as documented' : ''
  const left = notCompared.map(
    ({ reason, replies: count }) => ` ${replies(count)} not compared: ${reason}.`,
  )
  return `${replies(compared)} compared with Apple's documents${none}.${left.join('')}`
}
