'use client'

import { Button, Group, NumberInput, Paper, Progress, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { LabAction, LabDeviceView } from '@/lib/virtual-lab/control-client'
import { SimulatedMark } from './simulated-mark'

export type ActOnDevice = (input: {
  enrollmentId: string
  action: LabAction
  value?: number | string | undefined
}) => Promise<{ status: string; because?: string }>

type Props = {
  device: LabDeviceView
  because: string | undefined
  act: (input: Parameters<ActOnDevice>[0]) => void
}

const phases: Record<LabDeviceView['phase'], string> = {
  none: 'no update on it',
  downloading: 'downloading',
  downloaded: 'downloaded',
  prompting: 'a prompt is showing',
  tonight: 'scheduled for tonight',
  installing: 'installing',
  dark: 'dark, restarting into the update',
}

/** The deeds that take no value, in the order a hand would look for them. */
const deeds: [LabAction, string][] = [
  ['enterPasscode', 'Enter passcode'],
  ['chooseTonight', 'Choose “tonight”'],
  ['decline', 'Decline'],
  ['plugIn', 'Plug in'],
  ['unplug', 'Unplug'],
  ['lock', 'Lock'],
  ['unlock', 'Unlock'],
  ['goOffline', 'Go offline'],
  ['goOnline', 'Go online'],
  ['setPasscode', 'Set a passcode'],
  ['removePasscode', 'Remove passcode'],
  ['poll', 'Poll now'],
  ['reenrol', 'Enrol again'],
]

/** One virtual device: the truth about it, and what a person can do to it. */
export function VirtualDevice({ device, because, act }: Props) {
  const { enrollmentId, obstacles } = device
  const offered = deeds.filter(([action]) => obstacles[action] === undefined)
  return (
    <Paper withBorder p="sm" component="section" aria-label={`${device.labTag} ${device.name}`}>
      <Stack gap="xs">
        <Group gap="xs">
          <Text fw={700}>{device.labTag}</Text>
          <Text>{device.name}</Text>
          <SimulatedMark />
        </Group>
        <Text size="sm">
          {device.platform} {device.osVersion} ({device.osBuild}) ·{' '}
          {device.online ? 'online' : 'offline'} · {phases[device.phase]}
        </Text>
        {device.phase === 'downloading' && (
          <Progress value={device.downloadedFraction * 100} aria-label="Downloaded" />
        )}
        <Text size="sm" c="dimmed">
          {device.batteryLevel < 0
            ? 'battery unknown'
            : `battery ${device.batteryLevel.toFixed(2)}`}
          , {device.plugged ? 'plugged in' : 'unplugged'},{' '}
          {device.passcode ? 'passcode set' : 'no passcode'}
          {device.locked && ', locked'} · {device.queue.length} waiting at the server
        </Text>
        <Group gap={6}>
          {offered.map(([action, label]) => (
            <Button
              key={action}
              size="xs"
              variant={action === 'enterPasscode' ? 'filled' : 'default'}
              disabled={because !== undefined}
              title={because}
              onClick={() => act({ enrollmentId, action })}
            >
              {label}
            </Button>
          ))}
        </Group>
        {obstacles.setBattery === undefined && (
          <SetNumber
            label="Battery, 0–1"
            because={because}
            set={(value) => act({ enrollmentId, action: 'setBattery', value })}
          />
        )}
        {device.quirks.length > 0 && (
          <Text size="xs" c="dimmed">
            Quirks: {device.quirks.map(({ what }) => what).join('; ')}
          </Text>
        )}
      </Stack>
    </Paper>
  )
}

type SetProps = { label: string; because: string | undefined; set: (value: number) => void }

function SetNumber({ label, because, set }: SetProps) {
  const [value, setValue] = useState<number | string>('')
  return (
    <Group gap="xs" align="flex-end">
      <NumberInput
        label={label}
        size="xs"
        w={110}
        min={0}
        max={1}
        step={0.05}
        decimalScale={2}
        value={value}
        onChange={setValue}
      />
      <Button
        size="xs"
        variant="default"
        disabled={because !== undefined || typeof value !== 'number'}
        onClick={() => typeof value === 'number' && set(value)}
      >
        Set
      </Button>
    </Group>
  )
}
