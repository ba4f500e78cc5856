import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import type { ReviewState } from '@/lib/domain/review/review'
import type { OutcomeWait } from '@/lib/domain/review/second-reading'
import type { Overall } from '@/lib/domain/rules/qualify'
import { mayBeReleasedAgain } from '@/lib/domain/trial/command-slot'
import type { TrialState } from '@/lib/domain/trial/trial'

/** The parts of the page that something can be done in. */
export const trialCards = [
  'held',
  'step',
  'notices',
  'bench',
  'outcome',
  'delivery',
  'deviations',
  'review',
] as const
export type TrialCard = (typeof trialCards)[number]

/** What bench mode shows; the hold is shown wherever there is one. */
export const benchCards: readonly TrialCard[] = ['bench', 'held']

/** A command or declaration that was released. */
type Released = { ordinal: number; noun: 'command' | 'declaration' }

export type Standing = {
  state: TrialState
  /** Why its version of the protocol cannot be registered with, while it is a draft. */
  unfit?: string | undefined
  /** Undefined while there is nothing to review. `reader`: what the person who looks at it may do in the review. */
  review: { state: ReviewState; openQueries: number; reader: ReviewReader } | undefined
  /** What its outcome waits for, and whether the person who looks can do it. */
  awaits?: { what: OutcomeWait; mayAct: boolean } | undefined
  /** What is held now. */
  held: Released | undefined
  /** The command that could be released next, and whether the device qualifies for it. */
  next:
    | {
        ordinal: number
        noun: 'command' | 'declaration'
        count: number
        overall: Overall
        /** Two people release it, and no counter-signature counts yet. */
        waitsForSecond: boolean
        /** Whether the person who looks may give that counter-signature. */
        mayCounterSign: boolean
        /** The newest report about an update is older than the answer to the command before. */
        mustQuery: boolean
        /** The command before it downloads. */
        afterDownload: boolean
      }
    | undefined
  /** A command that was sent and that the device has not answered, or a declaration that it has not fetched. */
  unanswered: Released | undefined
  /** The last declaration that has left and is not taken back, with the time that it names by the device's own clock. */
  declared?: { ordinal: number; local: string } | undefined
  /** A declaration that is being withdrawn, where nothing is left to release. */
  withdrawn?: Released | undefined
  proposed: { certain: boolean } | undefined
  /** Whether an alarm is open on the device. */
  alarmed: boolean
  /** Set once a command has left that may install and no other OS was seen: whether the device asks for its passcode. */
  installAsked: { passcode: boolean | undefined } | undefined
}

/** May this person ask queries and close them, answer one, approve, lock? */
export type ReviewReader = Record<'ask' | 'answer' | 'approve' | 'lock', boolean>

export type NextStep = {
  text: string
  card: TrialCard
  /** The same in one plain line, where the text has more. */
  line?: string
}

/** What a person does next on a trial, in one line, and the card it is done in; undefined where nothing is left. */
export function nextStep(at: Standing): NextStep | undefined {
  if (at.alarmed && (at.state === 'armed' || at.state === 'observing') && at.held === undefined)
    return { card: 'notices', text: alarmWords }
  switch (at.state) {
    case 'draft':
      return {
        card: 'step',
        text: at.unfit
          ? `It cannot be registered: ${at.unfit}.`
          : 'Register: it seals your expectation and reserves the device.',
      }
    case 'registered':
      return {
        card: 'step',
        text: 'Arm with the last four characters of the serial. This sends nothing.',
      }
    case 'armed':
      return { card: 'step', ...releaseStep(at) }
    case 'released':
      return { card: 'held', ...heldStep(at.held ?? { ordinal: 1, noun: 'command' }) }
    case 'observing':
      return observing(at)
    case 'concluded':
      if (at.awaits) return { card: 'outcome', text: awaitsWords(at.awaits) }
      return at.review && { card: 'review', text: reviewWords(at.review) }
    default:
      return undefined
  }
}

