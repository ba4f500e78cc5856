import { stringify } from 'csv-stringify/sync'
import type { Db } from '@/lib/db/client'
import { type CustodyRow, currentCustodies } from '@/lib/db/queries/devices/custody'
import {
  type CurrentValues,
  currentFieldValues,
  listCustomFields,
} from '@/lib/db/queries/devices/custom-fields'
import { findDeviceRows } from '@/lib/db/queries/devices/device-facts'
import { type DeviceQuery, listDevices } from '@/lib/db/queries/devices/device-list'
import type { Device } from '@/lib/db/queries/devices/devices'
import { currentStates } from '@/lib/db/queries/devices/readings'
import { listServers } from '@/lib/db/queries/servers/servers'
import { inOneSnapshot } from '@/lib/db/queries/trials/trial-copy'
import type { Actor } from '@/lib/domain/account/permissions'
import type { CustomField } from '@/lib/domain/device/custom-field'
import { type DeviceDraftField, deviceDraftFields } from '@/lib/domain/device/device-draft'
import { exportFileName } from '@/lib/domain/export/columns'
import { deviceColumns, fieldColumns } from '@/lib/domain/export/device-columns'
import { type ImportableField, importableFields } from '@/lib/domain/import/columns'
import { readDeviceText, readReading } from '@/lib/domain/import/read-cells'
import { type DeviceState, isNotApplicable, type Reading } from '@/lib/domain/reading/reading'
import { withoutFormula, withoutTrailing } from '@/lib/domain/text/typed-text'
import { csvForm } from '../shared/csv-form'
import { forbidden, type Refusal, refused } from '../shared/result'
import type { ChartCsv } from './export-charts'

/** A file is made in memory; this is well above a lab and below what would hold up the others. */
const maxDevices = 20_000
const devicesAtOnce = 500

/** The devices of a list as a file that imports again unchanged, with the custom fields of the lab. */
export async function exportDevices(
  db: Db,
  actor: Actor,
  query: Pick<DeviceQuery, 'environment' | 'filter'> & { bom: boolean },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { environment, bom } = query
  return inOneSnapshot(db, async (then) => {
    const fields = await listCustomFields(then)
    const servers = new Map((await listServers(then)).map(({ id, slug }) => [id, slug]))
    const mark = environment === 'simulated' ? 'SIMULATED' : 'real'
    const rows: string[][] = []
    let cursor: string | undefined
    do {
      const page = await listDevices(then, { ...query, cursor, limit: devicesAtOnce }, now)
      const ids = page.rows.map(({ id }) => id)
      const found = new Map((await findDeviceRows(then, ids)).map((one) => [one.id, one]))
      const [states, values] = [await currentStates(then, ids), await currentFieldValues(then, ids)]
      const held = await currentCustodies(then, ids)
      for (const id of ids) {
        const device = found.get(id)
        if (!device) throw new Error('a listed device without its row')
        const server = servers.get(device.mdmServerId ?? '') ?? ''
        rows.push([
          ...deviceCells(device),
          server,
          ...readingCells(device, states.get(id) ?? {}),
          ...custodyCells(held.get(id)?.open),
          mark,
          ...fieldCells(id, fields, values),
        ])
      }
      cursor = page.next
    } while (cursor !== undefined && rows.length < maxDevices)
    if (cursor !== undefined)
      return refused(`A file holds ${maxDevices.toLocaleString('en')} devices: narrow the list.`)
    const header = [...deviceColumns, ...fieldColumns(fields)].map(({ name }) => name)
    const body = stringify([header, ...rows], { bom, ...csvForm })
    return { status: 'ready', fileName: exportFileName('devices', environment, now), body }
  })
}

const deviceCells = (device: Device): string[] =>
  deviceDraftFields.map((field) => deviceCell(field, device[field] ?? ''))

/** A text that an import would refuse, such as a name with a tab from a check-in, is left out rather than refused with its row. */
function deviceCell(field: DeviceDraftField, text: string): string {
  if (field === 'platform') return text
  const read = text === '' ? undefined : readDeviceText(field, text)
  return read && 'kept' in read ? withoutFormula(text) : ''
}

/** The time of the oldest reading and the readings. One without a known time is left out, as the row's time is none of its. */
function readingCells({ platform }: Device, state: DeviceState): string[] {
  const written = importableFields.map((field) => {
    const reading = state[field]
    const has = reading && !reading.ageUnknown && !isNotApplicable(field, platform)
    const text = has ? readingText(field, reading) : ''
    return { text, at: text === '' ? Number.POSITIVE_INFINITY : reading?.answeredAt.getTime() }
  })
  const oldest = Math.min(...written.map(({ at }) => at ?? Number.POSITIVE_INFINITY))
  const readAt = Number.isFinite(oldest) ? `${new Date(oldest).toISOString().slice(0, 19)}Z` : ''
  return [readAt, ...written.map(({ text }) => text)]
}

/** As the import takes it: each cell with its unit, so that a column of few devices leaves nothing open. */
function readingText(field: ImportableField, { value }: Reading): string {
  if (value === undefined || value === '' || typeof value === 'object') return ''
  const text = cellOf(field, value)
  const read = readReading(field, field, text, rules)
  return 'bad' in read || read.value === undefined ? '' : withoutFormula(text)
}

const rules = {
  battery: 'percent',
  total: { of: 'total', decimal: '.', unit: undefined },
  free: { of: 'free', decimal: '.', unit: undefined },
} as const

function cellOf(field: ImportableField, value: string | number | boolean): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : String(value)
  return field === 'batteryLevel'
    ? `${Number((value * 100).toFixed(2))} %`
    : `${withoutTrailing(withoutTrailing(value.toFixed(9), '0'), '.')} GB`
}

const custodyCells = (open: CustodyRow | undefined): string[] =>
  open
    ? [withoutFormula(open.holderName), open.since.toISOString(), withoutFormula(open.place)]
    : ['', '', '']

const fieldCells = (id: string, fields: readonly CustomField[], values: CurrentValues) =>
  fields.map((field) => {
    const value = values.get(id)?.get(field.id)?.value ?? ''
    // A negative number is a number.
    return field.type === 'number' ? value : withoutFormula(value)
  })
