import { Alert, Code, Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { CopyText } from '@/components/copy-text'
import { UserText } from '@/components/text'

/** Shown once, right after it was made; Oneway keeps its hash only. */
export function OneTimePassword({ email, password }: { email: string; password: string }) {
  return (
    <Alert
      role="status"
      color="steel"
      variant="outline"
      icon={<IconKey aria-hidden />}
      title="Shown this once"
    >
      <Text size="sm">
        Give this password to <UserText>{email}</UserText>; it cannot be shown again.
      </Text>
      <Group gap="xs" mt="xs">
        <Code fz="sm">{password}</Code>
        <CopyText text={password} label="Copy the password" />
      </Group>
    </Alert>
  )
}
