'use client'

import { Button, type ButtonProps } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import type { Refusal } from '@/lib/core/shared/result'
import { useReady } from './ready-form'
import { useAction } from './use-action'

type Props = Pick<ButtonProps, 'size' | 'variant' | 'leftSection'> & {
  act(): Promise<{ status: string } | Refusal>
  /** Shown when it is done. */
  done?: { title: string; message: string }
  refusedTitle: string
  /** Why it cannot be done now. */
  reason?: string | undefined
  'aria-label'?: string
  children: ReactNode
}

/** A button for an action that asks for nothing. A refusal is a notification, so that no other button moves. */
export function ActionButton({ act, done, refusedTitle, reason, ...button }: Props) {
  const ready = useReady()
  const { busy, run } = useAction(({ reason: message }) =>
    notifications.show({ color: 'red', title: refusedTitle, message }),
  )
  return (
    <Button
      onClick={() => run(act, () => done && notifications.show(done))}
      loading={busy}
      disabled={!ready || reason !== undefined}
      title={reason}
      {...button}
    />
  )
}
