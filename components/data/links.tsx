'use client'

import { Anchor, type AnchorProps, Button, type ButtonProps, Group, Text } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import type { Citation as Cite } from '@/lib/domain/rules/rule'
import { type Params, paths } from '@/lib/paths'
import { Link } from './link'

type To = { href: string; children: ReactNode }

/** A link in text. A server component cannot pass Next's Link to Mantine, so this client component does. */
export function TextLink({ href, children, ...props }: To & AnchorProps) {
  return (
    <Anchor component={Link} href={href} {...props}>
      {children}
    </Anchor>
  )
}

/** A link that looks like a button, for the primary action of a page. */
export function ButtonLink({ href, children, ...props }: To & ButtonProps) {
  return (
    <Button component={Link} href={href} {...props}>
      {children}
    </Button>
  )
}

/** The public source of a rule or a claim; it opens in a new tab, so that the trial stays open. */
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

/** A link to the audit trail entries about one record; without the permission, its reason instead. */
export function TrailLink({ actor, about, children }: TrailLinkProps) {
  const reason = refusalFor(actor, 'readTrail')
  return reason ? (
    <Text span size="sm" c="dimmed" title={reason} aria-disabled>
      {children}
    </Text>
  ) : (
    <TextLink href={paths.audit(about)} size="sm">
      {children}
    </TextLink>
  )
}

/** Paging of a list with the newest row first; a link that leads nowhere is left out. */
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
