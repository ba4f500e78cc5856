'use client'

import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { useReady } from './ready-form'

type Props = { onClick: () => void; size?: 'xs' | 'sm'; children: ReactNode }

/** A button that stands in a text and looks like its links; off until it is hydrated. */
export function TextButton({ onClick, size = 'xs', children, ...marks }: Props) {
  const ready = useReady()
  return (
    <Anchor
      component="button"
      type="button"
      size={size}
      disabled={!ready}
      onClick={onClick}
      {...marks}
    >
      {children}
    </Anchor>
  )
}
