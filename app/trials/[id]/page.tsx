import { Grid, GridCol, Stack, Title } from '@mantine/core'
import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { ReactNode } from 'react'
import { DeviceAlarms } from '@/app/device-alarms'
import { ChooseInstant } from '@/components/data/as-of'
import { TextLink } from '@/components/data/links'
import { Live } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { UserText } from '@/components/data/text'
import { TrailLink } from '@/components/data/trail-link'
import { ClockTimes } from '@/components/data/when'
import { TrialStatus } from '@/components/trial/trial-status'
import { enter } from '@/lib/auth/door'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { lookAtProposal, lookAtTrialFit } from '@/lib/core/trials/assess'
import type { Db } from '@/lib/db/client'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findServerSilence } from '@/lib/db/queries/servers/server-silences'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type Command, findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import { findTrialView, type TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/actor'
import type { ReviewState } from '@/lib/domain/review/review'
import { holdSecondsFor } from '@/lib/domain/trial/hold'
import { timelineOf } from '@/lib/domain/trial/timeline'
import type { TrialState } from '@/lib/domain/trial/trial'
import { paths } from '@/lib/paths'
import { TrialAsOf } from './as-of'
import { cardPlace } from './card-place'
import { CloseMenu } from './close-menu'
import { nextSlotOf } from './next-slot'
import { cardOrder, nextStep, type TrialCard } from './next-step'
import { NextStepBar } from './next-step-bar'
import { ObserveCard } from './observe/observe'
import { Timeline } from './observe/timeline'
import { Outcome } from './outcome/outcome'
import { ContradictionsCard } from './record/contradictions'
import { CopyLinks } from './record/copy-links'
import { NewErrors } from './record/new-errors'
import { Registration } from './record/registration'
import { timelineReply } from './record/reply-words'
import { SignaturesCard } from './record/signatures'
import { StartingStateCard } from './record/starting-state'
import { Delivery } from './release/delivery'
import { Ladder } from './release/ladder'
import { Signing } from './release/signing'
import { ReviewCard } from './review/review-card'
import { findReviewView } from './review/review-view'
import { standingOf } from './standing'
import { Held, StepCard } from './step-card'
import classes from './trial.module.css'

type Props = {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<'ask' | 'asOf', string | string[] | undefined>>
}

async function viewOr404(id: string): Promise<TrialView> {
  const { db } = await enter('look')
  return (await findTrialView(db, id)) ?? notFound()
}

export async function generateMetadata({ params }: Pick<Props, 'params'>): Promise<Metadata> {
  const { trial } = await viewOr404((await params).id)
  return { title: `T-${trial.number}` }
}

/** One trial: what can be done now, what can still be undone, and everything on its record. */
export default async function TrialPage({ params, searchParams }: Props) {
  const { actor, db } = await enter('look')
  const view = await viewOr404((await params).id)
  const { trial } = view
  const { ask, asOf } = await searchParams
  if (asOf !== undefined) return <TrialAsOf trial={trial} asOf={String(asOf)} />
  const now = new Date()
  const [settings, proposal, preview, state, review, end, alarms, fit, silence] = await Promise.all(
    [
      getLabSettings(db),
      lookAtProposal(db, actor, trial, now),
      previewOf(db, actor, view, now),
      currentState(db, trial.deviceId),
      findReviewView(db, actor, view),
      findTrialEnd(db, trial.id),
      listOpenAlarms(db, trial.deviceId),
      fitOf(db, actor, view, now),
      view.server && findServerSilence(db, view.server.id),
    ],
  )
  const entries = timelineOf({ ...view, replies: shownReplies(view).map(timelineReply) })
  const underWay = trial.state === 'observing'
  const alarmed = alarms.some(({ clearedAt }) => clearedAt === null)
  const step = nextStep(standingOf(view, { proposal, preview, state, review, alarmed }))
  const cards: Record<TrialCard, ReactNode> = {
    held: <Held view={view} actor={actor} now={now} silent={silence !== undefined} />,
    step: (
      <StepCard
        view={view}
        actor={actor}
        preview={preview}
        settings={settings}
        state={state}
        fit={fit}
      />
    ),
    notices: (
      <>
        <DeviceAlarms alarms={alarms} mayNotClear={refusalFor(actor, 'clearAlarm')} />
        <NewErrors trial={trial} />
      </>
    ),
    bench: isAtTheBench(trial.state) && <ObserveCard view={view} actor={actor} now={now} />,
    outcome: (
      <Outcome
        view={view}
        actor={actor}
        proposal={proposal}
        underWay={underWay}
        review={review}
        end={end}
      />
    ),
    delivery: <Delivery view={view} actor={actor} />,
    review: review && (
      <ReviewCard review={review} view={view} asked={typeof ask === 'string' ? ask : undefined} />
    ),
  }
  return (
    <Signing trialId={trial.id}>
      <ClockTimes>
        <Header view={view} actor={actor} review={review?.state} />
        <Stack gap="lg">
          <Ladder
            trial={trial}
            review={review?.state}
            holdSeconds={holdSecondsFor(settings.holdSeconds, trial)}
            lookOnly={refusalFor(actor, 'observe')}
          />
          <NextStepBar
            trialId={trial.id}
            state={trial.state}
            step={step}
            because={refusalFor(actor, 'askDevice')}
          />
          <Grid gap="lg">
            <GridCol span={{ base: 12, lg: 7 }}>
              <Cards order={cardOrder(trial.state)} cards={cards} />
            </GridCol>
            <GridCol span={{ base: 12, lg: 5 }}>
              <Stack gap="lg">
                <section aria-label="Timeline">
                  <Title order={2} size="h4" mb="xs">
                    Timeline
                  </Title>
                  <Timeline
                    entries={entries}
                    trialId={trial.id}
                    canCorrect={
                      underWay || (review !== undefined && review.mayNot.correct === undefined)
                    }
                    review={review}
                  />
                </section>
                <ContradictionsCard trialId={trial.id} />
                <SignaturesCard trial={trial} />
                <Registration view={view} state={state} review={review} />
                <StartingStateCard view={view} review={review} />
                <div data-screen-only>
                  <TrailLink actor={actor} about={{ trial: trial.id }}>
                    Audit trail
                  </TrailLink>
                </div>
                <div data-screen-only>
                  <CopyLinks trialId={trial.id} actor={actor} />
                </div>
              </Stack>
            </GridCol>
          </Grid>
          <ChooseInstant hrefAt={(asOf) => paths.trial(trial.id, { asOf })} now={now} />
        </Stack>
      </ClockTimes>
    </Signing>
  )
}

type CardsProps = { order: TrialCard[]; cards: Record<TrialCard, ReactNode> }

/** Keyed, so that what is being typed outlives the moment a card moves. */
const Cards = ({ order, cards }: CardsProps) => (
  <Stack gap="lg">
    {order.map((card) => (
      <div key={card} id={cardPlace(card)} className={classes[card] ?? classes.place}>
        {cards[card]}
      </div>
    ))}
  </Stack>
)

const isAtTheBench = (state: TrialState) => ['armed', 'released', 'observing'].includes(state)
/** The same answer once more is counted beside its command and is no entry of its own. */
const shownReplies = ({ replies }: TrialView) =>
  replies.filter(({ readState }) => readState !== 'duplicate')

/** Whether the protocol fits the device, while nothing can be released yet. */
async function fitOf(db: Db, actor: Actor, { trial, version }: TrialView, now: Date) {
  if (trial.state !== 'draft' && trial.state !== 'registered') return undefined
  const about = { deviceId: trial.deviceId, trialId: trial.id, plan: version.plan }
  return lookAtTrialFit(db, actor, about, now)
}

/** The verdict the engineer looks at before a release; stored, so that the release can name it. */
async function previewOf(db: Db, actor: Actor, view: TrialView, now: Date) {
  const ordinal = nextSlotOf(view)
  if (ordinal === undefined) return undefined
  const judged = await previewSlot(db, actor, { trialId: view.trial.id, ordinal }, now)
  if (judged.status === 'refused') return undefined
  const open = await findOpenCommand(db, view.trial.deviceId)
  return { verdictId: undefined, ...judged, ordinal, waitsFor: open && waitingFor(open, now) }
}

/** Only what the page tells of it: the rest of a command is no browser's business. */
const waitingFor = ({ requestType, sendingAt, notNowCount }: Command, now: Date) => ({
  open: { requestType, sendingAt, notNowCount },
  serverNow: now.toISOString(),
})

type HeaderProps = { view: TrialView; actor: Actor; review: ReviewState | undefined }

function Header({ view, actor, review }: HeaderProps) {
  const { trial, device, version } = view
  const live = !['concluded', 'withdrawn', 'void', 'lost'].includes(trial.state)
  return (
    <PageHeader
      title={`T-${trial.number}`}
      environment={trial.simulated ? 'simulated' : 'real'}
      marks={
        <>
          <TrialStatus state={trial.state} />
          {(live || (review !== undefined && review !== 'locked')) && (
            <Live trialId={trial.id} deviceId={device.id} />
          )}
        </>
      }
      description={
        <>
          <TextLink href={paths.device(device.id)}>
            <UserText>{device.labTag ?? device.name}</UserText>
          </TextLink>{' '}
          <UserText>{device.name}</UserText> ·{' '}
          <TextLink href={paths.protocol(version.protocolId)}>
            <UserText>{version.plan.title}</UserText>
          </TextLink>
          , version {version.version}
        </>
      }
      action={
        live ? (
          <CloseMenu
            trialId={trial.id}
            state={trial.state}
            role={actor.role}
            sent={trial.sentAt !== null}
            consumed={trial.consumed}
          />
        ) : undefined
      }
    />
  )
}
