'use client'

import { Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { LabDeviceView } from '@/lib/virtual-lab/control-client'
import type { Fault } from '@/lib/virtual-lab/faults'
import { Citation } from '../data/links'

const places: readonly { where: Fault['where']; title: string }[] = [
  { where: 'device', title: 'At the device' },
  { where: 'reply', title: 'With its replies' },
  { where: 'webhook', title: 'Between the server and Oneway' },
]

type SetFault = (fault: Fault['id'], value: number | boolean) => void

type Props = {
  device: LabDeviceView
  faults: readonly Fault[]
  /** Why this person may not change them; undefined when they may. */
  reason: string | undefined
  set: SetFault
}

/** The faults that can be turned on for one virtual device, each with its text and source. The summary names those that are on. */
export function VirtualDeviceFaults({ device, faults, reason, set }: Props) {
  const on = faults.filter(({ id }) => device.faults[id] !== undefined)
  return (
    <details>
      <summary>
        <Text span size="sm" {...(on.length > 0 ? { c: 'orange', fw: 600 } : {})}>
          {on.length === 0 ? 'Faults' : `Faults on: ${on.map(({ title }) => title).join(', ')}`}
        </Text>
      </summary>
      <Stack gap="sm" mt={6}>
        {places.map(({ where, title }) => (
          <Stack
            key={where}
            gap={8}
            component="fieldset"
            style={{ border: 0, padding: 0, margin: 0 }}
          >
            <Text component="legend" size="xs" fw={600} c="dimmed">
              {title}
            </Text>
            {faults
              .filter((fault) => fault.where === where)
              .map((fault) => (
                <OneFault
                  key={fault.id}
                  fault={fault}
                  amount={device.faults[fault.id]}
                  reason={reason ?? device.faultObstacles[fault.id]}
                  set={set}
                />
              ))}
          </Stack>
        ))}
      </Stack>
    </details>
  )
}

type OneProps = {
  fault: Fault
  /** Undefined while the fault is off. */
  amount: number | undefined
  reason: string | undefined
  set: SetFault
}

/** The amount is chosen before the fault is turned on, and cannot change while it is on. */
function OneFault({ fault, amount, reason, set }: OneProps) {
  const { id, title, what, cites } = fault
  const [text, setText] = useState(String(fault.amount?.usual ?? ''))
  const isOn = amount !== undefined
  const misfit = isOn ? undefined : whyNot(text, fault.amount)
  const obstacle = reason ?? misfit
  return (
    <div>
      <Group gap={6} wrap="nowrap" align="center">
        <Checkbox
          size="sm"
          label={title}
          checked={isOn}
          disabled={obstacle !== undefined}
          title={obstacle}
          onChange={() => set(id, isOn ? false : fault.amount ? Number(text) : true)}
        />
        {fault.amount && (
          <TextInput
            size="xs"
            w={72}
            inputMode="numeric"
            aria-label={`${title}, ${fault.amount.unit}`}
            value={isOn ? String(amount) : text}
            disabled={isOn || reason !== undefined}
            error={misfit !== undefined}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {fault.amount && <Text size="xs">{fault.amount.unit}</Text>}
      </Group>
      <Text size="xs" c="dimmed">
        {reason ?? what}
      </Text>
      <Group gap={8}>
        {cites.map((cite) => (
          <Citation key={cite.url} cite={cite} />
        ))}
      </Group>
    </div>
  )
}

/** Why an amount is out of bounds. The lab refuses it too; checking here answers at once. */
function whyNot(text: string, amount: Fault['amount']): string | undefined {
  if (!amount) return undefined
  const value = Number(text)
  const fits =
    text.trim() !== '' &&
    Number.isInteger(value) &&
    value !== 0 &&
    value >= amount.min &&
    value <= amount.max
  return fits ? undefined : `A whole number from ${amount.min} to ${amount.max}, and not 0.`
}
