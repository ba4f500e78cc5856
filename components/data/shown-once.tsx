import { Alert, Code, Group, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { CopyText } from './copy-text'

type Props = { secret: string; copyLabel: string; children: ReactNode }

/** A secret right after it was made. Oneway keeps a digest of it only, so nobody can show it again. */
export const ShownOnce = ({ secret, copyLabel, children }: Props) => (
  <Alert
    role="status"
    color="steel"
    variant="outline"
    icon={<IconKey aria-hidden />}
    title="Shown this once"
  >
    <Text size="sm">{children}</Text>
    <Group gap="xs" mt="xs" wrap="nowrap" align="flex-start">
      <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {secret}
      </Code>
      <CopyText text={secret} label={copyLabel} />
    </Group>
  </Alert>
)
