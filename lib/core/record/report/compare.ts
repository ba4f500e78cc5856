import {
  isAgainstEnd,
  type Outcome,
  outcomeInfo,
  outcomes,
  outcomeWords,
} from '@/lib/domain/outcome/outcome'
import { predictionInWords, predictionResult } from '@/lib/domain/outcome/prediction'
import { exactTime } from '@/lib/domain/text/instant'
import { minutesInWords } from '@/lib/domain/text/minutes'
import { interventionsName, isDeclaration, slotName, slotNoun } from '@/lib/domain/trial/mechanism'
import { describeSlotAmong } from '@/lib/domain/trial/offered-target'
import {
  hasReached,
  type PrimaryOutcome,
  primaryOutcomeInfo,
  primaryOutcomeOf,
} from '@/lib/domain/trial/primary-outcome'
import { benchSteps, type StepTick, sightingWords } from '@/lib/domain/trial/step-tick'
import type { Gathered } from './gathered'
import { sightingInWords } from './report-end'
import type { TrialReport } from './report-format'

type Row = TrialReport['expectedAndSeen'][number]

/** What was planned and sealed, beside what the record has. The program judges only what it can compare; the rest is for the reader. */
export function compareWithExpected(gathered: Gathered): Row[] {
  return [
    outcomeRow(gathered),
    predictionRow(gathered),
    primaryRow(gathered),
    osRow(gathered),
    commandRow(gathered),
    sightingRow(gathered),
    ...stepRows(gathered),
    deadlineRow(gathered),
  ]
}

const notDecided = 'not decided'

function outcomeRow({ record }: Gathered): Row {
  const { trial, version } = record.view
  return {
    about: 'Outcome',
    expected: [version.plan.expectedOutcome],
    seen: [trial.outcome === null ? notDecided : outcomeWords(trial.outcome)],
    result: null,
  }
}

const resultWords = {
  cameTrue: 'the prediction came true',
  didNot: 'the prediction did not come true',
  notCounted: 'this outcome counts neither for nor against a prediction',
  none: null,
}

function predictionRow({ record, end }: Gathered): Row {
  const { trial } = record.view
  const outcome = outcomes.find((one) => one === trial.outcome)
  return {
    about: 'Predicted outcome',
    expected: [trial.prediction ? predictionInWords(trial.prediction) : 'none predicted'],
    seen: [outcome ? outcomeInfo[outcome].label : notDecided],
    result: outcome
      ? resultWords[predictionResult(trial.prediction, outcome, isAgainst(outcome, end))]
      : null,
  }
}

function primaryRow({ record, end }: Gathered): Row {
  const { trial, version } = record.view
  const primary = primaryOutcomeOf(version.plan)
  const outcome = outcomes.find((one) => one === trial.outcome)
  return {
    about: 'Primary outcome',
    expected: [`counts where ${primaryOutcomeInfo[primary].countsWhere}`],
    seen: [outcome ? outcomeInfo[outcome].label : notDecided],
    result: outcome ? reachedWords(outcome, primary, isAgainst(outcome, end)) : null,
  }
}

function reachedWords(outcome: Outcome, primary: PrimaryOutcome, against: boolean): string {
  if (against || outcomeInfo[outcome].counts === 'leftOut')
    return 'this trial counts neither for nor against it'
  return hasReached(outcome, primary) ? 'reached' : 'not reached'
}

const isAgainst = (outcome: Outcome, end: Gathered['end']): boolean =>
  Boolean(end?.state && isAgainstEnd(outcome, end.state))

function osRow({ record, end }: Gathered): Row {
  const { trial, version } = record.view
  const offers = trial.startingState?.availableUpdates?.value ?? []
  const slots = version.plan.slots.map((slot) => describeSlotAmong(slot, offers))
  return {
    about: 'OS of the device',
    expected: [...new Set(slots)],
    seen: [
      trial.startOs === null
        ? 'before: unknown, nothing was released'
        : `before: ${trial.startOs} (${trial.startBuild ?? 'build unknown'})`,
      `after: ${afterWords({ trial, end })}`,
    ],
    result: null,
  }
}

