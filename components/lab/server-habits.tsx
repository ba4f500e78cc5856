'use client'

import { Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core'
import type { Citation as Cite } from '@/lib/domain/rules/rule'
import type { LabServerView, ServerChange } from '@/lib/virtual-lab/control-client'
import { Citation } from '../data/links'

type Described = { title: string; what: string; cites: readonly Cite[] }

/** What each choice means, from the tables of the virtual lab. */
export type HabitLooks = {
  storage: Record<LabServerView['storage'], Described>
  push: Record<LabServerView['push'], Described>
  declarations: Record<LabServerView['declarations'], Described>
}

type Props = {
  server: LabServerView
  looks: HabitLooks
  reason: string | undefined
  set(change: ServerChange): void
}

/** How the virtual NanoMDM and the KMFDDM beside it behave, for all devices at once. */
export function VirtualServerHabits({ server, looks, reason, set }: Props) {
  return (
    <details>
      <summary>
        <Text span size="sm">
          The virtual NanoMDM: storage {server.storage}, pushes {looks.push[server.push].title}
          {server.queueFails && ', queues cannot be written'}
          {server.declarations !== 'ok' &&
            `, declarations ${looks.declarations[server.declarations].title}`}
        </Text>
      </summary>
      <Group gap="md" align="flex-start" mt={6}>
        <Habit
          label="Storage"
          value={server.storage}
          looks={looks.storage}
          note="Another storage begins empty: what waits is gone, and every device enrolls anew."
          reason={reason}
          choose={(storage) => set({ storage })}
        />
        <Habit
          label="Pushes"
          value={server.push}
          looks={looks.push}
          reason={reason}
          choose={(push) => set({ push })}
        />
        <Habit
          label="Declarations"
          value={server.declarations}
          looks={looks.declarations}
          reason={reason}
          choose={(declarations) => set({ declarations })}
        />
        <Checkbox
          maw={320}
          size="sm"
          label="Queues cannot be written"
          description="command_error: on pgsql for the whole call, on filekv under the CommandUUID."
          checked={server.queueFails}
          disabled={reason !== undefined}
          title={reason}
          onChange={(event) => set({ queueFails: event.currentTarget.checked })}
        />
      </Group>
    </details>
  )
}

type HabitProps<T extends string> = {
  label: string
  value: T
  looks: Record<T, Described>
  note?: string
  reason: string | undefined
  choose(value: T): void
}

function Habit<T extends string>({ label, value, looks, note, reason, choose }: HabitProps<T>) {
  // Object.keys loses the key type of the record.
  const values = Object.keys(looks) as T[]
  const { what, cites } = looks[value]
  return (
    <Stack gap={4} maw={320}>
      <NativeSelect
        label={label}
        size="xs"
        value={value}
        disabled={reason !== undefined}
        title={reason}
        data={values.map((each) => ({ value: each, label: looks[each].title }))}
        onChange={(event) => {
          const chosen = values.find((each) => each === event.currentTarget.value)
          if (chosen) choose(chosen)
        }}
      />
      <Text size="xs" c="dimmed">
        {what} {note}
      </Text>
      {cites.map((cite) => (
        <Citation key={cite.url} cite={cite} />
      ))}
    </Stack>
  )
}
