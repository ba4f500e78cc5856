import { Alert, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { ContradictionText } from '@/components/trial/contradiction-text'
import { ErrorNotes } from '@/components/trial/error-notes'
import { WriteRadar } from '@/components/trial/write-radar'
import { authorize } from '@/lib/auth/guard'
import type { ContradictionRow, countChecksOfTrial } from '@/lib/db/queries/events/contradictions'
import { listErrorNotes, listNewErrors } from '@/lib/db/queries/events/error-codes'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { deviceFirst } from '@/lib/domain/contradiction/finding'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { paths } from '@/lib/paths'

type Checks = Awaited<ReturnType<typeof countChecksOfTrial>>

type Props = {
  found: ContradictionRow[]
  checks: Checks
  /** By fingerprint, in how many replies each was found; left out in a history. */
  times: Map<string, number> | undefined
  /** Why this person writes no radar from one; null in a history, which has no actions. */
  mayNotWrite: string | undefined | null
}

/** How the replies of this trial differ from what Apple documents; each difference once, with its replies. */
export function Contradictions({ found, checks, times, mayNotWrite }: Props) {
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
            mayNotWrite={mayNotWrite}
          />
        ))}
      </Stack>
    </Paper>
  )
}

function OneContradiction({
  rows,
  times,
  mayNotWrite,
}: {
  rows: ContradictionRow[]
  times: number | undefined
  mayNotWrite: Props['mayNotWrite']
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
        ))}{' '}
      </Text>
      {mayNotWrite !== null && (
        <WriteRadar from={{ contradiction: first.id }} reason={mayNotWrite} />
      )}
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

/** The banner for an error code that is in no table of known codes and was not reported to this lab before. */
export async function NewErrors({ trial }: { trial: Trial }) {
  const { db } = await authorize('look')
  const received = await listNewErrors(db, trial.id)
  const unknown = received.filter(({ domain, code }) => !findErrorMeaning(domain, code))
  if (unknown.length === 0) return null
  const notes = await listErrorNotes(db, unknown)
  const notesOf = (one: (typeof unknown)[number]) =>
    notes.filter(({ domain, code }) => domain === one.domain && code === one.code)
  return (
    <Alert
      color="yellow"
      variant="outline"
      role="status"
      icon={<IconAlertTriangle aria-hidden />}
      title="An error code that no device of this lab had reported before"
    >
      <Stack gap="xs">
        {unknown.map((one) => (
          <div key={`${one.domain} ${one.code}`}>
            <Text size="sm" component="p" m={0}>
              <UserText>{one.domain}</UserText> {one.code}
              {one.text && (
                <>
                  {' '}
                  “<UserText>{one.text}</UserText>”
                </>
              )}
              {one.rawEventId !== null && (
                <>
                  , in{' '}
                  <TextLink href={paths.event(one.rawEventId)} size="sm">
                    event {one.rawEventId}
                  </TextLink>
                </>
              )}
            </Text>
            <ErrorNotes notes={notesOf(one)} />
          </div>
        ))}
        <Text size="sm">
          It is in no table of known codes. An error does not prove that nothing happened: check the
          device.{' '}
          <TextLink
            href={paths.contradictions({ environment: trial.simulated ? 'simulated' : 'real' })}
            size="sm"
          >
            Write down what you learn about it
          </TextLink>
        </Text>
      </Stack>
    </Alert>
  )
}
