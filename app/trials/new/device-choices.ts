import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type ListedDevice, listDevices } from '@/lib/db/queries/devices/device-list'
import type { Environment } from '@/lib/domain/device/device'
import type { Overall } from '@/lib/domain/rules/qualify'
import { shownText } from '@/lib/domain/text/typed-text'

export type DeviceChoice = {
  value: string
  label: string
  verdict: Overall
  /** The first blocking finding in words. */
  reason: string
}

/** As many as a person looks through; typing narrows further, on the server. */
const shown = 50

/** Devices of one environment for a trial, those whose tag, name, serial or model holds the text. */
export async function listDeviceChoices(
  db: Db,
  search: { environment: Environment; text?: string | undefined },
  now: Date,
): Promise<DeviceChoice[]> {
  const filter = { text: search.text }
  const { rows } = await listDevices(
    db,
    { environment: search.environment, filter, limit: shown },
    now,
  )
  return rows.map(asChoice)
}

/** The device a link names, whichever environment it is of; undefined for one that is unknown or retired. */
export async function findDeviceChoice(
  db: Db,
  deviceId: string,
  now: Date,
): Promise<{ choice: DeviceChoice; environment: Environment } | undefined> {
  const device = await findDeviceRow(db, deviceId)
  if (!device) return undefined
  const environment = device.simulated ? 'simulated' : 'real'
  // The name may be shared by many; a serial or an enrollment ID is not.
  const text = device.serial ?? device.enrollmentId ?? device.labTag ?? device.name
  const { rows } = await listDevices(db, { environment, filter: { text }, limit: 500 }, now)
  const row = rows.find(({ id }) => id === deviceId)
  return row && { choice: asChoice(row), environment }
}

const asChoice = ({ id, labTag, name, osVersion, verdict, reason }: ListedDevice) => ({
  value: id,
  label: `${shownText(labTag ?? 'no lab tag')} · ${shownText(name)} · ${osVersion?.value ?? 'OS unknown'}`,
  verdict,
  reason,
})
