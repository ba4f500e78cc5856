import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { Device, IdentityField } from '@/lib/db/devices'
import { listBusyDevices, listNamesakes } from '@/lib/db/devices-at-once'
import { currentStates } from '@/lib/db/readings'
import { listServers } from '@/lib/db/servers'
import { deviceFieldLabels } from '@/lib/domain/device-draft'
import { type CellProblem, readImportRow } from '@/lib/domain/import-row'
import { matchOf } from './import-identity'
import { judgeRow } from './import-judgement'
import type { BadRow, DevicesByName, GoodRow, ReadRow } from './import-types'
import type { DeviceTable } from './read-device-csv'

export type ImportPlan = {
  good: GoodRow[]
  bad: BadRow[]
  /** Headers nobody knows; their cells are left out. */
  unknownColumns: string[]
  /** SHA-256 over what the import would do: told back on confirming, so that nothing else is done. */
  hash: string
}

type Choice = {
  /** Where new devices are enrolled, unless their row names a server. */
  mdmServerId?: string | undefined
  /** Locks the devices that are matched, for the import itself. */
  lock?: boolean
}

/** Reads every row, compares it with the inventory, and says what would happen. Writes nothing. */
export async function planImport(
  db: Db,
  table: DeviceTable,
  { mdmServerId, lock = false }: Choice,
  now: Date,
): Promise<ImportPlan> {
  const rows = table.rows.map(({ row, cells }) => ({
    row,
    ...readImportRow(table.columns, cells, now),
  }))
  const known = await listNamesakes(db, namesOf(rows), { lock })
  const ids = known.map(({ id }) => id)
  const byName = byNames(known)
  const around = {
    byName,
    shared: sharedNames(rows, byName),
    states: await currentStates(db, ids),
    busy: await listBusyDevices(db, ids),
    servers: await listServers(db),
    mdmServerId,
  }
  const judged = rows.map((row) => judgeRow(row, around))
  const good = judged.filter((row) => 'draft' in row)
  const bad = judged.filter((row) => 'problems' in row)
  const unknownColumns = table.headers.filter((_, at) => !table.columns[at])
  const hash = createHash('sha256')
    .update(JSON.stringify([good, bad]))
    .digest('hex')
  return { good, bad, unknownColumns, hash }
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
 * Rows of the file that name the same device, or claim the same name. None of them is imported, as
 * nobody can tell which is right.
 */
function sharedNames(rows: readonly ReadRow[], byName: DevicesByName): Map<number, CellProblem[]> {
  const problems = new Map<number, CellProblem[]>()
  const note = (group: readonly ReadRow[], column: string, textOf: (row: ReadRow) => string) => {
    for (const row of group) {
      const others = group.filter((other) => other !== row).map(({ row: n }) => n)
      const shown = `${others.slice(0, 5).join(', ')}${others.length > 5 ? ' and more' : ''}`
      const because = `Row ${shown} of this file has the same.`
      const problem = { column, text: textOf(row), because, accepted: 'one row for each device' }
      problems.set(row.row, [...(problems.get(row.row) ?? []), problem])
    }
  }
  const byField = forEachName((field) =>
    Map.groupBy(
      rows.filter(({ device }) => device[field]),
      ({ device }) => device[field]?.toLowerCase(),
    ),
  )
  for (const field of ['enrollmentId', 'serial', 'labTag'] as const)
    for (const group of byField[field].values())
      if (group.length > 1) note(group, deviceFieldLabels[field], (row) => row.device[field] ?? '')
  const byMatch = Map.groupBy(rows, (row) => matchOf(row, { byName })?.id)
  for (const [id, group] of byMatch)
    if (id !== undefined && group.length > 1 && !group.some(({ row }) => problems.has(row)))
      note(group, 'the whole row', () => '')
  return problems
}
