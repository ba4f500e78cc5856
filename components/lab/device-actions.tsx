'use client'

import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import { networkKinds } from '@/lib/domain/reading/reading'
import { readTyped } from '@/lib/domain/reading/typed-reading'
import type { LabAction, LabDeviceView } from '@/lib/virtual-lab/control-client'

type Named = readonly [LabAction, string]

/** Only one action of a pair is possible at a time, so one button serves both. */
const pairs: readonly (readonly [Named, Named])[] = [
  [
    ['plugIn', 'Plug in'],
    ['unplug', 'Unplug'],
  ],
  [
    ['lock', 'Lock'],
    ['unlock', 'Unlock'],
  ],
  [
    ['goOffline', 'Go offline'],
    ['goOnline', 'Go online'],
  ],
]
const passcodePair: readonly [Named, Named] = [
  ['setPasscode', 'Set a passcode'],
  ['removePasscode', 'Remove passcode'],
]
const promptActions: readonly Named[] = [
  ['enterPasscode', 'Enter passcode'],
  ['chooseTonight', 'Choose “tonight”'],
  ['decline', 'Decline'],
]

type Props = {
  device: LabDeviceView
  /** Why this person may not use any of it; undefined when they may. */
  reason: string | undefined
  act(action: LabAction, value?: number | string): void
}

/** What a person at the device could do; an action that is impossible now is disabled with the lab's reason. */
export function VirtualDeviceActions({ device, reason, act }: Props) {
  const { obstacles, promptShowing } = device
  const press = ([action, label]: Named, variant = 'default') => {
    const obstacle = reason ?? obstacles[action]
    return (
      <Button
        key={action}
        size="compact-xs"
        variant={variant}
        disabled={obstacle !== undefined}
        title={obstacle}
        onClick={() => act(action)}
      >
        {label}
      </Button>
    )
  }
  const possible = ([one, other]: readonly [Named, Named]) =>
    obstacles[one[0]] !== undefined && obstacles[other[0]] === undefined ? other : one
  return (
    <Stack gap={6}>
      <Group gap={6}>
        {promptActions.map((action, index) =>
          press(action, promptShowing && index === 0 ? 'filled' : 'default'),
        )}
      </Group>
      <Group gap={6}>
        {pairs.map((pair) => press(possible(pair)))}
        {press(['poll', 'Poll now'])}
      </Group>
      <SetValue
        label="Battery"
        field="batteryLevel"
        placeholder="0.18 or 18 %"
        reason={reason ?? obstacles.setBattery}
        set={(value) => act('setBattery', value)}
      />
      <details>
        <summary>
          <Text span size="sm">
            Disk, network, passcode, enrollment, restart
          </Text>
        </summary>
        <Stack gap={6} mt={6}>
          <SetValue
            label="Free disk, GB"
            field="freeCapacity"
            placeholder="12.5"
            reason={reason ?? obstacles.freeDisk}
            set={(value) => act('freeDisk', value)}
          />
          <NativeSelect
            label="Network"
            size="xs"
            value={device.network}
            disabled={reason !== undefined || obstacles.setNetwork !== undefined}
            title={reason ?? obstacles.setNetwork}
            data={networkKinds.map((kind) => ({
              value: kind,
              label: describeReading('network', kind),
            }))}
            onChange={(event) => act('setNetwork', event.currentTarget.value)}
          />
          <Group gap={6}>
            {press(possible(passcodePair))}
            {press(['reenrol', 'Enroll again'])}
            {press(['restart', 'Restart'])}
            {press(['installFromSettings', 'Update in Settings'])}
          </Group>
        </Stack>
      </details>
    </Stack>
  )
}

type SetProps = {
  label: string
  field: 'batteryLevel' | 'freeCapacity'
  placeholder: string
  reason: string | undefined
  set(value: number): void
}

/** A number as people write it. What cannot be read stays in the field, and the accepted form is named. */
function SetValue({ label, field, placeholder, reason, set }: SetProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const [note, setNote] = useState<string>()
  const submit = () => {
    const read = readTyped(field, text)
    const isNumber = read.status === 'value' && typeof read.value === 'number'
    setError(isNumber ? undefined : whyNot(read))
    setNote(read.status === 'value' ? read.note : undefined)
    if (!isNumber) return
    set(Number(read.value))
    setText('')
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Group gap={6} align="center" wrap="nowrap">
        <Text component="label" htmlFor={id} size="sm" style={{ whiteSpace: 'nowrap' }}>
          {label}
        </Text>
        <TextInput
          id={id}
          size="xs"
          w={120}
          placeholder={placeholder}
          value={text}
          error={error !== undefined}
          aria-describedby={error || note ? `${id}-said` : undefined}
          disabled={reason !== undefined}
          title={reason}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="compact-sm"
          variant="default"
          disabled={reason !== undefined || text.trim() === ''}
          title={reason}
          aria-label={`Set ${label.toLowerCase()}`}
        >
          Set
        </Button>
      </Group>
      {(error ?? note) && (
        <Text
          id={`${id}-said`}
          size="xs"
          {...(error ? { c: 'red', role: 'alert' } : { c: 'dimmed' })}
        >
          {error ?? note}
        </Text>
      )}
    </form>
  )
}

const whyNot = (read: ReturnType<typeof readTyped>): string =>
  read.status === 'refused' ? `${read.reason} Accepted: ${read.accepted}.` : 'Enter a number.'