function awaitsWords({ what, mayAct }: NonNullable<Standing['awaits']>): string {
  if (what === 'adjudication')
    return mayAct
      ? 'Its two readers disagree: decide between them.'
      : 'Its two readers disagree: a lead decides between them.'
  return mayAct
    ? 'Read the record, then record the outcome that it shows: you can be the second reader.'
    : 'It waits for a second reader, who does not know its outcome.'
}

const alarmWords =
  'An alarm is open on this device: check the device. Nothing is released until a lead has cleared it.'

// At the bench two lines on a phone: the buttons below stay where they are when the next step changes.
const heldStep = ({ ordinal, noun }: Released): Pick<NextStep, 'text' | 'line'> => ({
  text: `Wait for the hold to end, or cancel. ${capital(noun)} ${ordinal} is then ${noun === 'command' ? 'sent' : 'attached to the device'}, once.`,
  line: 'Wait for the hold, or cancel.',
})

const releaseStep = (at: Standing): Pick<NextStep, 'text' | 'line'> => ({
  text: releaseWords(at),
  line: releaseLine(at.next),
})

function releaseLine(next: Standing['next']): string {
  const noun = next?.noun ?? 'command'
  const command = !next || next.count === 1 ? `the ${noun}` : `${noun} ${next.ordinal}`
  if (next?.overall === 'no') return `${capital(command)} cannot be released yet.`
  if (next?.overall === 'notYet') return 'Query the device.'
  if (next?.waitsForSecond)
    return next.mayCounterSign ? `Counter-sign ${command}.` : 'A second person counter-signs.'
  return `Release ${command}.`
}

function releaseWords({ next }: Standing): string {
  if (!next) return 'Look at the findings and release it.'
  const { noun } = next
  const command = next.count === 1 ? `the ${noun}` : `${noun} ${next.ordinal} of ${next.count}`
  if (next.overall === 'no')
    return `${capital(command)} cannot be released yet: see in the findings what would make the device pass.`
  if (next.overall === 'notYet')
    return `Query the device, then release ${command}: a reading is missing, stale or on its way.`
  if (next.waitsForSecond && next.mayCounterSign)
    return `Two people release ${command}: counter-sign it, and another person releases it.`
  if (next.waitsForSecond) return `A second person counter-signs ${command}, then it is released.`
  return `Look at the findings and release ${command}.`
}

function observing(at: Standing): NextStep {
  const { held, next, unanswered, proposed, installAsked } = at
  if (held !== undefined) return { card: 'held', ...heldStep(held) }
  const screen = installAsked ? screenWords(installAsked.passcode) : ''
  if (unanswered !== undefined)
    return {
      card: 'bench',
      text: `${screen}Log what you see. ${awaitedWords(unanswered)}`,
      line: `Log what you see: ${unanswered.noun} ${unanswered.ordinal}${unanswered.noun === 'command' ? ' is not answered' : `${timeOf(at.declared)} is not fetched`} yet.`,
    }
  if (proposed?.certain)
    return { card: 'outcome', text: 'Look at the proposed outcome and conclude the trial.' }
  if (next && next.overall === 'qualified' && !next.mustQuery)
    return { card: 'step', ...releaseStep(at) }
  if (next)
    return {
      card: 'bench',
      text: `${screen}Log what you see. When the previous step is done, query the device and release ${next.noun} ${next.ordinal} of ${next.count}.`,
      line: `Release ${next.noun} ${next.ordinal} when ${next.afterDownload ? 'the download' : 'the step before'} is done.`,
    }
  if (proposed)
    return {
      card: 'outcome',
      text: 'An outcome is proposed, but it is not certain: check again, query the device, then conclude.',
      line: 'Check the device again, then conclude.',
    }
  if (at.withdrawn)
    return {
      card: 'outcome',
      text: `Declaration ${at.withdrawn.ordinal} is withdrawn, and what the device has begun may go on. Query the device; then a lead concludes the trial, or it waits for its deadline.`,
      line: `Declaration ${at.withdrawn.ordinal} is withdrawn: query the device.`,
    }
  return {
    card: 'bench',
    text: `${screen}Log what you see. An outcome is proposed once the OS has changed or the deadline has passed.`,
    line: at.declared
      ? `Log what you see: declaration ${at.declared.ordinal}${timeOf(at.declared)} is released.`
      : 'Log what you see.',
  }
}

