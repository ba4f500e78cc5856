import { hash, randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { insertFrozenReport } from '@/lib/db/queries/frozen-reports'
import {
  findFirstHash,
  insertLabReportTrials,
  listContradictionsOf,
  listForOtherLabs,
} from '@/lib/db/queries/lab-reports'
import { inOneSnapshot } from '@/lib/db/queries/trials/trial-copy'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { manifestName, maxReportTitle, simulatedMark } from '@/lib/domain/report/frozen-report'
import {
  type LabManifest,
  labReportFormat,
  labTrialsName,
  maxLabReportBytes,
  maxLabTrials,
  maxUnpackedLabBytes,
} from '@/lib/domain/report/lab-report'
import { isLabName, maxLabName } from '@/lib/domain/settings'
import { titleProblem } from '@/lib/domain/text/typed-text'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { forbidden, type Refusal, refused } from '../../shared/result'
import { underNextNumber } from '../frozen/next-number'
import { packZip } from '../frozen/zip'
import { createHider } from '../share/hide'
import { knownOf } from '../share/known'
import { bytesOfTrials, type Leaving, labIdOf, leavingOf } from './lab-trials'

/** The trials of a list, of which those with these IDs are chosen. */
export type LabSelection = {
  environment: Environment
  filter: TrialFilter
  /** All that can leave, if this is left out. */
  chosen?: readonly string[] | undefined
}

export type LabPreview = {
  status: 'shown'
  /** Every trial of the list that can leave, chosen or not. */
  trials: Leaving[]
  /** `trials.json` as it would leave, with the chosen trials. */
  text: string
  /** Of that file; sent back with the order to make it. */
  digest: string
}

/** What would leave the lab, row by row. Nothing is stored. */
export async function previewLabReport(
  db: Db,
  actor: Actor,
  selection: LabSelection,
): Promise<LabPreview | Refusal> {
  const no = forbidden(actor, 'shareReport')
  if (no) return no
  const read = await readLeaving(db, selection)
  if ('status' in read) return read
  const bytes = bytesOfTrials(chosenOf(read, selection).map(({ row }) => row))
  const text = new TextDecoder().decode(bytes)
  return { status: 'shown', trials: read, text, digest: hash('sha256', bytes) }
}

const chosenOf = (trials: readonly Leaving[], { chosen }: LabSelection): Leaving[] =>
  chosen === undefined ? [...trials] : trials.filter(({ trialId }) => chosen.includes(trialId))

/** Read in one snapshot, with what is known about people and devices. */
const readLeaving = (db: Db, { environment, filter }: LabSelection): Promise<Leaving[] | Refusal> =>
  inOneSnapshot(db, async (then) => {
    const read = await listForOtherLabs(then, environment, filter, maxLabTrials + 1)
    if (read.length > maxLabTrials)
      return refused(`this selection has more than ${maxLabTrials} trials: narrow it`)
    const known = await knownOf(then, read)
    const { scrub } = createHider(known, new Set())
    const found = Map.groupBy(
      await listContradictionsOf(
        then,
        read.map(({ trial }) => trial.id),
      ),
      ({ trialId }) => trialId,
    )
    const scrubOnce = onceForEach(scrub)
    return read.flatMap((one) => leavingOf(one, found.get(one.trial.id) ?? [], scrubOnce) ?? [])
  })

/** Trials have much the same texts, and a text is compared with everything that the lab knows. */
function onceForEach(scrub: (text: string) => string) {
  const done = new Map<string, string>()
  return (text: string): string => {
    const scrubbed = done.get(text) ?? scrub(text)
    done.set(text, scrubbed)
    return scrubbed
  }
}

export type MakeLabReport = LabSelection & {
  chosen: readonly string[]
  /** What it is for; stays in the lab. */
  title: string
  /** What the lab calls itself in the file. */
  labName: string
  /** Of the preview that the person has read. */
  digest: string
}

/**
 * Freezes the chosen trials as a report for other labs: a ZIP of their rows and a manifest with its SHA-256. The trail
 * has the report, and each trial that is in it.
 */
export async function makeLabReport(
  db: Db,
  actor: Actor,
  input: MakeLabReport,
  now: Date,
): Promise<{ status: 'made'; id: string; name: string } | Refusal> {
  const no = forbidden(actor, 'shareReport') ?? problemOf(input)
  if (no) return no
  const read = await readLeaving(db, input)
  if ('status' in read) return read
  const leaving = chosenOf(read, input)
  if (leaving.length === 0) return refused('choose at least one trial', 'chosen')
  const trials = bytesOfTrials(leaving.map(({ row }) => row))
  if (hash('sha256', trials) !== input.digest || leaving.length !== new Set(input.chosen).size)
    return refused('the record has changed since the preview: look at it again', 'digest')
  if (trials.length > maxUnpackedLabBytes) return tooLarge
  return underNextNumber(db, (number) =>
    store(db, actor, { ...input, number }, { leaving, trials }, now),
  )
}

const tooLarge = refused('the file would be too large for other labs to read: choose fewer trials')

function problemOf({ title, labName }: MakeLabReport): Refusal | undefined {
  const wrong = titleProblem(title.trim(), maxReportTitle, 'say for whom or for what it is')
  if (wrong) return refused(wrong, 'title')
  if (labName.trim() === '') return refused('say what other labs shall call this one', 'labName')
  return isLabName(labName.trim())
    ? undefined
    : refused(`use at most ${maxLabName} characters on one line`, 'labName')
}

async function store(
  db: Db,
  actor: Actor,
  { number, ...input }: MakeLabReport & { number: number },
  { leaving, trials }: { leaving: readonly Leaving[]; trials: Uint8Array },
  now: Date,
): Promise<{ status: 'made'; id: string; name: string } | Refusal> {
  const id = randomUUID()
  const simulated = input.environment === 'simulated'
  const manifest: LabManifest = {
    ...{ format: labReportFormat, version: 1, id, name: `F-${number}` },
    lab: { id: labIdOf(await findFirstHash(db)), name: input.labName.trim() },
    environment: input.environment,
    mark: simulated ? simulatedMark : null,
    frozenAt: now.toISOString(),
    trials: leaving.map(({ row }) => row.trial),
    files: [{ name: labTrialsName, bytes: trials.length, sha256: hash('sha256', trials) }],
  }
  const written = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`)
  const files = [
    { name: labTrialsName, bytes: trials },
    { name: manifestName, bytes: written },
  ]
  const file = await packZip(files, now)
  if (file.length > maxLabReportBytes) return tooLarge
  const row = {
    ...{ id, number, kind: 'otherLabs' as const, title: input.title.trim(), simulated, manifest },
    ...{
      manifestSha256: hash('sha256', written),
      file,
      fileSha256: hash('sha256', file),
      fileBytes: file.length,
    },
    ...{ frozenAt: now, frozenById: actor.id, frozenByName: actor.name },
  }
  const left = leaving.map(({ trialId, row: { trial } }) => ({
    ...{ frozenReportId: id, trialId, trialKey: trial },
  }))
  await transact(db, actor, async (tx) => {
    await insertFrozenReport(tx, row)
    await insertLabReportTrials(tx, left)
  })
  return { status: 'made', id, name: manifest.name }
}
