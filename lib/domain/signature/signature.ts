import type { TrialState } from '../trial/trial'

/** What a signature attests to, from a fixed list (21 CFR 11.50: https://www.ecfr.gov/current/title-21/section-11.50). */
export const signatureMeanings = [
  'release',
  'authorship',
  'review',
  'approval',
  'lock',
  'responsibility',
] as const
type SignatureMeaning = (typeof signatureMeanings)[number]

/** The acts that are signed. */
export const signatureActs = [
  'release',
  'counterSign',
  'waive',
  'overrule',
  'withdrawCommand',
  'voidTrial',
  'author',
  'review',
  'approve',
  'lock',
  'unlock',
] as const
export type SignatureAct = (typeof signatureActs)[number]

type ActInfo = {
  meaning: SignatureMeaning
  /** The rest of a sentence that begins with the signer's name. */
  words: string
  /** Whether it binds to the whole record of the trial so far, or to what a command is released on. */
  binds: 'slot' | 'whole'
  /** Whether it takes a reason of at least a sentence. */
  needsReason?: true
}

export const signatureActInfo: Record<SignatureAct, ActInfo> = {
  release: { meaning: 'release', words: 'released a command', binds: 'slot' },
  counterSign: { meaning: 'release', words: 'counter-signed a release', binds: 'slot' },
  waive: {
    meaning: 'responsibility',
    words: 'waived a lab rule',
    binds: 'whole',
    needsReason: true,
  },
  overrule: {
    meaning: 'responsibility',
    words: 'overruled the proposed outcome',
    binds: 'whole',
    needsReason: true,
  },
  withdrawCommand: {
    meaning: 'responsibility',
    words: 'abandoned a command',
    binds: 'whole',
    needsReason: true,
  },
  voidTrial: { meaning: 'responsibility', words: 'declared the trial void', binds: 'whole' },
  author: { meaning: 'authorship', words: 'attested to the record as its author', binds: 'whole' },
  review: { meaning: 'review', words: 'reviewed the record', binds: 'whole' },
  approve: { meaning: 'approval', words: 'approved the record', binds: 'whole' },
  lock: { meaning: 'lock', words: 'locked the record', binds: 'whole' },
  unlock: {
    meaning: 'responsibility',
    words: 'unlocked the record',
    binds: 'whole',
    needsReason: true,
  },
}

const declarationActs: Partial<Record<SignatureAct, string>> = {
  release: 'released a declaration',
  withdrawCommand: 'withdrew a declaration',
}

/** What somebody did, with the slot that it is about: "released a declaration (declaration 1)". */
export function actInWords(
  act: SignatureAct,
  slot: { noun: 'command' | 'declaration'; ordinal: number } | undefined,
): string {
  const words =
    (slot?.noun === 'declaration' && declarationActs[act]) || signatureActInfo[act].words
  return slot ? `${words} (${slot.noun} ${slot.ordinal})` : words
}

/** Each act with its meaning. */
export const actMeanings = signatureActs.map((act) => [act, signatureActInfo[act].meaning] as const)

export const actsWithReason = signatureActs.filter((act) => signatureActInfo[act].needsReason)

/** Acts that are also signed on a locked record: locking, unlocking, and abandoning a command. */
export const actsOnLocked = [
  'lock',
  'unlock',
  'withdrawCommand',
] as const satisfies readonly SignatureAct[]

export const proofMethods = ['password', 'passkey'] as const

/** How long a proof by password or passkey is valid for its act, in seconds. */
export const proofSeconds = 120

/**
 * A signature made within this many hours after an admin's link reset the signer's password is marked, because the admin
 * could have used the link and signed in the other person's name.
 */
export const hoursAfterReset = 24

type Proof = {
  byId: string
  act: string
  subjectId: string
  at: Date
  usedAt: Date | null
}

/** Why a proof is not valid for this act; undefined if it is. The database checks the same again. */
export function proofProblem(
  proof: Proof | undefined,
  wanted: { byId: string; act: SignatureAct; subjectId: string },
  now: Date,
): string | undefined {
  const again = 'enter your password or use your passkey again'
  if (!proof) return `a signature needs proof of who signs: ${again}`
  if (proof.byId !== wanted.byId) return `the proof belongs to another person: ${again}`
  if (proof.act !== wanted.act || proof.subjectId !== wanted.subjectId)
    return `the proof was given for something else: ${again}`
  if (proof.usedAt) return `the proof has signed already: ${again}`
  const ageMs = now.getTime() - proof.at.getTime()
  return ageMs < 0 || ageMs > proofSeconds * 1000
    ? `the proof is older than ${proofSeconds / 60} minutes: ${again}`
    : undefined
}

type Signed = {
  id: number
  act: SignatureAct
  byName: string
  slotOrdinal: number | null
  reason: string | null
}

/** What ended a signature's force: who did what, and the reason if one was given. */
export type EndOfForce = { words: string; byName?: string; reason?: string }

/** The later acts that end an earlier one, by the earlier act. */
const endedBy: Partial<Record<SignatureAct, Partial<Record<SignatureAct, string>>>> = {
  approve: { unlock: 'the record was unlocked' },
  lock: { unlock: 'the record was unlocked' },
  review: { unlock: 'the record was unlocked' },
  overrule: { overrule: 'the outcome was decided again', voidTrial: 'the trial was declared void' },
  release: {
    release: 'it was released again',
    withdrawCommand: 'the command was abandoned',
    voidTrial: 'the trial was declared void',
  },
  counterSign: { counterSign: 'it was signed again', voidTrial: 'the trial was declared void' },
  waive: { voidTrial: 'the trial was declared void' },
}
/** The same words where they are about a declaration. */
const endedByOfDeclaration: typeof endedBy = {
  release: { ...endedBy.release, withdrawCommand: 'the declaration was withdrawn' },
}
/** Acts on one command; only another act on the same command ends them. */
const ofOneSlot: readonly SignatureAct[] = ['release', 'counterSign', 'withdrawCommand']

/**
 * Why a signature is no longer in force although it still matches its record (R12 of the record rules: both signatures
 * remain visible). Undefined if it is in force. An act that undoes something always stays in force.
 * @param all the signatures of the trial, the oldest first
 * @param noun what the slot is that the signature is about; a command by default
 */
export function endOfForce(
  signature: Signed,
  all: readonly Signed[],
  trial: { state: TrialState },
  noun: 'command' | 'declaration' = 'command',
): EndOfForce | undefined {
  const words = noun === 'declaration' ? endedByOfDeclaration : {}
  const ends = words[signature.act] ?? endedBy[signature.act]
  if (!ends) return undefined
  const sameSlot = (other: Signed) =>
    !(ofOneSlot.includes(signature.act) && ofOneSlot.includes(other.act)) ||
    other.slotOrdinal === signature.slotOrdinal
  const ender = all.find((other) => other.id > signature.id && ends[other.act] && sameSlot(other))
  if (ender) {
    const { byName, reason } = ender
    return { words: ends[ender.act] ?? '', byName, ...(reason !== null && { reason }) }
  }
  const dies = trial.state === 'withdrawn' && !['approve', 'lock', 'review'].includes(signature.act)
  return dies ? { words: 'the trial was withdrawn' } : undefined
}
