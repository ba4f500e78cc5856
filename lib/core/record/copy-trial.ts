import { findAuditHead } from '@/lib/db/audit/page'
import type { Db } from '@/lib/db/client'
import { findReaderStanding } from '@/lib/db/queries/trials/second-readings'
import {
  type CopiedRow,
  type CopiedRows,
  inOneSnapshot,
  listEntriesOfCopy,
  readCopiedRows,
  sizeOfCopy,
} from '@/lib/db/queries/trials/trial-copy'
import type { Actor } from '@/lib/domain/account/permissions'
import { isWithheld } from '@/lib/domain/review/second-reading'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { rawText } from '@/lib/mdm/raw-view'
import { type CheckedSignature, checkSignatures } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { copyReadMe, type TrialCopy, trialCopySchema } from './trial-copy-format'

const mebibyte = 1024 * 1024
/** The largest copy in stored bytes: it is made in memory, where base64, text and parsed form need several times as much. */
const maxBytes = 32 * mebibyte
/** Copies of the largest trials made at once must fit into the memory of a small machine. */
const maxAtOnce = 2
let running = 0

export type Copied =
  | { status: 'copied'; copy: TrialCopy }
  | { status: 'absent' | 'busy' | 'tooLarge'; reason: string }
  | Refusal

const absent = { status: 'absent', reason: 'There is no such trial.' } as const

/**
 * The whole record of one trial and its audit trail at one moment. It takes the permission to read the audit trail,
 * because its entries name who did what.
 */
export async function copyTrial(
  db: Db,
  actor: Actor,
  { trialId }: { trialId: string },
  now: Date,
): Promise<Copied> {
  const no = forbidden(actor, 'readTrail') ?? forbidden(actor, 'export')
  if (no) return no
  if (!uuidForm.test(trialId)) return absent
  const standing = await findReaderStanding(db, trialId, actor.id)
  if (standing && isWithheld(standing))
    return refused(
      'The copy holds the outcome, which is withheld until the second reading. Open it on the trial’s page first; that is recorded.',
    )
  if (running >= maxAtOnce)
    return { status: 'busy', reason: `${running} copies are being made; try again in a moment.` }
  running += 1
  try {
    return await inOneSnapshot(db, (then) => readCopy(then, actor, trialId, now))
  } finally {
    running -= 1
  }
}

async function readCopy(then: Db, actor: Actor, trialId: string, now: Date): Promise<Copied> {
  const size = await sizeOfCopy(then, trialId)
  if (size === undefined) return absent
  if (size > maxBytes) return { status: 'tooLarge', reason: tooLarge(size) }
  const rows = await readCopiedRows(then, trialId)
  const checked = await checkSignatures(then, trialId)
  const trail = await listEntriesOfCopy(then, trialId)
  const head = await findAuditHead(then)
  const checks = new Map(checked.map((one) => [one.id, one]))
  const record = {
    ...rows,
    replies: rows.replies.map(withPayload),
    signatures: rows.signatures.map((row) => withCheck(row, checks.get(Number(row.id)))),
  }
  const [trial] = rows.trial
  const copy = {
    format: 'oneway-trial-copy',
    version: 1,
    name: `T-${trial?.number}`,
    mark: trial?.simulated ? 'SIMULATED: this trial ran on simulated devices only' : null,
    readMe: copyReadMe,
    copiedAt: now.toISOString(),
    copiedBy: { name: actor.name, role: actor.role },
    head,
    counts: { ...countsOf(record), trail: trail.length },
    record,
    trail,
  }
  return { status: 'copied', copy: trialCopySchema.parse(copy) }
}

const countsOf = (record: CopiedRows) =>
  Object.fromEntries(Object.entries(record).map(([name, rows]) => [name, rows.length]))

const withPayload = (row: CopiedRow): CopiedRow => ({
  ...row,
  payload_read:
    typeof row.payload_base64 === 'string'
      ? rawText(Buffer.from(row.payload_base64, 'base64'))
      : null,
})

const withCheck = (row: CopiedRow, checked: CheckedSignature | undefined): CopiedRow => {
  if (!checked) throw new Error(`signature ${row.id} was not checked`)
  const { differences, reset } = checked
  return { ...row, holds: differences.length === 0, differences, after_reset: resetRow(reset) }
}

const resetRow = (reset: CheckedSignature['reset']) =>
  reset
    ? {
        reset_at: reset.at.toISOString(),
        reset_by: reset.byName,
        second_factors_removed: reset.removedSecondFactors,
      }
    : null

const tooLarge = (size: number) =>
  `This trial holds ${Math.ceil(size / mebibyte)} MiB of bodies and entries, and a copy is made of ${maxBytes / mebibyte} MiB at most. ` +
  'Export its replies and the trail as CSV, or back up the whole lab (npm run db:backup).'
