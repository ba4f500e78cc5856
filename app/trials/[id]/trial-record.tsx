import { Grid, GridCol, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { DeviceAlarms } from '@/app/device-alarms'
import { TrailLink } from '@/components/data/links'
import type { TrialRecord } from '@/lib/core/record/read-record'
import { timelineReply } from '@/lib/core/record/reply-words'
import type { TrialReply, TrialView } from '@/lib/db/queries/trials/trial-view'
import { refusalFor } from '@/lib/domain/account/permissions'
import { foldReview, isReviewed } from '@/lib/domain/review/review'
import { mechanismOf } from '@/lib/domain/trial/mechanism'
import { underWayStates } from '@/lib/domain/trial/observation'
import { holdSecondsFor } from '@/lib/domain/trial/release'
import { timelineOf } from '@/lib/domain/trial/timeline'
import type { TrialState } from '@/lib/domain/trial/trial'
import { Header } from './header'
import { benchCards, cardOrder, cardPlace, nextStep, type TrialCard } from './next-step'
import { NextStepBar } from './next-step-bar'
import { Clocks } from './observe/clocks'
import { Deviations } from './observe/deviations'
import { LeftBench } from './observe/keep-bench'
import { ObserveCard } from './observe/observe'
import { Timeline } from './observe/timeline'
import { TrialClaims } from './outcome/claims'
import { Outcome } from './outcome/outcome'
import { type Cards, EndedSteps, pastCards } from './past-cards'
import type { Current } from './read-current'
import { Contradictions, NewErrors } from './record/contradictions'
import { MissedReports } from './record/missed-reports'
import { Radars } from './record/radars'
import { bookingInWords, Registration, StartingStateCard } from './record/registration'
import { CheckedSignatures } from './record/signatures'
import { WholeTrial } from './record/whole-trial'
import { Delivery } from './release/delivery'
import { Ladder } from './release/ladder'
import { ReviewCard } from './review/review-card'
import { SeenElsewhere } from './seen-elsewhere'
import { standingOf, takenBackOf } from './standing'
import { Held, StepCard } from './step-card'
import classes from './trial.module.css'

type Props = {
  record: TrialRecord
  /** The instant the record is of. */
  at: Date
  /** Undefined in a history, which has no actions. */
  current: Current | undefined
  /** The field whose "ask" was pressed. */
  asked: string | undefined
  /** Whether it can be shown as bench mode: see trial.module.css. */
  isBench: boolean
  /** Whether what bench mode hides is left out. */
  benchAlone: boolean
}

/** The record of a trial; with `current`, also what can be done now and what can still be undone. */
export function TrialRecordView(props: Props) {
  const { record, at, current } = props
  const { view, settings, reviewEvents } = record
  const { trial } = view
  const review = current?.review
  const underWay = trial.state === 'observing'
  // Now, the same answer once more is counted beside its command; a history has no such count.
  const replies = current ? view.replies.filter(isFirst) : view.replies
  const state = isReviewed(trial) ? foldReview(reviewEvents.map(({ kind }) => kind)) : undefined
  return (
    <>
      <Header
        view={view}
        review={state}
        actor={current?.actor}
        asOf={current ? undefined : at.toISOString()}
        isBench={props.isBench}
      />
      <Stack gap="lg">
        {!props.benchAlone && (
          <div data-record-only>
            <Ladder
              trial={trial}
              review={state}
              holdSeconds={holdSecondsFor(settings.holdSeconds, trial)}
              mechanism={mechanismOf(view.version.plan)}
              takenBack={takenBackOf(view)}
              lookOnly={current && refusalFor(current.actor, 'observe')}
            />
          </div>
        )}
        {current && <NextStep view={view} current={current} />}
        <Grid gap="lg">
          <GridCol span={{ base: 12, lg: props.benchAlone ? 12 : 7 }}>
            <InOrder order={orderOf(props)} cards={cardsOf(props)} />
          </GridCol>
          {!props.benchAlone && (
            <GridCol span={{ base: 12, lg: 5 }} data-record-only>
              <Stack gap="lg">
                <section aria-label="Timeline">
                  <Title order={2} size="h4" mb="xs">
                    Timeline
                  </Title>
                  <Clocks view={view} now={current ? at : undefined} />
                  <Timeline
                    entries={timelineOf({ ...view, replies: replies.map(timelineReply) })}
                    trialId={trial.id}
                    canCorrect={
                      current !== undefined &&
                      (underWay || (review !== undefined && review.mayNot.correct === undefined))
                    }
                    files={current}
                    review={review}
                  />
                </section>
                <Contradictions
                  found={record.contradictions}
                  checks={record.checks}
                  times={current?.times}
                  mayNotWrite={current ? refusalFor(current.actor, 'writeRadar') : null}
                />
                {current && <SeenElsewhere {...record} />}
                {/* A claim's decision and a radar's title may tell the outcome. */}
                {current && !record.withheld && <TrialClaims trial={trial} />}
                {current && !record.withheld && <Radars trial={trial} current={current} />}
                <CheckedSignatures
                  signatures={record.signatures}
                  trial={trial}
                  slots={view.version.plan.slots}
                />
                <Folded
                  title="Registration and starting state"
                  isFolded={current !== undefined && underWay}
                >
                  <Registration
                    view={view}
                    state={current?.state}
                    review={review}
                    booking={bookingInWords(record, at)}
                  />
                  <StartingStateCard view={view} review={review} />
                </Folded>
                {current && (
                  <>
                    <div data-screen-only>
                      <TrailLink actor={current.actor} about={{ trial: trial.id }}>
                        Audit trail
                      </TrailLink>
                    </div>
                    <WholeTrial trialId={trial.id} actor={current.actor} />
                  </>
                )}
              </Stack>
            </GridCol>
          )}
        </Grid>
      </Stack>
    </>
  )
}

function NextStep({ view, current }: { view: TrialView; current: Current }) {
  const { id, state } = view.trial
  const alarmed = current.alarms.some(({ clearedAt }) => clearedAt === null)
  const step = nextStep(standingOf(view, { ...current, alarmed }))
  return (
    <NextStepBar
      trialId={id}
      state={state}
      step={step}
      reason={refusalFor(current.actor, 'askDevice')}
    />
  )
}

function orderOf({ record, benchAlone }: Props): TrialCard[] {
  const order = cardOrder(record.view.trial.state)
  return benchAlone ? order.filter((card) => benchCards.includes(card)) : order
}

function cardsOf(props: Props): Cards {
  const { record, current } = props
  const { view } = record
  const { trial } = view
  const always: Cards = {
    outcome: (
      <Outcome {...current} view={view} record={record} underWay={trial.state === 'observing'} />
    ),
    delivery: <Delivery view={view} actor={current?.actor} />,
  }
  return { ...always, ...(current ? currentCards(props, current) : pastCards(record, props.at)) }
}

function currentCards({ record, at, asked, benchAlone }: Props, current: Current): Cards {
  const { view, settings } = record
  const { trial } = view
  const { actor, alarms, silence, review } = current
  return {
    held: <Held view={view} actor={actor} now={at} silent={silence !== undefined} />,
    step: <StepCard {...current} view={view} settings={settings} />,
    notices: (
      <>
        <DeviceAlarms alarms={alarms} mayNotClear={refusalFor(actor, 'clearAlarm')} />
        <MissedReports view={view} actor={actor} />
        <NewErrors trial={trial} />
      </>
    ),
    bench: isAtTheBench(trial.state) ? (
      <ObserveCard view={view} actor={actor} now={at} benchAlone={benchAlone} />
    ) : (
      <>
        <LeftBench trialId={trial.id} serverNow={at} />
        <EndedSteps view={view} now={at} reason={review?.mayNot.correct} />
      </>
    ),
    deviations: (
      <Deviations
        steps={view.steps}
        trialId={trial.id}
        reason={refusalFor(actor, 'observe') ?? deviationProblem(trial, review)}
      />
    ),
    review: review && <ReviewCard review={review} view={view} asked={asked} />,
  }
}

/** Why nothing can be recorded as a deviation now, apart from the permission. */
function deviationProblem(
  trial: TrialView['trial'],
  review: Current['review'],
): string | undefined {
  if (underWayStates.includes(trial.state)) return undefined
  return review ? review.mayNot.correct : 'Deviations are recorded from the arming on.'
}

/** What is not needed now is one line until it is opened. On paper it is open. */
function Folded(props: { title: string; isFolded: boolean; children: ReactNode }) {
  const { title, isFolded, children } = props
  if (!isFolded) return children
  return (
    <details>
      <summary>{title}</summary>
      <Stack gap="lg" mt="xs">
        {children}
      </Stack>
    </details>
  )
}

/** Keyed, so that what is being typed outlives the moment a card moves. */
const InOrder = ({ order, cards }: { order: TrialCard[]; cards: Cards }) => (
  <Stack gap="lg">
    {order.map((card) => (
      <div
        key={card}
        id={cardPlace(card)}
        className={classes[card] ?? classes.place}
        data-record-only={benchCards.includes(card) ? undefined : true}
      >
        {cards[card]}
      </div>
    ))}
  </Stack>
)

const isFirst = ({ readState }: TrialReply) => readState !== 'duplicate'
const isAtTheBench = (state: TrialState) => underWayStates.includes(state)
