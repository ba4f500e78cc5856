'use client'

import { Anchor, type AnchorProps, Button, type ButtonProps, Group, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { type Actor, refusalFor } from '@/lib/domain/account/actor'
import type { Citation as Cite } from '@/lib/domain/rules/rule'
import { type Params, paths } from '@/lib/paths'

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

/** The public source a rule or a claim stands on; it opens beside the trial, not in its place. */
export function Citation({ cite }: { cite: Cite }) {
  return (
    <Anchor
      href={cite.url}
      target="_blank"
      rel="noreferrer"
      size="xs"
      style={{ overflowWrap: 'anywhere' }}
    >
      {cite.label} <IconExternalLink size={12} aria-label="(opens in a new tab)" />
    </Anchor>
  )
}

type TrailLinkProps = { actor: Actor; about: Params; children: string }

/** To the entries of the audit trail about one thing; who may not read the trail is told so. */
export function TrailLink({ actor, about, children }: TrailLinkProps) {
  const because = refusalFor(actor, 'readTrail')
  return because ? (
    <Text span size="sm" c="dimmed" title={because} aria-disabled>
      {children}
    </Text>
  ) : (
    <TextLink href={paths.audit(about)} size="sm">
      {children}
    </TextLink>
  )
}

/** The way through a list that runs from the newest row backwards; a link is there only where it leads somewhere. */
export const OlderRows = ({ newest, older }: Record<'newest' | 'older', string | undefined>) => (
  <Group justify="flex-end" mt="sm">
    {newest && <TextLink href={newest}>Newest</TextLink>}
    {older && (
      <ButtonLink href={older} variant="default" size="xs">
        Older
      </ButtonLink>
    )}
  </Group>
)