type End = { trial: Gathered['record']['view']['trial']; end: Gathered['end'] }

function afterWords({ trial, end }: End): string {
  if (trial.endOs !== null && trial.endSeenAt !== null)
    return `${trial.endOs} (${trial.endBuild ?? 'build unknown'}), first seen ${exactTime(trial.endSeenAt)}`
  if (end?.state === 'unchanged')
    return `${end.os} (${end.build}), unchanged${end.lastSeenAt ? `, last seen ${exactTime(end.lastSeenAt)}` : ''}`
  return trial.consumed ? 'unknown: no OS reading since the command' : 'unknown: nothing was sent'
}

function commandRow({ record }: Gathered): Row {
  const { commands, version } = record.view
  const slots = version.plan.slots
  return {
    about: interventionsName(version.plan),
    expected: [
      slots.length === 1
        ? `1 ${slotNoun(slots[0])}, sent once`
        : `${slots.length} ${interventionsName(version.plan).toLowerCase()}, each sent once`,
    ],
    seen: slots.map((slot, index) => {
      const ordinal = index + 1
      const name = slotName(slot, ordinal)
      const command = commands.find(
        (one) => one.purpose === 'intervention' && one.slotOrdinal === ordinal,
      )
      if (!command?.sendingAt) return `${name}: not sent`
      const answer = command.answeredAt
        ? `answered ${command.answerStatus ?? 'unknown'} ${exactTime(command.answeredAt)}`
        : 'not answered'
      const sent = `${name}: sent ${exactTime(command.sendingAt)}, ${command.state}`
      return isDeclaration(slot) ? sent : `${sent}; ${answer}`
    }),
    result: null,
  }
}

/** What the engineer expects, beside all observations that stand. */
function sightingRow({ record }: Gathered): Row {
  const { trial, observations } = record.view
  const corrected = new Set(observations.map(({ correctsId }) => correctsId))
  const seen = observations
    .filter(({ id }) => !corrected.has(id))
    .map((one) => `${exactTime(one.observedAt)}: ${sightingInWords(one)} (${one.byName})`)
  return {
    about: 'What is seen',
    expected: [trial.expectation || 'no expectation was written'],
    seen: seen.length > 0 ? seen : ['nobody recorded an observation'],
    result: null,
  }
}

/** Each step of the protocol beside its tick; sightings are compared, texts are for the reader. */
const stepRows = ({ record }: Gathered): Row[] =>
  benchSteps(record.view.version.plan, record.view).map((step) => {
    const { ordinal, doThis, lookAt, expect, expected, tick, difference } = step
    const named = expected.length > 0 ? [`sightings: ${sightingWords(expected)}`] : []
    const matched =
      expected.length > 0 && tick?.done === true ? 'the sightings are as expected' : null
    return {
      about: `Step ${ordinal}`,
      expected: [`${doThis}${lookAt ? ` (look at: ${lookAt})` : ''} → ${expect}`, ...named],
      seen: tick ? tickLines(tick) : ['not ticked off'],
      result: difference ?? matched,
    }
  })

const tickLines = ({ done, at, byName, note }: StepTick): string[] => [
  `${done ? 'done' : 'not done'} ${exactTime(at)} (${byName})`,
  ...(note ? [note] : []),
]

function deadlineRow({ record }: Gathered): Row {
  const { trial, version } = record.view
  const { deadlineAt, concludedAt } = trial
  const span = `${minutesInWords(version.plan.deadlineMinutes)} after the release`
  const ended = concludedAt && deadlineAt && concludedAt > deadlineAt
  return {
    about: 'Deadline',
    expected: [deadlineAt ? `${span}: ${exactTime(deadlineAt)}` : span],
    seen: [concludedAt ? `concluded ${exactTime(concludedAt)}` : 'not concluded'],
    result:
      concludedAt && deadlineAt ? `concluded ${ended ? 'after' : 'before'} the deadline` : null,
  }
}
