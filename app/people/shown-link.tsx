import { Alert, Code, Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { CopyText } from '@/components/copy-text'
import { UserText } from '@/components/text'
import { When } from '@/components/when'
import type { ShownLink } from './actions'

/** Shown once, right after it was made; Oneway keeps its digest only. */
export function OneTimeLinkShown({ kind, email, url, expiresAt, delivery }: ShownLink) {
  const deed = kind === 'invitation' ? 'join this lab' : 'set a new password'
  return (
    <Alert
      role="status"
      color="steel"
      variant="outline"
      icon={<IconKey aria-hidden />}
      title="Shown this once"
    >
      <Text size="sm">
        {delivery.status === 'failed' && `The mail was not sent: ${delivery.because}. `}
        {delivery.status === 'sent' ? 'Mailed to ' : 'Give this link to '}
        <UserText>{email}</UserText> to {deed}. It works once, and ends <When at={expiresAt} />.
      </Text>
      <Group gap="xs" mt="xs" wrap="nowrap" align="flex-start">
        <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Code>
        <CopyText text={url} label="Copy the link" />
      </Group>
    </Alert>
  )
}
