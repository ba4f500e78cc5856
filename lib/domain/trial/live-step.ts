import type { TrialState } from './trial'

/** What a list knows of a live trial; the trial's own page works out more. */
export type LiveTrial = {
  state: TrialState
  /** An alarm is open on its device. */
  alarmed: boolean
  slots: number
  /** The command that is held, that waits for its answer, and that could be released next, from 1. */
  held: number | null
  unanswered: number | null
  next: number | null
  holdEndsAt: Date | null
  deadlineAt: Date | null
  /** When another OS was first seen on the device. */
  endSeenAt: Date | null
}

export type LiveStep = {
  text: string
  /** What ends by itself, and when. */
  clock: { what: string; at: Date } | undefined
}

/** The next step of a live trial in one line, and its clock. It proposes no outcome: that takes the whole record. */
export function liveStep(trial: LiveTrial, now: Date): LiveStep {
  const { held, holdEndsAt, deadlineAt, state } = trial
  const isHeld = held !== null || state === 'released'
  const clock = isHeld && holdEndsAt ? { what: 'Hold ends', at: holdEndsAt } : undefined
  if (isHeld) return { text: 'Wait for the hold to end, or cancel.', clock }
  const text = stepOf(trial, now)
  return { text, clock: deadlineAt ? { what: 'Deadline', at: deadlineAt } : undefined }
}

function stepOf(trial: LiveTrial, now: Date): string {
  const { state, alarmed, unanswered, next, endSeenAt, deadlineAt, slots } = trial
  if (alarmed && state !== 'registered') return 'Check the device: an alarm is open.'
  if (state === 'registered') return 'Arm it with the last four characters of the serial.'
  if (state === 'armed') return release(trial)
  if (endSeenAt) return 'Another OS was seen: look at the proposed outcome and conclude.'
  if (deadlineAt && deadlineAt <= now)
    return 'The deadline has passed: check the device once more, then conclude.'
  if (unanswered !== null) return `Log what you see. Command ${unanswered} is not answered yet.`
  if (next !== null)
    return `Log what you see. When that is done, release command ${next} of ${slots}.`
  return 'Log what you see.'
}

/** The cached verdict says nothing here: it counts the trial's own reservation against the device. */
const release = ({ slots, next }: LiveTrial): string =>
  `Look at the findings and release ${slots === 1 ? 'the command' : `command ${next ?? 1} of ${slots}`}.`
