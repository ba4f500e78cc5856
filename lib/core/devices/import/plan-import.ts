import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from '@/lib/db/client'
import { currentFieldValues } from '@/lib/db/queries/devices/custom-fields'
import type { Device, IdentityField } from '@/lib/db/queries/devices/devices'
import { listBusyDevices, listNamesakes } from '@/lib/db/queries/devices/devices-at-once'
import { currentStates } from '@/lib/db/queries/devices/readings'
import { listServers } from '@/lib/db/queries/servers/servers'
import type { Platform } from '@/lib/domain/device/device'
import { deviceFieldLabels } from '@/lib/domain/device/device-draft'
import type { CellProblem } from '@/lib/domain/import/read-row'
import { matchOf } from './import-identity'
import { judgeRow } from './import-judgement'
import type { BadRow, DevicesByName, GoodRow, ReadRow, Surroundings } from './import-types'

export type ImportPlan = {
  good: GoodRow[]
  bad: BadRow[]
  /** SHA-256 over what the import would do. Confirming names it, so that nothing else is done. */
  hash: string
}

type Choice = {
  /** The MDM server of new devices whose row names none. */
  mdmServerId?: string | undefined
  /** The platform of new devices whose row names none. */
  platform?: Platform | undefined
  /** Locks the matched devices; set for the import itself. */
  lock?: boolean
}

/** Compares every row with the inventory and plans what to do. Writes nothing. */
export async function planImport(
  db: Db,
  rows: readonly ReadRow[],
  { mdmServerId, platform, lock = false }: Choice,
  now: Date,
): Promise<ImportPlan> {
  const known = await listNamesakes(db, namesOf(rows), { lock })
  const ids = known.map(({ id }) => id)
  const byName = byNames(known)
  return judgeAll(rows, {
    byName,
    shared: sharedNames(rows, byName),
    states: await currentStates(db, ids),
    busy: await listBusyDevices(db, ids),
    fieldValues: await currentFieldValues(db, ids),
    servers: await listServers(db),
    mdmServerId,
    platform,
    now,
  })
}

// A few milliseconds of work, after which the process handles other requests.
const rowsAtOnce = 500

async function judgeAll(rows: readonly ReadRow[], around: Surroundings): Promise<ImportPlan> {
  const hash = createHash('sha256')
  const plan: Omit<ImportPlan, 'hash'> = { good: [], bad: [] }
  for (const [at, row] of rows.entries()) {
    if (at % rowsAtOnce === 0) await nextTurn()
    const judged = judgeRow(row, around)
    hash.update(JSON.stringify(judged))
    if ('problems' in judged) plan.bad.push(judged)
    else plan.good.push(judged)
  }
  return { ...plan, hash: hash.digest('hex') }
}

const forEachName = <T>(make: (field: IdentityField) => T): Record<IdentityField, T> => ({
  labTag: make('labTag'),
  enrollmentId: make('enrollmentId'),
  serial: make('serial'),
})

const namesOf = (rows: readonly ReadRow[]) =>
  forEachName((field) => rows.flatMap(({ device }) => device[field]?.toLowerCase() ?? []))

const byNames = (known: readonly Device[]): DevicesByName =>
  forEachName(
    (field) =>
      new Map(
        known.flatMap((device): [string, Device][] => {
          const name = device[field]?.toLowerCase()
          return name ? [[name, device]] : []
        }),
      ),
  )

/**
 * Rows of the file with the same device, or with the same lab tag, enrollment ID or serial. None of them is imported,
 * because it is unknown which one is right.
 */
function sharedNames(rows: readonly ReadRow[], byName: DevicesByName): Map<number, CellProblem[]> {
  const problems = new Map<number, CellProblem[]>()
  const note = (group: readonly ReadRow[], column: string, textOf: (row: ReadRow) => string) => {
    for (const row of group) {
      const problem = {
        column,
        text: textOf(row),
        reason: `${othersIn(group, row)} of this file has the same.`,
        accepted: 'one row for each device',
      }
      problems.set(row.row, [...(problems.get(row.row) ?? []), problem])
    }
  }
  for (const field of ['enrollmentId', 'serial', 'labTag'] as const) {
    const groups = Map.groupBy(
      rows.filter(({ device }) => device[field]),
      ({ device }) => device[field]?.toLowerCase(),
    )
    for (const group of groups.values())
      if (group.length > 1) note(group, deviceFieldLabels[field], (row) => row.device[field] ?? '')
  }
  const byMatch = Map.groupBy(rows, (row) => matchOf(row, { byName })?.id)
  for (const [id, group] of byMatch)
    if (id !== undefined && group.length > 1 && !group.some(({ row }) => problems.has(row)))
      note(group, 'the whole row', () => '')
  return problems
}

const shownRows = 5

/** The first few other rows of a group. A group may be the whole file, so not all of it is searched for each row. */
function othersIn(group: readonly ReadRow[], row: ReadRow): string {
  const others = group.slice(0, shownRows + 1).filter((other) => other !== row)
  const numbers = others.slice(0, shownRows).map(({ row: number }) => number)
  return `Row ${numbers.join(', ')}${group.length - 1 > shownRows ? ' and more' : ''}`
}
