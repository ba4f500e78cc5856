'use client'

import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import type { Actor } from '@/lib/domain/account/permissions'
import { UserButton } from './user-button'

type Loaded = typeof import('./open-user-menu')
type Props = { actor: Actor; signOut: () => Promise<void> }

/**
 * The signed-in person and role, their account pages, and sign-out. The menu, and what places it beside its button, is loaded when it is
 * first asked for: it would be a tenth of the scripts of every page.
 */
export function UserMenu({ actor, signOut }: Props) {
  const [loaded, setLoaded] = useState<Loaded>()
  const [loading, setLoading] = useState(false)
  const open = () => {
    setLoading(true)
    import('./open-user-menu').then(setLoaded, () => {
      setLoading(false)
      notifications.show({ color: 'red', message: 'The menu could not be loaded. Try again.' })
    })
  }
  // By the time it is pressed, most browsers have it.
  const fetchAhead = () => void import('./open-user-menu').catch(() => undefined)
  if (loaded) return <loaded.OpenUserMenu actor={actor} signOut={signOut} />
  return (
    <UserButton
      actor={actor}
      loading={loading}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={open}
      onPointerEnter={fetchAhead}
      onFocus={fetchAhead}
    />
  )
}
