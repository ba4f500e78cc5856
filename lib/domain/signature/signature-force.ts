import type { TrialState } from '../trial/trial'
import type { SignatureAct } from './signature'

type Signed = {
  id: number
  act: SignatureAct
  byName: string
  slotOrdinal: number | null
  reason: string | null
}

/** What took a signature its force: who did what, and why in their words where they were asked. */
export type EndOfForce = { words: string; byName?: string; reason?: string }

/** What a later signature ends of an earlier one, by the act of the earlier. */
const endedBy: Partial<Record<SignatureAct, Partial<Record<SignatureAct, string>>>> = {
  approve: { unlock: 'the record was unlocked' },
  lock: { unlock: 'the record was unlocked' },
  review: { unlock: 'the record was unlocked' },
  overrule: { overrule: 'the outcome was decided again', voidTrial: 'the trial was declared void' },
  release: {
    release: 'the command was released again',
    withdrawCommand: 'the command was abandoned',
    voidTrial: 'the trial was declared void',
  },
  counterSign: { counterSign: 'it was signed again', voidTrial: 'the trial was declared void' },
  waive: { voidTrial: 'the trial was declared void' },
}
/** Acts on one command: only another one on the same ends them. */
const ofOneSlot: readonly SignatureAct[] = ['release', 'counterSign', 'withdrawCommand']

/**
 * Why a signature, though it was given and still fits its record, is not in force any more (R12 of the
 * record rules: both signatures stay to be seen). Undefined where it is in force. What is signed to undo
 * something always stays in force.
 * @param all the signatures of the trial, the oldest first
 */
export function endOfForce(
  signature: Signed,
  all: readonly Signed[],
  trial: { state: TrialState },
): EndOfForce | undefined {
  const ends = endedBy[signature.act]
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
