import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type ListedDevice, listDevices } from '@/lib/db/queries/devices/device-list'
import { countTestsLeft, type TestsLeft } from '@/lib/db/queries/planning/unused-devices'
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
  const { environment } = search
  const [{ rows }, left] = await Promise.all([
    listDevices(db, { environment, filter, limit: shown }, now),
    countTestsLeft(db, environment),
  ])
  return rows.map((row) => asChoice(row, left))
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
  const [{ rows }, left] = await Promise.all([
    listDevices(db, { environment, filter: { text }, limit: 500 }, now),
    countTestsLeft(db, environment),
  ])
  const row = rows.find(({ id }) => id === deviceId)
  return row && { choice: asChoice(row, left), environment }
}

function asChoice(
  { id, labTag, name, platform, osVersion, verdict, reason }: ListedDevice,
  left: readonly TestsLeft[],
): DeviceChoice {
  const version = osVersion?.value
  const own = left.find((one) => one.platform === platform && one.version === version)
  const tests = own?.tests ?? 0
  const os =
    version === undefined
      ? 'OS unknown'
      : `${version} (${tests === 0 ? 'no' : tests} ${tests === 1 ? 'test' : 'tests'} left)`
  return {
    value: id,
    label: `${shownText(labTag ?? 'no lab tag')} · ${shownText(name)} · ${os}`,
    ...{ verdict, reason },
  }
}
