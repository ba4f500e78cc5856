'use client'

import { ActionIcon, Menu, MenuDropdown, MenuItem, MenuTarget } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  IconArchive,
  IconArchiveOff,
  IconDots,
  IconLock,
  IconLockOpen,
  IconQrcode,
} from '@tabler/icons-react'
import { useState } from 'react'
import { freeDeviceAction } from '@/app/reserve-actions'
import { ReserveModal } from '@/app/reserve-modal'
import { Link } from '@/components/data/link'
import { useReady } from '@/components/forms/ready-form'
import { type Asked, ReasonModal } from '@/components/forms/reason-modal'
import { paths } from '@/lib/paths'
import { retireDeviceAction } from '../actions'

type Props = {
  deviceId: string
  held: boolean
  retired: boolean
  /** Why this person may not do it. */
  reason: { hold: string | undefined; retire: string | undefined }
}

/** What a lead decides about a device. */
export function DeviceMenu({ deviceId, held, retired, reason }: Props) {
  const ready = useReady()
  const [asked, setAsked] = useState<Asked>()
  const [reserving, setReserving] = useState(false)
  const free = async () => {
    const result = await freeDeviceAction(deviceId)
    if (result.status === 'refused')
      notifications.show({ color: 'red', title: 'Not done', message: result.reason })
  }
  const retire = () =>
    setAsked({
      title: retired ? 'Take it back into use' : 'Retire this device',
      hint: retired
        ? 'It can be queried and used in trials again.'
        : 'It is never deleted: its trials and readings stay. It leaves the list and is no longer queried.',
      verb: retired ? 'Take it back' : 'Retire it',
      act: (reason) => retireDeviceAction({ deviceId, reason, to: retired ? 'in use' : 'retired' }),
    })
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <MenuTarget>
          <ActionIcon variant="default" size={36} aria-label="More actions" disabled={!ready}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </MenuTarget>
        <MenuDropdown maw={280}>
          <Item
            label={held ? 'Release reservation' : 'Reserve…'}
            icon={held ? IconLockOpen : IconLock}
            reason={reason.hold}
            act={held ? free : () => setReserving(true)}
          />
          <MenuItem
            component={Link}
            href={paths.deviceLabels({ id: deviceId })}
            leftSection={<IconQrcode size={16} aria-hidden />}
          >
            Label to print
          </MenuItem>
          <Item
            label={retired ? 'Take it back into use…' : 'Retire it…'}
            icon={retired ? IconArchiveOff : IconArchive}
            reason={reason.retire}
            act={retire}
          />
        </MenuDropdown>
      </Menu>
      {reserving && (
        <ReserveModal
          deviceId={deviceId}
          form={`device/${deviceId}/reserve`}
          onClose={() => setReserving(false)}
        />
      )}
      {asked && <ReasonModal asked={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}

type ItemProps = {
  label: string
  icon: typeof IconLock
  reason: string | undefined
  act: () => void
}

/** A refused action stays visible, with the reason below it. */
const Item = ({ label, icon: Shape, reason, act }: ItemProps) => (
  <MenuItem
    leftSection={<Shape size={16} aria-hidden />}
    disabled={reason !== undefined}
    onClick={act}
  >
    {label}
    {reason && (
      <span style={{ display: 'block', fontSize: 'var(--mantine-font-size-xs)' }}>{reason}</span>
    )}
  </MenuItem>
)
