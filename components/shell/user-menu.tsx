'use client'

import { useState } from 'react'
import type { Actor } from '@/lib/domain/account/permissions'
import { late, useLate } from '../forms/late'
import { UserButton } from './user-button'

type Props = { actor: Actor; signOut: () => Promise<void> }

const menu = late(() => import('./open-user-menu'), 'press')

/**
 * The signed-in person and role, their account pages, and sign-out. The menu, and what places it beside its button, is loaded when it is
 * first asked for: it would be a tenth of the scripts of every page.
 */
export function UserMenu({ actor, signOut }: Props) {
  const [asked, setAsked] = useState(false)
  const loaded = useLate(menu, asked, () => setAsked(false))
  // By the time it is pressed, most browsers have it.
  const fetchAhead = () => void menu.load().catch(() => undefined)
  if (loaded) return <loaded.OpenUserMenu actor={actor} signOut={signOut} />
  return (
    <UserButton
      actor={actor}
      loading={asked}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setAsked(true)}
      onPointerEnter={fetchAhead}
      onFocus={fetchAhead}
    />
  )
}