/** The one time at which somebody has to look at the device, short enough for two lines on a phone. */
const timeOf = (declared: Standing['declared']): string =>
  declared ? ` (for ${declared.local.slice(0, 16).replace('T', ' ')}, device’s clock)` : ''

/** A declaration was attached, or may be: nobody knows before the device fetches it. */
const awaitedWords = ({ ordinal, noun }: Released): string =>
  noun === 'command'
    ? `Command ${ordinal} was sent, and the device has not answered yet.`
    : `Declaration ${ordinal} has left for its server, and the device has not fetched it yet.`

/** A device with a passcode installs only after a person has accepted and entered it on the device. */
function screenWords(passcode: boolean | undefined): string {
  if (passcode === false) return ''
  if (passcode)
    return 'The device has a passcode: when it shows a prompt, somebody answers it there. '
  return 'Look whether the device shows a prompt: then somebody answers it there. '
}

/** In the words of who looks: a person who may do the step is not told that another one does it. */
function reviewWords({ state, openQueries, reader }: NonNullable<Standing['review']>): string {
  if (state === 'locked') return 'Nothing is left to do: the trial is locked.'
  if (state === 'approved')
    return reader.lock
      ? 'Lock the approved trial.'
      : 'A lead who did not contribute locks the approved trial.'
  if (openQueries > 0) return queryWords(openQueries, reader)
  if (reader.approve) return 'Check the record, ask about what is not clear, then approve it.'
  if (reader.ask) return 'Check the record and ask about what is not clear. A lead approves it.'
  return 'A person who did not contribute reviews and approves it.'
}

function queryWords(open: number, { ask, answer }: ReviewReader): string {
  const [queries, them] = open === 1 ? ['One query is', 'it'] : [`${open} queries are`, 'them']
  if (ask) return `${queries} open: close ${them} once answered.`
  if (answer) return `${queries} open: answer ${them}. A reviewer then closes ${them}.`
  return `${queries} open, to be answered and then closed by a reviewer.`
}

const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

const preparing: readonly TrialState[] = ['draft', 'registered']
const underWay: readonly TrialState[] = ['released', 'observing']

/**
 * The cards in their order, which depends on the state alone: a live update moves
 * nothing from under a finger, and says what is next in a line. While a trial is under way the buttons of the
 * bench stand above all that grows.
 */
export function cardOrder(state: TrialState): TrialCard[] {
  const order = (...first: TrialCard[]) => [
    ...first,
    ...trialCards.filter((card) => !first.includes(card)),
  ]
  if (underWay.includes(state))
    return order('bench', 'held', 'notices', 'outcome', 'delivery', 'step')
  if (state === 'armed') return order('step', 'notices', 'bench')
  if (preparing.includes(state)) return order('notices', 'step')
  return order('notices', 'review')
}

/** The anchor of a part of the page. */
export const cardPlace = (card: TrialCard) => `trial-${card}`

/**
 * The command slot that could be released now, from 1; undefined where none can. A later slot is its
 * own deliberate release, once the one before has left.
 */
export function nextSlotOf({ trial, version, commands }: TrialView): number | undefined {
  const slots = version.plan.slots.length
  const stateOf = (ordinal: number) =>
    commands.find((one) => one.purpose === 'intervention' && one.slotOrdinal === ordinal)?.state
  if (trial.state === 'armed') return 1
  if (trial.state !== 'observing') return undefined
  for (let ordinal = 2; ordinal <= slots; ordinal += 1) {
    const state = stateOf(ordinal)
    if (state === undefined || mayBeReleasedAgain(state)) return ordinal
  }
  return undefined
}
