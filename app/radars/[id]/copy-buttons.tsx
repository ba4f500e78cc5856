'use client'

import { Button, CopyButton, Group } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

const forms = [
  { form: 'text', label: 'Copy as text' },
  { form: 'markdown', label: 'Copy as Markdown' },
] as const

/** Copies the whole report, to paste it into Feedback Assistant or an issue. */
export const CopyButtons = (texts: { text: string; markdown: string }) => (
  <Group gap="xs">
    {forms.map(({ form, label }) => (
      <CopyButton key={form} value={texts[form]}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            onClick={copy}
            leftSection={
              copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
            }
          >
            {copied ? 'Copied' : label}
          </Button>
        )}
      </CopyButton>
    ))}
  </Group>
)
