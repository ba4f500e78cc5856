import { Alert, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { When } from '@/components/data/when'
import type { ServerSilence } from '@/lib/db/queries/servers/server-checks'

/** A server that does not answer: what waits for it is sent once it does. */
export function SilenceAlert({ silence }: { silence: ServerSilence }) {
  const { since, tries, nextTryAt, reason } = silence
  return (
    <Alert
      role="status"
      color="orange"
      variant="outline"
      icon={<IconPlugConnectedX aria-hidden />}
      title="This server does not answer"
    >
      <Text size="sm" component="div">
        No answer since <When at={since} exact /> ({tries === 1 ? 'one try' : `${tries} tries`}):{' '}
        {reason}. Commands for its devices wait and are sent, once, when it answers. Next try{' '}
        <When at={nextTryAt} exact />. A connection check tries at once.
      </Text>
    </Alert>
  )
}
