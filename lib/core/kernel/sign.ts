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
import type { Actor } from '@/lib/domain/account/permissions'
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

/** A command that the same transaction is going to write. */
export type PlannedCommand = SignedRows['commands'][number]

export type Sign = {
  trialId: string
  act: SignatureAct
  /** A proof made for this act by a password or a passkey; it can be used once. */
  proofId: string | undefined
  slotOrdinal?: number | undefined
  verdict?: { id: number; hash: string } | undefined
  command?: PlannedCommand | undefined
  /** The command that the act is about, if it is written already. */
  commandUuid?: string | undefined
  reason?: string | undefined
  /** What the act adds to the signed record; stored and shown with the signature. */
  details?: Record<string, unknown> | undefined
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Signs an act on a trial together with the trial's record as it is now. Call it in the transaction of the act, on
 * the locked trial, so that nothing can change between the signature and the act, and write the act's own event
 * after it. Without a valid proof nothing is signed, and the act must be refused.
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
 * A hash of everything that an act on this trial would bind to now. It is part of a passkey's challenge, so that
 * the passkey's answer is valid for nothing else. Undefined if there is no such trial.
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

/** Why a proof is not valid for this act; checked before a step that cannot be undone. */
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
 * A signature, compared with the record as it is now: it holds if `differences` is empty. `reset` marks a signature
 * made within 24 hours after its signer got a new password by an admin's link.
 */
export type CheckedSignature = Signature & {
  differences: string[]
  reset: ResetBefore | undefined
}

/**
 * Rebuilds the record of every signature of a trial from the tables, limited to the rows that existed when it was
 * signed. Any difference breaks the signature and is named.
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

/** Undefined if the text is no longer what was signed. */
function parseRecord({ record, recordSha256 }: Signature): SignedRecord | undefined {
  // Its hash proves that `sign` wrote it.
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
  // Both are read from JSON, so that a date equals its text.
  return recordDifferences(signed, JSON.parse(canonicalJson(now)))
}
