import type { Db } from '@/lib/db/client'
import { findFirstHash } from '@/lib/db/queries/lab-reports'
import {
  countStandingReports,
  countStandingTrials,
  findNameOfLab,
  findStandingReport,
  insertOtherLabReport,
  insertOtherLabTrials,
  isNameOfAnother,
  lockOtherLabs,
  withdrawOtherLabReport,
} from '@/lib/db/queries/other-labs'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { fingerprintOf } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import { isLabName, maxLabName } from '@/lib/domain/settings'
import { hiddenProblem, uuidForm } from '@/lib/domain/text/typed-text'
import { isClash } from '../../shared/failure'
import { forbidden, type Refusal, reasonRefusal, refused } from '../../shared/result'
import { labIdOf } from './lab-trials'
import { type ReadLabReport, readLabReport } from './read-lab-report'

/** Reports of other labs that may stand at once. */
const maxStanding = 500

/** What a file says, before anything of it is kept. */
export type LabReportFound = {
  status: 'found'
  sha256: string
  /** As the file names it, and as this lab knows it. */
  lab: { id: string; name: string; knownAs: string | undefined }
  report: string
  environment: Environment
  madeAt: string
  trials: number
  /** Trials of it that stand already, from a file that is older, or newer. */
  older: number
  newer: number
}

/** Reads a file of another lab and says what an import of it would do. Nothing is kept. */
export async function previewLabImport(
  db: Db,
  actor: Actor,
  bytes: Uint8Array,
  now: Date,
): Promise<LabReportFound | Refusal> {
  const no = forbidden(actor, 'importLabReport')
  if (no) return no
  const read = readLabReport(bytes, now)
  if (read.status === 'refused') return read
  const own = await problemWith(db, read)
  if (own) return own
  const { manifest, sha256, trials } = read
  const about = aboutOf(read)
  const stands = await countStandingTrials(
    db,
    about,
    trials.map(({ trial }) => trial),
  )
  const { lab, name, environment, frozenAt } = manifest
  return {
    ...{ status: 'found', sha256, report: name, environment, madeAt: frozenAt },
    lab: { ...lab, knownAs: await findNameOfLab(db, lab.id) },
    ...{ trials: trials.length, ...stands },
  }
}

const aboutOf = ({ manifest }: ReadLabReport) => ({
  labId: manifest.lab.id,
  simulated: manifest.environment === 'simulated',
  madeAt: new Date(manifest.frozenAt),
})

/** Why a whole file is not for this lab. */
async function problemWith(db: Db, { manifest, sha256 }: ReadLabReport) {
  if (manifest.lab.id === labIdOf(await findFirstHash(db)))
    return refused(
      `this is ${manifest.name} of this lab itself, or of a copy of its database: its trials are counted here already`,
      'file',
    )
  const same = await findStandingReport(db, sha256)
  return same
    ? refused(
        `this file was imported on ${same.importedAt.toISOString().slice(0, 10)} by ${same.importedByName}, as of ${same.labName}`,
        'file',
      )
    : undefined
}

export type ImportLabReport = {
  bytes: Uint8Array
  /** Of the file whose preview the person has read. */
  sha256: string
  /** What the lab is called here. */
  labName: string
}

/** Keeps a report of another lab beside the record of this one, in tables of its own. */
export async function importLabReport(
  db: Db,
  actor: Actor,
  input: ImportLabReport,
  now: Date,
): Promise<{ status: 'imported'; id: string } | Refusal> {
  const no = forbidden(actor, 'importLabReport')
  if (no) return no
  const labName = input.labName.trim()
  const wrong = nameProblem(labName)
  if (wrong) return refused(wrong, 'labName')
  const read = readLabReport(input.bytes, now)
  if (read.status === 'refused') return read
  if (read.sha256 !== input.sha256)
    return refused('this is not the file that was shown: look at it again', 'file')
  try {
    return await transact(db, actor, (tx) => store(tx, actor, { ...input, labName }, read, now))
  } catch (error) {
    if (isClash(error)) return refused('this file was imported at the same moment', 'file')
    throw error
  }
}

function nameProblem(labName: string): string | undefined {
  if (labName === '') return 'say what this lab is called here'
  if (!isLabName(labName)) return `use at most ${maxLabName} characters on one line`
  return hiddenProblem(labName)
}

async function store(
  tx: Db,
  actor: Actor,
  { bytes, labName }: ImportLabReport,
  read: ReadLabReport,
  now: Date,
): Promise<{ status: 'imported'; id: string } | Refusal> {
  await lockOtherLabs(tx)
  const problem = await problemWith(tx, read)
  if (problem) return problem
  const { manifest, trials, sha256 } = read
  if (await isNameOfAnother(tx, manifest.lab.id, labName))
    return refused('another lab has this name here: two labs would look like one', 'labName')
  if ((await countStandingReports(tx)) >= maxStanding)
    return refused(`${maxStanding} reports of other labs stand; withdraw one that is out of date`)
  const id = await insertOtherLabReport(tx, {
    ...aboutOf(read),
    ...{ labName, reportId: manifest.id, reportName: manifest.name },
    ...{ file: bytes, fileSha256: sha256, trials: trials.length },
    ...{ importedAt: now, importedById: actor.id, importedByName: actor.name },
  })
  await insertOtherLabTrials(tx, id, trials, ({ requestType, observed, ...one }) =>
    observed === null ? null : fingerprintOf(requestType, { ...one, observed }),
  )
  return { status: 'imported', id }
}

/** Takes a report of another lab out of everything that pages show; its row and file stay. */
export async function withdrawLabReport(
  db: Db,
  actor: Actor,
  { id, reason }: { id: string; reason: string },
  now: Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  const no = forbidden(actor, 'importLabReport') ?? reasonRefusal(reason)
  if (no) return no
  if (!uuidForm.test(id)) return refused('There is no such report.')
  return transact(db, actor, async (tx) =>
    (await withdrawOtherLabReport(tx, id, actor, reason, now))
      ? { status: 'withdrawn' as const }
      : refused('There is no such report, or it is withdrawn already.'),
  )
}
