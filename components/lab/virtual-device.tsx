'use client'

import { Group, List, ListItem, Paper, Progress, Stack, Text } from '@mantine/core'
import {
  IconBellRinging,
  IconCloudDownload,
  IconCloudOff,
  IconDeviceMobile,
  IconMoon,
  IconPackage,
  IconPlayerPause,
  IconRefresh,
  IconWifi,
} from '@tabler/icons-react'
import { describeBytes, describeReading } from '@/lib/domain/reading/describe-reading'
import { paths } from '@/lib/paths'
import type { LabAction, LabDeviceView, VariantId } from '@/lib/virtual-lab/control-client'
import type { Fault } from '@/lib/virtual-lab/faults'
import { TextLink } from '../data/links'
import { Status, type StatusLook } from '../data/status'
import { VirtualDeviceActions } from './device-actions'
import {
  type DescribedVariants,
  HeldDeclarations,
  VirtualDeviceVariants,
} from './device-declarations'
import { VirtualDeviceFaults } from './device-faults'
import type { LabResult } from './use-virtual-lab'

export type ActOnDevice = (input: {
  enrollmentId: string
  action: LabAction
  value?: number | string | undefined
}) => Promise<LabResult>

/** The faults and variants of the virtual lab, and how they are set. */
export type FaultControls = {
  variants: DescribedVariants
  setVariant(input: { enrollmentId: string; variant: VariantId; value: string }): Promise<LabResult>
  faults: readonly Fault[]
  set(input: {
    enrollmentId: string
    fault: Fault['id']
    value: number | boolean
  }): Promise<LabResult>
}

type Props = {
  device: LabDeviceView
  /** Virtual seconds in a real one. */
  speed: number
  reason: string | undefined
  act: (input: Parameters<ActOnDevice>[0]) => void
  faults: readonly Fault[] | undefined
  setFault: (input: Parameters<FaultControls['set']>[0]) => void
  variants: DescribedVariants | undefined
  setVariant: (input: Parameters<FaultControls['setVariant']>[0]) => void
}

/** One virtual device: its true state and its controls. */
export function VirtualDevice(props: Props) {
  const { device, speed, reason, act, faults, setFault, variants, setVariant } = props
  const { enrollmentId, labTag, name, phase } = device
  return (
    <Paper withBorder p="sm" component="section" aria-label={`${labTag} ${name}`}>
      <Stack gap="xs">
        <Group gap="xs" justify="space-between">
          <Text fw={700} span>
            <TextLink href={paths.devices({ environment: 'simulated', text: labTag })} inherit>
              {labTag}
            </TextLink>{' '}
            {name}
          </Text>
        </Group>
        <Group gap="sm">
          <Status look={reachLooks[reachOf(device)]} />
          <Status look={phaseLooks[phase]} />
          {device.phaseEndsInMs !== null && (
            <Text size="xs" c="dimmed">
              {lasting(device.phaseEndsInMs, speed)}
            </Text>
          )}
        </Group>
        {phase === 'downloading' && (
          <Progress value={device.downloadedFraction * 100} aria-label="Downloaded" />
        )}
        <Facts device={device} />
        <HeldDeclarations device={device} />
        <VirtualDeviceActions
          device={device}
          reason={reason}
          act={(action, value) => act({ enrollmentId, action, value })}
        />
        {faults ? (
          <VirtualDeviceFaults
            device={device}
            faults={faults}
            reason={reason}
            set={(fault, value) => setFault({ enrollmentId, fault, value })}
          />
        ) : (
          <FaultsElsewhere count={Object.keys(device.faults).length} />
        )}
        {variants && (
          <VirtualDeviceVariants
            device={device}
            variants={variants}
            reason={reason}
            set={(variant, value) => setVariant({ enrollmentId, variant, value })}
          />
        )}
      </Stack>
    </Paper>
  )
}

const FaultsElsewhere = ({ count }: { count: number }) =>
  count > 0 && (
    <Text size="sm">
      {count === 1 ? '1 fault is' : `${count} faults are`} turned on in the{' '}
      <TextLink href={paths.lab()} inherit>
        virtual lab
      </TextLink>
      .
    </Text>
  )

const reachOf = ({ online, reachable }: LabDeviceView) => {
  if (!online) return 'offline'
  return reachable ? 'online' : 'dark'
}

