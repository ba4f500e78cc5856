'use client'

import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import Link from 'next/link'
import type { ReactNode } from 'react'

type To = { href: string; children: ReactNode }

/** A link that reads as text. A page on the server cannot hand Next's own Link to Mantine, so this does. */
export function TextLink({ href, children, ...props }: To & AnchorProps) {
  return (
    <Anchor component={Link} href={href} {...props}>
      {children}
    </Anchor>
  )
}

/** A link that looks like a button, for a page's one primary action. */
export function ButtonLink({ href, children, ...props }: To & ButtonProps) {
  return (
    <Button component={Link} href={href} {...props}>
      {children}
    </Button>
  )
}
