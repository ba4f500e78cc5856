'use client'

import { List, ListItem, NativeSelect, Stack, Text } from '@mantine/core'
import type { Citation as Cite } from '@/lib/domain/rules/rule'
import type { LabDeviceView, VariantId } from '@/lib/virtual-lab/control-client'
import { Citation } from '../data/links'

/** What each variant means, from the table of the virtual lab. */
export type DescribedVariants = Record<
  VariantId,
  { title: string; values: Record<string, string>; cites: readonly Cite[] }
>

/** The declarations that a virtual device holds, and how it stands to each. */
export function HeldDeclarations({ device: { declarations } }: { device: LabDeviceView }) {
  if (declarations.length === 0) return null
  return (
    <Stack gap={2}>
      <Text size="sm">
        {declarations.length === 1 ? '1 declaration' : `${declarations.length} declarations`}
      </Text>
      <List size="xs">
        {declarations.map(({ identifier, kind, valid, active, reason, target }) => (
          <ListItem key={identifier} style={{ overflowWrap: 'anywhere' }}>
            {kind} <code>{identifier}</code>: {valid}
            {!active && ', not active'}
            {reason !== null && ` (${reason})`}
            {target && `; ${target.version} by ${target.local.replace('T', ' ')} local time`}
          </ListItem>
        ))}
      </List>
    </Stack>
  )
}

type Props = {
  device: LabDeviceView
  variants: DescribedVariants
  /** Why this person may not change them; undefined when they may. */
  reason: string | undefined
  set(variant: VariantId, value: string): void
}

/** How a virtual device behaves under declarations where sources disagree; nothing for a version without them. */
export function VirtualDeviceVariants({ device, variants, reason, set }: Props) {
  // Object.keys loses the key type of the record.
  const ids = (Object.keys(variants) as VariantId[]).filter((id) => device.variants[id])
  if (ids.length === 0) return null
  return (
    <details>
      <summary>
        <Text span size="sm">
          Behaviour under declarations
        </Text>
      </summary>
      <Stack gap="xs" mt={6}>
        <Text size="xs" c="dimmed">
          Sources disagree on these points or are silent. The seed chose a value of each; none is a
          claim.
        </Text>
        {ids.map((id) => {
          const { title, values, cites } = variants[id]
          return (
            <div key={id}>
              <NativeSelect
                label={title}
                size="xs"
                value={device.variants[id]}
                disabled={reason !== undefined}
                title={reason}
                data={Object.entries(values).map(([value, label]) => ({ value, label }))}
                onChange={(event) => set(id, event.currentTarget.value)}
              />
              {cites.map((cite) => (
                <Citation key={cite.url} cite={cite} />
              ))}
            </div>
          )
        })}
      </Stack>
    </details>
  )
}
