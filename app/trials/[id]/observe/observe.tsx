import { Paper, Stack, Text, Title } from '@mantine/core'
import { actOnDeviceAction, setSpeedAction } from '@/app/lab-actions'
import { Card } from '@/components/data/card'
import { TextLink } from '@/components/data/links'
import { isSecureAddress } from '@/lib/auth/origins'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { clockTime } from '@/lib/domain/text/instant'
import { benchPhase, likelySightings } from '@/lib/domain/trial/likely-sightings'
import { observationLabel } from '@/lib/domain/trial/observation'
import { benchSteps, currentStep } from '@/lib/domain/trial/step-tick'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { VirtualLabPanel } from '../occasional'
import { Attach, AttachedFiles } from './attach'
import { Bench, type BenchProps } from './bench'
import { KeepBench } from './keep-bench'
import type { AboutBench } from './kept-bench'
import { shownSteps } from './shown-steps'
import { Steps } from './steps'

type Props = {
  view: TrialView
  actor: Actor
  now: Date
  /** Whether what bench mode hides is left out. */
  benchAlone: boolean
}

/** The bench: the steps to do, what to expect of each, and large buttons for what is seen. */
export function ObserveCard({ view, actor, now, benchAlone }: Props) {
  const { trial, version, commands } = view
  const steps = shownSteps(view)
  const current = currentStep(benchSteps(version.plan, view))
  const { ordinal: step = 1, expected = [] } = current ?? {}
  const bench: BenchProps = {
    trialId: trial.id,
    serverNow: now.toISOString(),
    releasedAt: trial.releasedAt?.toISOString(),
    deadlineAt: trial.deadlineAt?.toISOString(),
    steps,
    kinds: likelySightings(expected, benchPhase(version.plan.slots, commands)),
    open: expected.length > 0 ? { step, expected } : undefined,
    reason: refusalFor(actor, 'observe'),
  }
  return (
    <Paper withBorder p="md" component="section" aria-label="Bench">
      <Stack gap="md">
        <Title order={2} size="h4" data-record-only>
          At the bench
        </Title>
        <Attach
          trialId={trial.id}
          places={placesOf(view, now)}
          reason={refusalFor(actor, 'observe')}
        >
          <Bench {...bench} camera />
          <AttachedFiles />
        </Attach>
        {isSecureAddress(env().ONEWAY_BASE_URL) ? (
          <KeepBench bench={bench} about={aboutBench(view)} personName={actor.name} />
        ) : (
          <Text size="xs" c="dimmed" data-screen-only>
            No offline mode at an address without HTTPS.{' '}
            <TextLink href={paths.trialsOffline()} size="xs">
              Why
            </TextLink>
          </Text>
        )}
        {!benchAlone && <VirtualBench view={view} actor={actor} />}
      </Stack>
    </Paper>
  )
}

/** As many sightings as are corrected a while later. */
const maxLogged = 10

const aboutBench = (view: TrialView): AboutBench => ({
  number: view.trial.number,
  deviceWords: [view.device.labTag, view.device.name].filter(Boolean).join(' '),
  simulated: view.trial.simulated,
  logged: standing(view)
    .slice(0, maxLogged)
    .map(({ id, kind, text, data, observedAt, byName }) => ({
      ...{ id, kind, text, data, byName, observedAt: observedAt.toISOString() },
    })),
})

type StepsProps = {
  view: TrialView
  now: Date
  /** Why no entry may be corrected. */
  reason: string | undefined
}

/** The steps of a trial that is not at the bench any more, as they were ticked off. */
export function StepsCard({ view, now, reason }: StepsProps) {
  const steps = shownSteps(view)
  if (steps.length === 0) return null
  return (
    <Card title="Steps of the protocol">
      <Steps trialId={view.trial.id} steps={steps} reason={reason} serverNow={now.toISOString()} />
    </Card>
  )
}

/** The sightings that stand, the newest first. */
const standing = ({ observations }: TrialView) =>
  observations
    .filter(({ id }) => !observations.some(({ correctsId }) => correctsId === id))
    .toReversed()

const placesOf = (view: TrialView, now: Date) =>
  standing(view).map(({ id, kind, observedAt }) => ({
    value: String(id),
    label: `of: ${observationLabel(kind)}, ${clockTime(observedAt, now)}`,
  }))

/** In a simulated trial, in place of the device at the bench: its serial, its screen, its buttons. */
export function VirtualBench({
  view,
  actor,
  open = false,
}: Pick<Props, 'view' | 'actor'> & { open?: boolean }) {
  const { trial, device } = view
  if (!trial.simulated || !device.enrollmentId) return null
  return (
    <details open={open} data-screen-only data-record-only>
      <summary>The virtual device (SIMULATED)</summary>
      <VirtualLabPanel
        only={device.enrollmentId}
        reason={refusalFor(actor, 'controlVirtualLab')}
        act={actOnDeviceAction}
        setSpeed={setSpeedAction}
      />
    </details>
  )
}
