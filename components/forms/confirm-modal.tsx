'use client'

import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  title: string
  verb: string
  color?: string
  busy: boolean
  onConfirm(): void
  onClose(): void
  children: ReactNode
}

/** A question before an action. While the action runs it stays open: what is behind it is out of date. */
export function ConfirmModal(props: Props) {
  const { title, verb, color, busy, onConfirm, onClose, children } = props
  return (
    <Modal opened onClose={busy ? ignore : onClose} title={title} centered>
      <form
        aria-label={title}
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <Stack gap="sm">
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={busy}>
              Back
            </Button>
            <Button type="submit" {...(color && { color })} loading={busy}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

const ignore = () => undefined
