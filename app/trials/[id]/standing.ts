import { declaredTimeOf } from '@/lib/core/release/stored-declaration'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import type { OutcomeProposal } from '@/lib/domain/outcome/outcome-evidence'
import type { DeviceState } from '@/lib/domain/reading/reading'
import type { ReaderStanding } from '@/lib/domain/review/second-reading'
import { enforcementType, mayAct } from '@/lib/domain/trial/command-slot'
import { isDownload } from '@/lib/domain/trial/likely-sightings'
import { asksToInstall, slotNoun } from '@/lib/domain/trial/mechanism'
import { notForTrials } from '@/lib/domain/trial/protocol-life'
import type { ReviewReader, Standing } from './next-step'
import type { TakenBack } from './release/ladder'
import type { ReviewView } from './review/review-view'
import type { Preview } from './step-card'

type Looked = {
  /** The person who looks at it. */
  actor: Actor
  alarmed: boolean
  proposal: OutcomeProposal | undefined
  preview: Preview | undefined
  state: DeviceState
  review: ReviewView | undefined
  /** How they stand to the second reading. */
  reader?: ReaderStanding | undefined
  /** What the lab requires of the device and it does not have. */
  lacks?: string | undefined
}

/** The facts about a trial that decide its next step. */
export function standingOf(view: TrialView, looked: Looked): Standing {
  const { trial, commands } = view
  const sent = commands.filter(({ purpose }) => purpose === 'intervention')
  const held = sent.find(({ state }) => state === 'reserved')
  const isTakenBack = (uuid: string) => view.removals.some((one) => one.commandUuid === uuid)
  const waiting = sent.find(
    ({ commandUuid, state, answeredAt, withdrawnAt }) =>
      mayAct(state) && !answeredAt && !withdrawnAt && !isTakenBack(commandUuid),
  )
  const { review, proposal } = looked
  return {
    state: trial.state,
    unfit: looked.lacks ?? notForTrials({ ...view.version, events: view.versionEvents }),
    review: review && {
      state: review.state,
      openQueries: review.open,
      reader: readerOf(review),
    },
    awaits: awaitsOf(looked),
    held: held && releasedOf(held),
    next: held ? undefined : nextOf(view, looked),
    unanswered: waiting && releasedOf(waiting),
    declared: declaredOf(view),
    withdrawn: withdrawnOf(view),
    alarmed: looked.alarmed,
    installAsked: installAskedOf(view, looked.state),
    proposed: proposal?.outcome ? { certain: proposal.certain } : undefined,
  }
}

function declaredOf({ commands, removals }: TrialView): Standing['declared'] {
  const last = commands.findLast(
    ({ purpose, state }) => purpose === 'intervention' && mayAct(state),
  )
  const isTakenBack = removals.some(({ commandUuid }) => commandUuid === last?.commandUuid)
  const local = last?.requestType === enforcementType ? declaredTimeOf(last) : undefined
  return last && local !== undefined && !isTakenBack
    ? { ordinal: last.slotOrdinal ?? 1, local }
    : undefined
}

function withdrawnOf({ commands, removals }: TrialView): Standing['withdrawn'] {
  const last = commands.findLast(({ purpose }) => purpose === 'intervention')
  const isTakenBack = removals.some(({ commandUuid }) => commandUuid === last?.commandUuid)
  return last && isTakenBack ? releasedOf(last) : undefined
}

/** How far what has left as a declaration is taken back; undefined while one of them is not, or none has left. */
export function takenBackOf({ commands, removals }: TrialView): TakenBack | undefined {
  const left = commands.filter(
    ({ requestType, state }) => requestType === enforcementType && mayAct(state),
  )
  const taken = left.flatMap(
    ({ commandUuid }) => removals.find((one) => one.commandUuid === commandUuid) ?? [],
  )
  if (left.length === 0 || taken.length < left.length) return undefined
  const several = left.length > 1
  if (taken.every(({ seenGoneAt }) => seenGoneAt !== null)) return { far: 'seenGone', several }
  const isDetached = taken.every(({ detachedAt }) => detachedAt !== null)
  return { far: isDetached ? 'detached' : 'being', several }
}

const releasedOf = ({ requestType, slotOrdinal }: Command): Standing['held'] => ({
  ordinal: slotOrdinal ?? 1,
  noun: requestType === enforcementType ? 'declaration' : 'command',
})

function awaitsOf({ actor, reader }: Looked): Standing['awaits'] {
  if (!reader?.awaits) return undefined
  const mayRead = mayDo(actor, 'secondRead') && !reader.decided && reader.unblinding === null
  const mayAct = reader.awaits === 'adjudication' ? mayDo(actor, 'overruleOutcome') : mayRead
  return { what: reader.awaits, mayAct }
}

/** An open query keeps everybody from approving, so approving is not what this person does next. */
const readerOf = ({ mayNot }: ReviewView): ReviewReader => ({
  ask: mayNot.ask === undefined,
  answer: mayNot.answer === undefined,
  approve: mayNot.approve === undefined,
  lock: mayNot.lock === undefined,
})

/** What has left or may have, and asked for more than a download. */
function installAskedOf(
  { trial, version, commands }: TrialView,
  { passcodePresent }: DeviceState,
): Standing['installAsked'] {
  const asked = commands.some(
    ({ purpose, state, slotOrdinal }) =>
      purpose === 'intervention' &&
      mayAct(state) &&
      asksToInstall(version.plan.slots[(slotOrdinal ?? 1) - 1]),
  )
  return asked && trial.endOs === null ? { passcode: passcodePresent?.value } : undefined
}

function nextOf(
  { version, commands }: TrialView,
  { preview, state, actor }: Looked,
): Standing['next'] {
  if (!preview) return undefined
  const { ordinal, qualification, second, counterSigned } = preview
  const before = commands.find(
    ({ purpose, slotOrdinal }) => purpose === 'intervention' && slotOrdinal === ordinal - 1,
  )
  const reported = state.updateActivity?.answeredAt
  return {
    ordinal,
    noun: slotNoun(version.plan.slots[ordinal - 1]),
    count: version.plan.slots.length,
    overall: qualification.overall,
    waitsForSecond: second !== undefined && (!counterSigned || counterSigned.lapsed !== undefined),
    mayCounterSign: mayDo(actor, second?.byLead ? 'counterSignLast' : 'counterSign'),
    afterDownload: isDownload(version.plan.slots, ordinal - 1),
    mustQuery: Boolean(before?.answeredAt && (!reported || reported < before.answeredAt)),
  }
}
