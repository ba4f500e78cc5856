/** What a signature says of its signer, from a fixed list (21 CFR 11.50: https://www.ecfr.gov/current/title-21/section-11.50). */
export const signatureMeanings = [
  'release',
  'authorship',
  'review',
  'approval',
  'lock',
  'responsibility',
] as const
type SignatureMeaning = (typeof signatureMeanings)[number]

/** What is done by a signature. */
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
  /** As a sentence goes on after the signer's name. */
  words: string
  /** Whether it binds to all that the trial's record holds so far, or to what a command is released on. */
  binds: 'slot' | 'whole'
  /** Whether its reason is a sentence at least. */
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

/** Each act with its meaning. */
export const actMeanings = signatureActs.map((act) => [act, signatureActInfo[act].meaning] as const)

export const actsWithReason = signatureActs.filter((act) => signatureActInfo[act].needsReason)

/** What is signed on a locked record too: how it is locked and unlocked, and that nobody waits for an answer any more. */
export const actsOnLocked = [
  'lock',
  'unlock',
  'withdrawCommand',
] as const satisfies readonly SignatureAct[]

export const proofMethods = ['password', 'passkey'] as const

/** How long a password or passkey counts for the act it was asked for, in seconds. */
export const proofSeconds = 120

type Proof = {
  byId: string
  act: string
  subjectId: string
  at: Date
  usedAt: Date | null
}

/** Why a proof does not sign this; undefined where it does. The database judges the same again. */
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