/** How long a phase still lasts, in virtual and in real time. */
function lasting(virtualMs: number, speed: number): string {
  const [left, real] = [Math.max(0, virtualMs), Math.max(0, virtualMs) / speed]
  return speed === 1 ? `${span(left)} more` : `${span(left)} more, ${span(real)} at ${speed}×`
}

const span = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

function Facts({ device }: { device: LabDeviceView }) {
  const { platform, osVersion, osBuild, batteryLevel, queue, quirks } = device
  const battery = batteryLevel < 0 ? 'unknown' : describeReading('batteryLevel', batteryLevel)
  return (
    <Stack gap={2}>
      <Text size="sm">
        {device.modelName}, {platform} <b>{osVersion}</b> ({osBuild})
      </Text>
      <Text size="sm">
        serial <code>{device.serial}</code>
      </Text>
      <Text size="sm">
        {platform === 'tvOS'
          ? 'mains power'
          : `battery ${battery}, ${device.plugged ? 'plugged in' : 'unplugged'}`}
        {platform !== 'tvOS' && `, ${device.passcode ? 'passcode set' : 'no passcode'}`}
        {device.locked && ', locked'}
      </Text>
      <Text size="sm" c="dimmed">
        {describeBytes(device.freeBytes)} of {describeBytes(device.totalBytes)} free, network{' '}
        {describeReading('network', device.network)}
        {!device.supervised && ', not supervised'}
      </Text>
      <Text size="sm" c="dimmed">
        {queue.length === 0 ? 'server queue is empty' : 'in the server queue: '}
        {queue
          .map(({ requestType, notNow }) => (notNow ? `${requestType} (NotNow)` : requestType))
          .join(', ')}
      </Text>
      {device.replyDueInMs !== null && (
        <Text size="sm">
          reply pending, silent for another {span(Math.max(0, device.replyDueInMs))}
        </Text>
      )}
      {quirks.length > 0 && (
        <details>
          <summary>
            <Text span size="xs" c="dimmed">
              {quirks.length === 1 ? '1 quirk' : `${quirks.length} quirks`} of this version
            </Text>
          </summary>
          <List size="xs">
            {quirks.map(({ id, what }) => (
              <ListItem key={id}>{what}</ListItem>
            ))}
          </List>
        </details>
      )}
    </Stack>
  )
}

/** The phases of an update on a virtual device. */
const phaseLooks: Record<LabDeviceView['phase'], StatusLook> = {
  none: {
    word: 'no update',
    icon: IconDeviceMobile,
    color: 'gray',
    meaning: 'Nothing is downloaded or in progress',
  },
  downloading: {
    word: 'downloading',
    icon: IconCloudDownload,
    color: 'blue',
    meaning: 'Pauses while the device is offline',
  },
  downloaded: {
    word: 'downloaded',
    icon: IconPackage,
    color: 'blue',
    meaning: 'A command, its date or a person installs it',
  },
  prompting: {
    word: 'prompt showing',
    icon: IconBellRinging,
    color: 'orange',
    meaning: 'A person must enter the passcode, choose “tonight” or decline',
  },
  tonight: {
    word: 'scheduled for tonight',
    icon: IconMoon,
    color: 'violet',
    meaning: 'Installs by itself tonight; one more command starts it at once (radar 45414727)',
  },
  installing: {
    word: 'installing',
    icon: IconRefresh,
    color: 'orange',
    meaning: 'Past the point of no return; the device still answers',
  },
  dark: {
    word: 'restarting',
    icon: IconRefresh,
    color: 'red',
    meaning: 'Past the point of no return; the device cannot be reached',
  },
}

/** Whether the virtual server can reach the device. */
const reachLooks: Record<'online' | 'offline' | 'dark', StatusLook> = {
  online: { word: 'online', icon: IconWifi, color: 'green', meaning: 'It polls the server' },
  offline: {
    word: 'offline',
    icon: IconCloudOff,
    color: 'gray',
    meaning: 'Taken offline here; commands wait in the server queue',
  },
  dark: {
    word: 'not reachable',
    icon: IconPlayerPause,
    color: 'yellow',
    meaning: 'It is restarting into its update',
  },
}
