'use client'

import { Button, Group, Modal, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { LabClockView, ServerChange } from '@/lib/virtual-lab/control-client'
import { Refusal } from '../data/refusal'
import { type HabitLooks, VirtualServerHabits } from './server-habits'
import { type LabResult, useVirtualLab } from './use-virtual-lab'
import { type ActOnDevice, type FaultControls, VirtualDevice } from './virtual-device'

type Props = {
  /** Why this person may not use the controls; undefined when they may. */
  reason: string | undefined
  act: ActOnDevice
  setSpeed(speed: number): Promise<LabResult>
  /** Resets all devices; left out when the panel stands beside a trial. */
  reset?: () => Promise<LabResult>
  /** The faults that can be turned on; left out beside a trial. */
  faultControls?: FaultControls & {
    looks: HabitLooks
    setServer(change: ServerChange): Promise<LabResult>
  }
  /** Only this device; all of them without it. */
  only?: string | undefined
}

/** The true state of the virtual devices, and the controls for them. */
export function VirtualLabPanel({ reason, act, setSpeed, reset, faultControls, only }: Props) {
  const { view, error, busy, run } = useVirtualLab()
  if (error)
    return (
      <Refusal title="The virtual lab cannot be shown" reason={error.message}>
        This page tries again every two seconds.
      </Refusal>
    )
  if (!view) return <Text size="sm">Loading the virtual lab …</Text>
  const devices = view.devices.filter(({ enrollmentId }) => !only || enrollmentId === only)
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Clock
          clock={view.clock}
          disabled={reason !== undefined}
          set={(speed) => run(() => setSpeed(speed))}
        />
        {reset && <Reset reason={reason} busy={busy} reset={() => run(reset)} />}
        {reason && <Text size="sm">{reason}</Text>}
      </Group>
      {faultControls && (
        <VirtualServerHabits
          server={view.server}
          looks={faultControls.looks}
          reason={reason}
          set={(change) => run(() => faultControls.setServer(change))}
        />
      )}
      {devices.length === 0 && (
        <Text size="sm">The virtual lab has no device with this enrollment ID.</Text>
      )}
      <SimpleGrid cols={only ? 1 : { base: 1, sm: 2, lg: 3 }}>
        {devices.map((device) => (
          <VirtualDevice
            key={device.enrollmentId}
            device={device}
            speed={view.clock.speed}
            reason={reason}
            act={(input) => run(() => act(input))}
            faults={faultControls?.faults}
            setFault={(input) => faultControls && run(() => faultControls.set(input))}
            variants={faultControls?.variants}
            setVariant={(input) => faultControls && run(() => faultControls.setVariant(input))}
          />
        ))}
      </SimpleGrid>
    </Stack>
  )
}

const speeds = [1, 20, 60, 600]

type ClockProps = { clock: LabClockView; disabled: boolean; set(speed: number): void }

function Clock({ clock, disabled, set }: ClockProps) {
  // The lab may have been started at another speed; that one is offered too.
  const offered = [...new Set([...speeds, clock.speed])].toSorted((a, b) => a - b)
  return (
    <Group gap="xs">
      <Text size="sm" fw={600}>
        The lab’s clock runs
      </Text>
      <SegmentedControl
        aria-label="Speed of the virtual clock"
        size="xs"
        data={offered.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
        value={String(clock.speed)}
        disabled={disabled}
        onChange={(speed) => set(Number(speed))}
      />
    </Group>
  )
}

type ResetProps = { reason: string | undefined; busy: boolean; reset(): void }

function Reset({ reason, busy, reset }: ResetProps) {
  const [asking, { open, close }] = useDisclosure(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={reason !== undefined}
        title={reason}
        onClick={open}
      >
        Reset the virtual lab …
      </Button>
      <Modal opened={asking} onClose={close} title="Reset the virtual lab?">
        <Stack gap="sm">
          <Text size="sm">
            Every virtual device goes back to its initial OS build, battery, disk and passcode. Its
            queue on the virtual server is emptied, and it enrolls again.
          </Text>
          <Text size="sm">
            Oneway’s own record stays: trials, readings and events are kept, and a consumed baseline
            stays consumed. A trial that is waiting for an answer will not get one.
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              color="red"
              loading={busy}
              onClick={() => {
                reset()
                close()
              }}
            >
              Reset
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
