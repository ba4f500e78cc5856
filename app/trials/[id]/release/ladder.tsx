import { Paper, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheckFilled,
  IconCircleDot,
} from '@tabler/icons-react'
import { trialStateWord } from '@/components/trial/trial-status'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { ReviewState } from '@/lib/domain/review/review'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialState } from '@/lib/domain/trial/trial'
import classes from './ladder.module.css'

type Step =
  | 'draft'
  | 'registered'
  | 'armed'
  | 'released'
  | 'observing'
  | 'concluded'
  | 'reviewed'
  | 'locked'

const steps: readonly Step[] = [
  'draft',
  'registered',
  'armed',
  'released',
  'observing',
  'concluded',
  'reviewed',
  'locked',
]

/** What leaves, what may have happened once it left, and what can still be done about it. */
const mechanismWords: Record<
  Mechanism,
  Record<'held' | 'afterwards' | 'left' | 'remains' | 'closed', string>
> = {
  command: {
    held: 'The command is held',
    afterwards: 'Afterwards nothing can be taken back.',
    left: 'the command may have left',
    remains: 'What remains is to observe, log and conclude.',
    closed: 'What had been sent stays sent.',
  },
  declaration: {
    held: 'The declaration is held',
    afterwards: 'Afterwards a lead can withdraw it, which stops nothing that the device has begun.',
    left: 'the declaration may be attached to the device',
    remains:
      'What remains is to observe, log and conclude. A lead can withdraw it under Delivery, which stops nothing that the device has begun.',
    closed: 'What had been sent is withdrawn, which stops nothing that the device had begun.',
  },
  both: {
    held: 'The first of its declarations and commands is held',
    afterwards: 'Afterwards a command cannot be taken back; a lead can withdraw a declaration.',
    left: 'what was released may have reached the device',
    remains:
      'What remains is to observe, log and conclude. A lead can withdraw a declaration under Delivery, and nobody a command.',
    closed: 'A command that had been sent stays sent; a declaration is withdrawn.',
  },
}

/** How far all declarations that have left are taken back, and whether there are several; undefined where one is not. */
export type TakenBack = { far: 'being' | 'detached' | 'seenGone'; several: boolean }

const takenBackWords: Record<TakenBack['far'], string> = {
  being: 'is being withdrawn, which stops nothing that the device has begun: see Delivery.',
  detached:
    'is withdrawn at its server. The device was not seen without it yet, and may still act on what it has fetched: see Delivery.',
  seenGone:
    'is withdrawn, and the device was seen without it. An installation that it had begun goes on.',
}

/** What is left to do once the declarations are taken back: nobody can withdraw them again. */
const remainsOf = (mechanism: Mechanism, { far, several }: TakenBack): string =>
  [
    'What remains is to observe, log and conclude.',
    several ? 'Each declaration that has left' : 'The declaration',
    takenBackWords[far],
    ...(mechanism === 'both' ? ['A command cannot be taken back.'] : []),
  ].join(' ')

const undo = (
  holdSeconds: number,
  consumed: boolean,
  { held, afterwards, left, remains, closed }: (typeof mechanismWords)[Mechanism],
): Record<TrialState, string> => ({
  draft: 'Nothing is reserved and nothing sent. Withdraw it and it leaves no trace on the device.',
  registered:
    'The expectation is sealed and the device reserved. Withdrawing frees the device; the seal stays.',
  armed: 'Nothing has been sent. You can disarm or withdraw; the baseline is not consumed.',
  released: `${held} for ${holdSeconds} s. Until the hold ends you can cancel, and nothing has left. ${afterwards}`,
  observing: `The point of no return has passed: ${left} and the baseline is consumed. ${remains}`,
  concluded:
    'Closed. Somebody who did not contribute reviews it; until it is approved an entry can be corrected with a reason.',
  withdrawn: consumed
    ? `Closed without an outcome. ${closed}`
    : 'Closed without an outcome. Nothing was sent.',
  void: 'Declared void. It counts in no rate.',
  lost: 'The OS changed outside the trial before anything was sent. The starting state is gone.',
})

const sealed: Record<Exclude<ReviewState, 'inReview'>, string> = {
  approved: 'Reviewed and approved: nothing is written to its record any more. A lead locks it.',
  locked: 'Reviewed, approved and locked: nothing is written to its record any more.',
}

type Props = {
  trial: Trial
  /** Undefined while there is nothing to review. */
  review: ReviewState | undefined
  holdSeconds: number
  mechanism: Mechanism
  takenBack?: TakenBack | undefined
  /** Why the reader can take none of the steps. */
  lookOnly: string | undefined
}

/** Where the trial stands, what can still be undone, and where the point of no return lies. */
export function Ladder(props: Props) {
  const { trial, review, holdSeconds, mechanism, takenBack, lookOnly } = props
  const words = mechanismWords[mechanism]
  const remains = takenBack ? remainsOf(mechanism, takenBack) : words.remains
  const rung = rungOf(trial, review)
  const at = rung === undefined ? -1 : steps.indexOf(rung)
  const passed = at === -1 ? passedBeforeItEnded(trial) : at
  return (
    <Paper withBorder p="sm">
      <ol className={classes.steps} aria-label="Steps of a trial">
        {steps.map((step, index) => (
          <Rung key={step} step={step} passed={index < passed} current={index === at} />
        ))}
      </ol>
      <Text size="sm" mt="xs" className={classes.words ?? ''}>
        {review === undefined || review === 'inReview'
          ? undo(holdSeconds, trial.consumed, { ...words, remains })[trial.state]
          : sealed[review]}
        {trial.closedReason && ` Reason: ${trial.closedReason}`}
      </Text>
      {lookOnly && (
        <Text size="sm" mt={4}>
          You can view this trial. {lookOnly}
        </Text>
      )}
    </Paper>
  )
}

/** How far a trial that has no outcome had ever come: its end is none of the steps. */
function passedBeforeItEnded({ registeredAt, armedAt, releasedAt, consumed }: Trial): number {
  const after = [registeredAt !== null, armedAt !== null, releasedAt !== null, consumed]
  const stopped = after.indexOf(false)
  return 1 + (stopped === -1 ? after.length : stopped)
}

/** Undefined where the trial ended without an outcome: that is none of the steps. */
function rungOf({ state }: Trial, review: ReviewState | undefined): Step | undefined {
  if (state === 'withdrawn' || state === 'void' || state === 'lost') return undefined
  if (state !== 'concluded') return state
  if (review === 'locked') return 'locked'
  return review === 'approved' ? 'reviewed' : state
}

const rungWord = (step: Step): string => {
  if (step === 'reviewed') return 'Reviewed'
  return step === 'locked' ? 'Locked' : trialStateWord(step)
}

function Rung({ step, passed, current }: { step: Step; passed: boolean; current: boolean }) {
  const Shape = passed ? IconCircleCheckFilled : current ? IconCircleDot : IconCircle
  return (
    <>
      {step === 'observing' && (
        <li className={classes.point}>
          <IconAlertTriangle size={14} aria-hidden /> point of no return
        </li>
      )}
      <li className={classes.step} aria-current={current ? 'step' : undefined}>
        <Shape size={16} aria-hidden />
        <span className={classes.word} data-word={rungWord(step)}>
          {rungWord(step)}
        </span>
      </li>
    </>
  )
}
