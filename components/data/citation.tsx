import { Anchor } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { Citation as Cite } from '@/lib/domain/rules/rule'

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
