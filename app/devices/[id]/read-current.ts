import { assessDevice } from '@/lib/core/trials/assess'
import type { Db } from '@/lib/db/client'
import { type DeviceAlarm, listAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findLastUsbPrint, type UsbPrint } from '@/lib/db/queries/devices/device-imports'
import type { Device } from '@/lib/db/queries/devices/devices'
import { listPeople } from '@/lib/db/queries/people/users'
import type { Actor } from '@/lib/domain/account/permissions'
import { mayHold } from '@/lib/domain/device/custody'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { shownText } from '@/lib/domain/text/typed-text'
import { type DeviceWeeks, readWeeks } from './weeks'

/** What the page shows only of the device as it is now. */
export type Current = {
  actor: Actor
  qualification: Qualification
  alarms: DeviceAlarm[]
  usb: UsbPrint | undefined
  weeks: DeviceWeeks
  /** To whom it can be handed. */
  people: { value: string; label: string }[]
}

/** The device as it is now, and what this person can do with it. */
export async function readCurrent(
  db: Db,
  actor: Actor,
  device: Device,
  now: Date,
): Promise<Current> {
  const [qualification, alarms, usb, weeks, everybody] = await Promise.all([
    assessDevice(db, actor, device, now),
    listAlarms(db, device.id),
    findLastUsbPrint(db, device.id),
    readWeeks(db, device, now),
    listPeople(db),
  ])
  const people = everybody
    .filter((person) => mayHold(person) && person.id !== actor.id)
    .map(({ id, name }) => ({ value: id, label: shownText(name) }))
  return { actor, qualification, alarms, usb, weeks, people }
}
