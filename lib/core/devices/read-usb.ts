import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { knownIdentity } from '@/lib/db/queries/devices/device-identifiers'
import { insertUsbPrint } from '@/lib/db/queries/devices/device-imports'
import { insertReadings, recordedState } from '@/lib/db/queries/devices/readings'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import { type ReadingField, readingFields } from '@/lib/domain/reading/reading'
import { becomesCurrent } from '@/lib/domain/reading/reading-order'
import { readUsb, type UsbReading } from '@/lib/domain/reading/usb-reading'
import { readUsbPrint } from '@/lib/import-file/read-usb-print'
import { recordOsChange } from '../ingest/detect-os-change'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'

export type GivenPrint = {
  deviceId: string
  /** What ideviceinfo, cfgutil or pymobiledevice3 printed. */
  text: string
  /** Undefined: only the device's clock says when. */
  minutesAgo?: number | undefined
  /** The person says that parts without a UDID were printed for this device. */
  vouched: boolean
}

type UsbRow = {
  field: ReadingField
  label: string
  value: string
  /** False if a later reading stays the current one. */
  current: boolean
}
export type UsbPreview = { status: 'read'; rows: UsbRow[]; answeredAt: Date; notes: string[] }

/** What a print would store, and why not; nothing of it is stored. */
export async function previewUsb(
  db: Db,
  actor: Actor,
  given: GivenPrint,
  now: Date,
): Promise<UsbPreview | Refusal> {
  const no = forbidden(actor, 'typeReading')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const found = await understand(tx, given, now)
    if ('status' in found) return found
    const { device, read } = found
    const state = await recordedState(tx, device.id)
    const { answeredAt, readings, dropped } = read
    return {
      status: 'read',
      rows: readings.map(({ field, value }) => ({
        field,
        label: readingFields[field].label,
        value: describeReading(field, value as never), // Of its own field, which the union has lost.
        current: becomesCurrent(field, { source: 'usb', answeredAt }, state),
      })),
      answeredAt,
      notes: [...read.notes, droppedInWords(dropped)],
    }
  })
}

/** Stores the readings of a print with the person's name, and the facts they come from. The rest of the text is not kept. */
export async function keepUsb(
  db: Db,
  actor: Actor,
  given: GivenPrint,
  now: Date,
): Promise<{ status: 'kept'; count: number } | Refusal> {
  const no = forbidden(actor, 'typeReading')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const found = await understand(tx, given, now)
    if ('status' in found) return found
    const { device, read } = found
    const { answeredAt, readings, facts } = read
    const by = { byId: actor.id, byName: actor.name }
    await insertUsbPrint(tx, {
      deviceId: device.id,
      facts,
      textSha256: createHash('sha256').update(given.text).digest('hex'),
      vouched: given.vouched,
      answeredAt,
      recordedAt: now,
      ...by,
    })
    await insertReadings(
      tx,
      device.id,
      readings.map((reading) => ({
        ...reading,
        source: 'usb' as const,
        answeredAt,
        recordedAt: now,
        ...by,
      })),
    )
    await recordOsChange(tx, device.id, { at: answeredAt }, now)
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'kept', count: readings.length }
  })
}

type Understood = { device: DeviceRow; read: UsbReading }

async function understand(
  tx: Db,
  { deviceId, text, minutesAgo, vouched }: GivenPrint,
  now: Date,
): Promise<Understood | Refusal> {
  const device = await lockDeviceRow(tx, deviceId)
  if (!device) return refused('There is no such device.')
  if (device.retiredAt) return refused('The device is retired, so nothing is read off it.')
  const print = readUsbPrint(text)
  if ('reason' in print) return refused(print.reason, 'text')
  const known = { parts: print.parts, device: await knownIdentity(tx, device) }
  const read = readUsb({ ...known, platform: device.platform, minutesAgo, vouched }, now)
  return 'problem' in read ? refused(read.problem.reason, read.problem.field) : { device, read }
}

const droppedInWords = (count: number) =>
  `${count} other ${count === 1 ? 'key is' : 'keys are'} dropped, such as names, numbers and addresses.`
