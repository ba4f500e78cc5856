'use client'

import { useEffect, useRef, useState } from 'react'

/**
 * For a menu that takes the place of its button once it is loaded: it opens, and has the focus that its button had.
 * @returns a ref for the menu's own button, and whether it is opened
 */
export function useOpenMenu() {
  const [opened, setOpened] = useState(false)
  const target = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // The button that was pressed is gone. Closed, the menu gives the focus back to the one that had it before.
    target.current?.focus()
    setOpened(true)
  }, [])
  return { target, menu: { opened, onChange: setOpened } }
}
