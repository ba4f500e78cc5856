'use client'

import { Button, Drawer, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useReady } from './ready-form'

type Props = {
  /** On the button and above the form. */
  label: string
  icon: Icon
  /** Why this person cannot open it. */
  reason: string | undefined
  size: 'md' | 'lg'
  /** The form, which closes the drawer when it is done. */
  children: (close: () => void) => ReactNode
}

/** A button that opens a form in a drawer. */
export function DrawerForm({ label, icon: Shape, reason, size, children }: Props) {
  const ready = useReady()
  const [opened, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        onClick={open}
        disabled={!ready || reason !== undefined}
        title={reason}
        leftSection={<Shape size={14} aria-hidden />}
      >
        {label}
      </Button>
      <Drawer opened={opened} onClose={close} title={label} position="right" size={size}>
        {children(close)}
      </Drawer>
    </>
  )
}

type ButtonsProps = {
  save: string
  busy: boolean
  /** The draft of the form, which whoever cancels gives up. */
  draft: { forget: () => void }
  onDone: () => void
}

/** Saves a form that keeps a draft, or leaves it and forgets the draft. */
export const SaveOrForget = ({ save, busy, draft, onDone }: ButtonsProps) => (
  <Group>
    <Button type="submit" loading={busy}>
      {save}
    </Button>
    <Button
      variant="subtle"
      onClick={() => {
        draft.forget()
        onDone()
      }}
    >
      Cancel
    </Button>
  </Group>
)
