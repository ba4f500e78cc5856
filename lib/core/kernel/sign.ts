import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  insertSignature,
  listResetsBefore,
  listSignatures,
  lockProof,
  type Proof,
  type ResetBefore,
  type Signature,
} from '@/lib/db/queries/trials/signatures'
import { readSignedRows } from '@/lib/db/queries/trials/signed-rows'
import { findTrial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import { canonicalJson } from '@/lib/domain/signature/canonical-json'
import { proofProblem, type SignatureAct, signatureActInfo } from '@/lib/domain/signature/signature'
import {
  readingIdsOf,
  recordDifferences,
  type SignatureFacts,
  type SignedRecord,
  type SignedRows,
  signedRecord,
} from '@/lib/domain/signature/signed-record'
import { type Refusal, refused } from '../shared/result'

/** A command that the same transaction is about to write. */
export type PlannedCommand = SignedRows['commands'][number]

export type Sign = {
  trialId: string
  act: SignatureAct
  /** Made at this act by a password or a passkey, and used up by it. */
  proofId: string | undefined
  slotOrdinal?: number | undefined
  verdict?: { id: number; hash: string } | undefined
  command?: PlannedCommand | undefined
  /** The command it is about, where it is written already. */
  commandUuid?: string | undefined
  reason?: string | undefined
  /** What the act adds to the record; kept with the signature and shown with it. */
  details?: Record<string, unknown> | undefined
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Signs an act on a trial, with what the record holds at this moment. Runs in the transaction of the
 * act, on the locked trial: nothing of it may change between being signed and being done. Write the
 * act's own event after it. Without a good proof nothing is signed and the act must be refused.
 */
export async function sign(
  tx: Db,
  actor: Actor,
  input: Sign,
  now: Date,
): Promise<{ status: 'signed'; signature: Signature } | Refusal> {
  const { trialId, act } = input
  const proof = await findGoodProof(tx, actor, input, now)
  if ('status' in proof) return proof
  const facts: SignatureFacts = {
    act,
    meaning: signatureActInfo[act].meaning,
    byId: actor.id,
    byName: actor.name,
    byRole: actor.role,
    at: now,
    method: proof.method,
    proofId: proof.id,
    slotOrdinal: input.slotOrdinal ?? null,
    verdictId: input.verdict?.id ?? null,
    commandUuid: input.command?.commandUuid ?? input.commandUuid ?? null,
    reason: input.reason?.trim() ?? '',
    details: input.details ?? {},
  }
  const rows = await readSignedRows(tx, trialId)
  if (input.command && !rows.commands.some(isSame(input.command))) rows.commands.push(input.command)
  const record = canonicalJson(signedRecord({ signature: facts, rows }, sha256))
  const signature = await insertSignature(tx, {
    ...facts,
    trialId,
    meaning: signatureActInfo[act].meaning,
    method: proof.method,
    proofId: proof.id,
    verdictHash: input.verdict?.hash ?? null,
    record,
    recordSha256: sha256(record),
  })
  return { status: 'signed', signature }
}

/**
 * Everything an act on this trial would bind to, as it is now, in one hash: asked of a passkey, so that it
 * answers for nothing else. Undefined where there is no such trial.
 */
export async function recordHash(
  db: Db,
  { act, subjectId }: { act: SignatureAct; subjectId: string },
): Promise<string | undefined> {
  if (!(await findTrial(db, subjectId))) return undefined
  const nobody = { byId: '', byName: '', byRole: '', at: new Date(0), method: '', proofId: '' }
  const { meaning } = signatureActInfo[act]
  const signature: SignatureFacts = { ...nobody, act, meaning, reason: '', details: {} }
  const rows = await readSignedRows(db, subjectId)
  return sha256(canonicalJson(signedRecord({ signature, rows }, sha256)))
}

type Claimed = Pick<Sign, 'trialId' | 'act' | 'proofId'>

/** Why a proof would not sign this act; asked before something is done that cannot be taken back. */
export async function proofRefusal(
  db: Db,
  actor: Actor,
  claimed: Claimed,
  now: Date,
): Promise<Refusal | undefined> {
  const proof = await findGoodProof(db, actor, claimed, now)
  return 'status' in proof ? proof : undefined
}

async function findGoodProof(
  db: Db,
  actor: Actor,
  { trialId, act, proofId }: Claimed,
  now: Date,
): Promise<Proof | Refusal> {
  const proof = proofId === undefined ? undefined : await lockProof(db, proofId)
  const wrong = proofProblem(proof, { byId: actor.id, act, subjectId: trialId }, now)
  return proof && wrong === undefined ? proof : refused(wrong ?? 'there is no proof', 'proof')
}

const isSame =
  ({ commandUuid }: PlannedCommand) =>
  (other: PlannedCommand) =>
    other.commandUuid === commandUuid

/**
 * A signature with what became of its record: empty `differences` say that it still stands. `reset` marks
 * one that was made within 24 hours after an admin's link gave its signer a new password.
 */
export type CheckedSignature = Signature & {
  differences: string[]
  reset: ResetBefore | undefined
}

/**
 * Builds the record of every signature of a trial again from the tables as they are now, bounded to
 * what was there when it was signed. Any difference breaks the signature and is named.
 */
export async function checkSignatures(db: Db, trialId: string): Promise<CheckedSignature[]> {
  const signatures = await listSignatures(db, trialId)
  if (signatures.length === 0) return []
  const records = signatures.map(parseRecord)
  const readingIds = records.flatMap((record) => (record ? readingIdsOf(record) : []))
  const rows = await readSignedRows(db, trialId, readingIds)
  const resets = await listResetsBefore(db, trialId)
  return signatures.map((signature, index) => ({
    ...signature,
    differences: differencesOf(signature, records[index], rows),
    reset: resets.get(signature.id),
  }))
}

/** Undefined where the text is not what was signed any more. */
function parseRecord({ record, recordSha256 }: Signature): SignedRecord | undefined {
  // Its hash says that it is what `sign` has written.
  return sha256(record) === recordSha256 ? (JSON.parse(record) as SignedRecord) : undefined
}

function differencesOf(
  signature: Signature,
  signed: SignedRecord | undefined,
  rows: SignedRows,
): string[] {
  if (!signed) return ['record: the text that was signed is not the text that is kept']
  const { act, meaning, byId, byName, byRole, at, method, proofId } = signature
  const { slotOrdinal, verdictId, commandUuid, reason, details } = signature
  const facts = {
    ...{ act, meaning, byId, byName, byRole, at, method, proofId },
    ...{ slotOrdinal, verdictId, commandUuid, reason, details },
  }
  const now = signedRecord({ signature: facts, rows }, sha256, signed)
  // Both through JSON, so that a date and its text are the same.
  return recordDifferences(signed, JSON.parse(canonicalJson(now)))
}
