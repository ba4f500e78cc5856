'use client'

import { Button, type ButtonProps } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { type ComponentPropsWithRef, useState } from 'react'
import { late, useLate } from '@/components/forms/late'
import { useReady } from '@/components/forms/ready-form'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialState } from '@/lib/domain/trial/trial'

const menu = late(() => import('./open-close-menu'))

export type CloseProps = {
  trialId: string
  state: TrialState
  role: Actor['role']
  /** Whether a command or declaration has left. */
  sent: boolean
  mechanism: Mechanism
  /** Whether its baseline is consumed. */
  consumed: boolean
}

/** Ways to end a trial early, apart from its primary action. */
export function CloseMenu(props: CloseProps) {
  const [asked, setAsked] = useState(false)
  const loaded = useLate(menu, asked, () => setAsked(false))
  if (loaded) return <loaded.OpenCloseMenu {...props} />
  return (
    <MoreButton
      loading={asked}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    />
  )
}

type MoreProps = ButtonProps & Omit<ComponentPropsWithRef<'button'>, keyof ButtonProps>

/** The button of the menu, before and after it is loaded. */
export function MoreButton(button: MoreProps) {
  const ready = useReady()
  return (
    <Button
      {...button}
      variant="default"
      disabled={!ready}
      rightSection={<IconDots size={16} aria-hidden />}
    >
      More
    </Button>
  )
}
