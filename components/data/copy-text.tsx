'use client'

import { ActionIcon, Alert, Code, CopyButton, Group, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'

/** A button that copies a text to the clipboard. */
export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="subtle"
          color="gray"
          onClick={copy}
          aria-label={copied ? 'Copied' : label}
          title={copied ? 'Copied' : label}
        >
          {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        </ActionIcon>
      )}
    </CopyButton>
  )
}

type ShownOnceProps = { secret: string; copyLabel: string; children: ReactNode }

/** A new secret. Oneway stores only its digest, so it cannot be shown again. */
export const ShownOnce = ({ secret, copyLabel, children }: ShownOnceProps) => (
  <Alert
    role="status"
    color="steel"
    variant="outline"
    icon={<IconKey aria-hidden />}
    title="Shown only once"
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
