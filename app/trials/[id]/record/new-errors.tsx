import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { TextLink } from '@/components/data/links'
import { UserText } from '@/components/data/text'
import { ErrorNotes } from '@/components/trial/error-notes'
import { authorize } from '@/lib/auth/guard'
import { listErrorNotes, listNewErrors } from '@/lib/db/queries/events/error-codes'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { paths } from '@/lib/paths'

/** The banner of a trial that met an error nobody knows: in no table, and not reported to this lab before. */
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
          It is in no table of known codes. An error is no proof that nothing happened: look at the
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
