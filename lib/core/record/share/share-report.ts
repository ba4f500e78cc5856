import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { findFrozenFile, findFrozenReport } from '@/lib/db/queries/frozen-reports'
import { countOpenShares, insertShareLink, revokeShare } from '@/lib/db/queries/share-links'
import { inOneSnapshot } from '@/lib/db/queries/trials/trial-copy'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ReportDocument } from '@/lib/domain/report/blocks'
import {
  maxOpenShares,
  maxShareBytes,
  maxShareTitle,
  type SharedRecord,
  shareDays,
} from '@/lib/domain/report/share-link'
import { titleProblem, uuidForm } from '@/lib/domain/text/typed-text'
import { forbidden, type Refusal, refused } from '../../shared/result'
import { unpackZip } from '../frozen/zip'
import type { TrialReport } from '../report/report-format'
import { readReport } from '../report/report-trial'
import type { FreeText } from './hide'
import { knownOf } from './known'
import { composeShare, digestOfShare, type Sharable, type SharedContent } from './share-content'

const dayMs = 24 * 3600 * 1000

/** A token is 256 random bits, so a slow hash would add nothing. */
export const hashOfToken = (token: string): string =>
  createHash('sha256').update(token).digest('hex')

export type SharePreview = {
  status: 'shown'
  name: string
  /** What the link would show. */
  documents: ReportDocument[]
  /** What people wrote, to choose from. */
  texts: FreeText[]
  /** Sent back with the order to make the link. */
  digest: string
}

/** What a link would show with these texts chosen. Nothing is stored. */
export async function previewShare(
  db: Db,
  actor: Actor,
  input: { of: SharedRecord; chosen: readonly string[] },
  now: Date,
): Promise<SharePreview | Refusal> {
  const no = forbidden(actor, 'shareReport')
  if (no) return no
  const composed = await compose(db, actor, input, now)
  if ('status' in composed) return composed
  const { content, texts } = composed
  const { name, documents } = content
  return { status: 'shown', name, documents, texts, digest: digestOfShare(content) }
}

export type MakeShare = {
  of: SharedRecord
  title: string
  days: number
  chosen: readonly string[]
  /** Of the preview that the person has read. */
  digest: string
}

/** Makes a link. The token is returned once; only its hash is stored. */
export async function makeShareLink(
  db: Db,
  actor: Actor,
  input: MakeShare,
  now: Date,
): Promise<
  { status: 'made'; id: string; number: number; token: string; expiresAt: Date } | Refusal
> {
  const no = forbidden(actor, 'shareReport') ?? problemOf(input)
  if (no) return no
  const composed = await compose(db, actor, input, now)
  if ('status' in composed) return composed
  const { content, texts, simulated } = composed
  if (digestOfShare(content) !== input.digest)
    return refused('the record has changed since the preview: look at it again', 'digest')
  const bytes = new TextEncoder().encode(JSON.stringify(content))
  if (bytes.length > maxShareBytes)
    return refused(
      `the report is larger than ${maxShareBytes / 1024 / 1024} MiB: freeze fewer trials`,
    )
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + input.days * dayMs)
  const chosen = new Set(input.chosen)
  return transact(db, actor, async (tx) => {
    if ((await countOpenShares(tx, now)) >= maxOpenShares)
      return refused(`${maxOpenShares} links are open; revoke one that is no longer needed`)
    const row = await insertShareLink(tx, {
      title: input.title.trim(),
      frozenReportId: 'frozenReportId' in input.of ? input.of.frozenReportId : null,
      trialId: 'trialId' in input.of ? input.of.trialId : null,
      ...{
        simulated,
        content: bytes,
        contentSha256: createHash('sha256').update(bytes).digest('hex'),
      },
      tokenSha256: hashOfToken(token),
      textsChosen: texts.filter(({ id }) => chosen.has(id)).length,
      textsInAll: texts.length,
      ...{ madeAt: now, madeById: actor.id, madeByName: actor.name, expiresAt },
    })
    return { status: 'made' as const, ...row, token, expiresAt }
  })
}

function problemOf({ title, days }: MakeShare): Refusal | undefined {
  const { min, max } = shareDays
  const wrong = titleProblem(title.trim(), maxShareTitle, 'say for whom or for what it is')
  if (wrong) return refused(wrong, 'title')
  if (!Number.isInteger(days) || days < min || days > max)
    return refused(`a link is open for ${min} to ${max} days`, 'days')
  return undefined
}

/** Ends a link at once. */
export async function revokeShareLink(
  db: Db,
  actor: Actor,
  id: string,
  now: Date,
): Promise<{ status: 'revoked' } | Refusal> {
  const no = forbidden(actor, 'revokeShare')
  if (no) return no
  if (!uuidForm.test(id)) return refused('There is no such link.')
  return transact(db, actor, async (tx) =>
    (await revokeShare(tx, id, actor, now))
      ? { status: 'revoked' as const }
      : refused('There is no such link, or it is revoked already.'),
  )
}

type Composed = { content: SharedContent; texts: FreeText[]; simulated: boolean }

/** Reads the record and what is known about it in one snapshot. */
const compose = (
  db: Db,
  actor: Actor,
  { of, chosen }: { of: SharedRecord; chosen: readonly string[] },
  now: Date,
): Promise<Composed | Refusal> =>
  inOneSnapshot(db, async (then) => {
    const found =
      'trialId' in of
        ? await readTrialNow(then, actor, of.trialId, now)
        : await readFrozen(then, of.frozenReportId)
    if (!found) return refused('There is no such report.')
    const known = await knownOf(then, found.reports)
    return { ...composeShare(found, known, new Set(chosen)), simulated: found.simulated }
  })

async function readTrialNow(
  then: Db,
  actor: Actor,
  trialId: string,
  now: Date,
): Promise<Sharable | undefined> {
  const trial = uuidForm.test(trialId) ? await findTrial(then, trialId) : undefined
  if (!trial) return undefined
  const report = await readReport(then, actor, trialId, now)
  return { name: report.name, simulated: trial.simulated, asOf: now, reports: [report] }
}

/** The reports as they were frozen, out of the stored file. */
async function readFrozen(then: Db, id: string): Promise<Sharable | undefined> {
  const row = uuidForm.test(id) ? await findFrozenReport(then, id) : undefined
  const file = row && (await findFrozenFile(then, id))
  // What is for other labs has no report to read.
  if (!row || !file || row.kind !== 'record') return undefined
  const zip = unpackZip(file)
  if (zip.status === 'notAZip') throw new Error(`F-${row.number} cannot be unpacked: ${zip.reason}`)
  const reports = zip.files
    .filter(({ name }) => /^trials\/.*-report\.json$/.test(name))
    // Written by freezeReport of this lab, and kept by the database with its hash.
    .map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)) as TrialReport)
  return { name: `F-${row.number}`, simulated: row.simulated, asOf: row.frozenAt, reports }
}
