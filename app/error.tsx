'use client'

import { Button, Code, Container, Stack } from '@mantine/core'
import { Refusal } from '@/components/refusal'

type Props = { error: unknown; retry: () => void }

/** A bug or an outage, never an expected no; those are shown where they happen. */
export default function ErrorPage({ error, retry }: Props) {
  const mark = markOf(error)
  return (
    <Container size="sm" py="xl">
      <Refusal title="This page could not be shown" because="Something in Oneway went wrong.">
        <Stack gap="xs" align="flex-start">
          Oneway repeats no command by itself. If you were releasing a trial, look at its page
          before anything else. If it stays, look into the server's log
          {mark ? ' for this mark:' : '.'}
          {mark && <Code>{mark}</Code>}
          <Button size="xs" onClick={retry}>
            Try again
          </Button>
        </Stack>
      </Refusal>
    </Container>
  )
}

/** Next's mark of a server error, which stands beside it in the log. */
function markOf(error: unknown): string | undefined {
  const marked = typeof error === 'object' && error !== null && 'digest' in error
  return marked ? String(error.digest) : undefined
}
