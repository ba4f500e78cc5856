import { hash, randomUUID } from 'node:crypto'
import { findAuditHead } from '@/lib/db/audit/page'
import type { Db } from '@/lib/db/client'
import { exportSnapshot, insertFrozenReport, listTrialIds } from '@/lib/db/queries/frozen-reports'
import { inOneSnapshot } from '@/lib/db/queries/trials/trial-copy'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { exportKinds } from '@/lib/domain/export/columns'
import {
  type Manifest,
  manifestName,
  maxFrozenBytes,
  maxFrozenTrials,
  maxReportTitle,
} from '@/lib/domain/report/frozen-report'
import { titleProblem } from '@/lib/domain/text/typed-text'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { forbidden, type Refusal, refused } from '../../shared/result'
import { exportDictionary } from '../export-csv'
import type { TrialReport } from '../report/report-format'
import { readReport } from '../report/report-trial'
import { filesOf, type Writers } from './frozen-files'
import { underNextNumber } from './next-number'
import { packZip, type ZipFile } from './zip'

export type FreezeReport = { title: string; environment: Environment; filter: TrialFilter }

export type Frozen = { status: 'frozen'; id: string; name: string } | Refusal

/** One at a time: each holds all of its files in memory. */
let running = false

/**
 * Freezes the trials of a list as they are now: the CSV files with their dictionary, and the report of each trial as a page,
 * PDF and JSON, in one ZIP with the SHA-256 of each. All is read in one snapshot. What is stored never changes.
 */
export async function freezeReport(
  db: Db,
  actor: Actor,
  input: FreezeReport,
  writers: Writers,
  now: Date,
): Promise<Frozen> {
  const no = forbidden(actor, 'freezeReport')
  if (no) return no
  const title = input.title.trim()
  const wrong = titleProblem(title, maxReportTitle, 'give it a title')
  if (wrong) return refused(wrong, 'title')
  if (running) return refused('another report is being frozen: try again in a minute')
  running = true
  try {
    return await freeze(db, actor, { ...input, title }, writers, now)
  } finally {
    running = false
  }
}

async function freeze(
  db: Db,
  actor: Actor,
  input: FreezeReport,
  writers: Writers,
  now: Date,
): Promise<Frozen> {
  const read = await readSelection(db, actor, input, writers, now)
  if (read.status === 'refused') return read
  const made = await filesOf(read.reports, writers.pdf)
  if (made.status === 'not') return refused(made.reason)
  const dictionary = new TextEncoder().encode(exportDictionary({ bom: false }))
  const files = [...read.tables, { name: 'data-dictionary.csv', bytes: dictionary }, ...made.files]
  const { reports, head } = read
  return underNextNumber(db, (number) =>
    store(db, actor, { ...input, number, files, reports, head }, now),
  )
}

type Selection = {
  status: 'read'
  reports: TrialReport[]
  tables: ZipFile[]
  head: { seq: number; hash: string }
}

function readSelection(
  db: Db,
  actor: Actor,
  { environment, filter }: FreezeReport,
  { copyAt }: Writers,
  now: Date,
): Promise<Selection | Refusal> {
  return inOneSnapshot(db, async (then): Promise<Selection | Refusal> => {
    const trials = await listTrialIds(then, environment, filter, maxFrozenTrials + 1)
    if (trials.length === 0) return refused('there is no trial in this selection')
    if (trials.length > maxFrozenTrials)
      return refused(`this selection has more than ${maxFrozenTrials} trials: narrow it`)
    const snapshot = await exportSnapshot(then)
    const tables: ZipFile[] = []
    for (const kind of exportKinds)
      tables.push({
        name: `${kind}.csv`,
        bytes: await copyAt(snapshot, { kind, environment, filter }),
      })
    const head = await findAuditHead(then)
    const reports: TrialReport[] = []
    for (const { id } of trials) reports.push(await readReport(then, actor, id, now))
    return { status: 'read', reports, tables, head }
  })
}

type Made = FreezeReport & { number: number; files: ZipFile[] } & Pick<
    Selection,
    'reports' | 'head'
  >

async function store(db: Db, actor: Actor, made: Made, now: Date): Promise<Frozen> {
  const { number, title, environment, filter, files, reports, head } = made
  const id = randomUUID()
  const simulated = environment === 'simulated'
  const manifest: Manifest = {
    format: 'oneway-frozen-report',
    version: 1,
    ...{ id, name: `F-${number}`, title, environment, filter, head },
    mark: simulated
      ? 'SIMULATED: these trials are of virtual devices and no evidence about real ones'
      : null,
    frozenAt: now.toISOString(),
    frozenBy: actor.name,
    trials: reports.map(({ trial, name }) => ({ id: trial.id, name })),
    files: files.map(({ name, bytes }) => ({
      name,
      bytes: bytes.length,
      sha256: hash('sha256', bytes),
    })),
  }
  const written = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`)
  const file = await packZip([...files, { name: manifestName, bytes: written }], now)
  if (file.length > maxFrozenBytes)
    return refused(
      `the report has ${Math.ceil(file.length / 1024 / 1024)} MiB, and ${maxFrozenBytes / 1024 / 1024} MiB are kept at most: narrow the selection`,
    )
  const row = {
    ...{ id, number, title, simulated, manifest, manifestSha256: hash('sha256', written) },
    ...{ file, fileSha256: hash('sha256', file), fileBytes: file.length },
    ...{ frozenAt: now, frozenById: actor.id, frozenByName: actor.name },
  }
  await transact(db, actor, (tx) => insertFrozenReport(tx, row))
  return { status: 'frozen', id, name: manifest.name }
}
