import type { Overall } from '@/lib/domain/qualify'
import type { ReviewState } from '@/lib/domain/review'
import type { TrialState } from '@/lib/domain/trial'

/** The parts of the page that something can be done in. */
export const trialCards = ['held', 'step', 'bench', 'outcome', 'delivery', 'review'] as const
export type TrialCard = (typeof trialCards)[number]

export type Standing = {
  state: TrialState
  /** Undefined while there is nothing to review. */
  review: { state: ReviewState; openQueries: number } | undefined
  /** The command that is held now. */
  held: number | undefined
  /** The command that could be released next, and how the device stands for it. */
  next:
    | {
        ordinal: number
        count: number
        overall: Overall
        waitsForSecond: boolean
        /** The newest report about an update is older than the answer to the command before. */
        mustQuery: boolean
      }
    | undefined
  /** A command that was sent and that the device has not answered. */
  unanswered: number | undefined
  proposed: { certain: boolean } | undefined
}

export type NextStep = { text: string; first: TrialCard }

/** What a person does next on a trial, in one line, and the card it is done in; undefined where nothing is left. */
export function nextStep(at: Standing): NextStep | undefined {
  switch (at.state) {
    case 'draft':
      return { first: 'step', text: 'Register: it seals your expectation and reserves the device.' }
    case 'registered':
      return { first: 'step', text: 'Arm with the last four of the serial. Nothing is sent by it.' }
    case 'armed':
      return { first: 'step', text: releaseWords(at) }
    case 'released':
      return { first: 'held', text: heldWords(at.held ?? 1) }
    case 'observing':
      return observing(at)
    case 'concluded':
      return at.review && { first: 'review', text: reviewWords(at.review) }
    default:
      return undefined
  }
}

const heldWords = (ordinal: number) =>
  `Wait for the hold to end, or cancel. Command ${ordinal} is then sent, once.`

function releaseWords({ next }: Standing): string {
  if (!next) return 'Release the command.'
  const command = next.count === 1 ? 'the command' : `command ${next.ordinal} of ${next.count}`
  if (next.overall === 'no')
    return `${capital(command)} cannot be released yet: see in the findings what would make the device pass.`
  if (next.overall === 'notYet')
    return `Query the device, then release ${command}: a reading is missing, stale or on its way.`
  if (next.waitsForSecond) return `A second person counter-signs ${command}, then it is released.`
  return `Look at the findings and release ${command}.`
}

function observing(at: Standing): NextStep {
  const { held, next, unanswered, proposed } = at
  if (held !== undefined) return { first: 'held', text: heldWords(held) }
  if (unanswered !== undefined)
    return {
      first: 'bench',
      text: `Log what you see. Command ${unanswered} was sent, and the device has not answered yet.`,
    }
  if (proposed?.certain)
    return { first: 'outcome', text: 'Look at the proposed outcome and conclude the trial.' }
  if (next && next.overall === 'qualified' && !next.mustQuery)
    return { first: 'step', text: releaseWords(at) }
  if (next)
    return {
      first: 'bench',
      text: `Log what you see. When the step before is done, query the device and release command ${next.ordinal} of ${next.count}.`,
    }
  if (proposed)
    return {
      first: 'outcome',
      text: 'An outcome is proposed: look twice, query the device, then conclude.',
    }
  return {
    first: 'bench',
    text: 'Log what you see. An outcome is proposed once the OS has changed or the deadline has passed.',
  }
}

function reviewWords({ state, openQueries }: { state: ReviewState; openQueries: number }): string {
  if (state === 'locked') return 'Nothing is left to do: the trial is locked.'
  if (state === 'approved') return 'A lead locks the approved trial.'
  if (openQueries > 0)
    return `${openQueries === 1 ? 'One query is' : `${openQueries} queries are`} open: answer and close ${openQueries === 1 ? 'it' : 'them'}.`
  return 'A person who did not contribute reviews and approves it.'
}

const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

/** The cards in the order they are to be looked at: the one of the next step before all others. */
export const cardOrder = (first: TrialCard | undefined): TrialCard[] => [
  ...trialCards.filter((card) => card === first),
  ...trialCards.filter((card) => card !== first),
]
