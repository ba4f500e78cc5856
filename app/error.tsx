'use client'

import { Button, Code, Container, Stack, Title } from '@mantine/core'
import { useEffect } from 'react'
import { Refusal } from '@/components/data/refusal'
import { databaseAwayMark, databaseAwayWords } from '@/lib/domain/database-away'

type Props = { error: unknown; retry: () => void }

/** A bug or an outage. Refusals are no errors; they are shown where they happen. */
export default function ErrorPage({ error, retry }: Props) {
  const mark = markOf(error)
  return (
    <Container size="sm" py="xl">
      <Title order={1} size="h3" mb="md">
        This page could not be shown
      </Title>
      {mark === databaseAwayMark ? (
        <DatabaseAway retry={retry} />
      ) : (
        <Bug mark={mark} retry={retry} />
      )}
    </Container>
  )
}

const retryMs = 10_000

function DatabaseAway({ retry }: { retry: () => void }) {
  useEffect(() => {
    const timer = setInterval(retry, retryMs)
    return () => clearInterval(timer)
  }, [retry])
  return (
    <Refusal title="The database does not answer" reason={databaseAwayWords}>
      <Stack gap="xs" align="flex-start">
        Nothing recorded is lost, and no command is sent while you wait. This page tries again every
        ten seconds; what you typed into its forms comes back with it, except passwords and short
        forms such as an invitation. If it persists, tell whoever runs the server: its log says
        since when.
        <Button size="xs" onClick={retry}>
          Try again now
        </Button>
      </Stack>
    </Refusal>
  )
}

const Bug = ({ mark, retry }: { mark: string | undefined; retry: () => void }) => (
  <Refusal
    title="Something in Oneway went wrong"
    reason="Oneway repeats no command by itself. If you were releasing a trial, look at its page before anything else."
  >
    <Stack gap="xs" align="flex-start">
      If it persists, look in the server’s log
      {mark ? ' for this mark:' : '.'}
      {mark && <Code>{mark}</Code>}
      <Button size="xs" onClick={retry}>
        Try again
      </Button>
    </Stack>
  </Refusal>
)

/** Next's digest of a server error, which is logged with it. */
function markOf(error: unknown): string | undefined {
  const marked = typeof error === 'object' && error !== null && 'digest' in error
  return marked ? String(error.digest) : undefined
}
