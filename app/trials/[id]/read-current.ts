import type { TrialRecord } from '@/lib/core/record/read-record'
import { previewSlot } from '@/lib/core/release/preview-slot'
import { assessOutcome, assessTrialFit } from '@/lib/core/trials/assess'
import type { Db } from '@/lib/db/client'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { listMissingFields } from '@/lib/db/queries/devices/custom-fields'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { currentState } from '@/lib/db/queries/devices/readings'
import { countContradictionsOfTrial } from '@/lib/db/queries/events/contradictions'
import { listDevicesAtVersionOf } from '@/lib/db/queries/planning/unused-devices'
import { listRadarsOfTrial } from '@/lib/db/queries/radars/radars'
import { findServerSilence } from '@/lib/db/queries/servers/server-checks'
import { listPreviews } from '@/lib/db/queries/trials/attachments'
import { type Command, findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import { allOf } from '@/lib/domain/all-of'
import { missingInWords } from '@/lib/domain/device/custom-field'
import { blastRadius } from '@/lib/domain/planning/blast-radius'
import { withListed } from '@/lib/domain/planning/by-mechanism'
import { windowsOf } from '@/lib/domain/planning/next-best'
import type { DeviceState } from '@/lib/domain/reading/reading'
import { mechanismOf } from '@/lib/domain/trial/mechanism'
import { underWayStates } from '@/lib/domain/trial/observation'
import type { TrialState } from '@/lib/domain/trial/trial'
import { nextSlotOf } from './next-step'
import { findReviewView } from './review/review-view'

/**
 * What the page shows of a trial only now, beside its record: what this person can do next, and what is
 * judged anew whenever somebody looks.
 */
export async function readCurrent(db: Db, actor: Actor, record: TrialRecord, now: Date) {
  const { view } = record
  const { id, deviceId } = view.trial
  const reported = currentState(db, deviceId)
  const found = await allOf({
    proposal: assessOutcome(db, actor, view, now),
    preview: previewOf(db, actor, view, now),
    state: reported,
    review: findReviewView(db, actor, record),
    end: findTrialEnd(db, id),
    alarms: listOpenAlarms(db, deviceId),
    fit: fitOf(db, actor, view, now),
    silence: view.server && findServerSilence(db, view.server.id),
    times: countContradictionsOfTrial(db, id),
    radars: listRadarsOfTrial(db, id),
    uses: usesUp(db, view, reported, now),
    previews: listPreviews(db, id),
    lacks: lacksFields(db, view),
  })
  const { review } = found
  return {
    ...found,
    actor,
    reader: record.reader,
    /** Whether this person may attach and withdraw files now. */
    mayAttach:
      refusalFor(actor, 'observe') === undefined &&
      (underWayStates.includes(view.trial.state) ||
        (review !== undefined && review.mayNot.correct === undefined)),
  }
}

/** Once it is armed the findings stand here, and whoever arms has read it. */
const beforeArming: readonly TrialState[] = ['draft', 'registered']

export type Current = Awaited<ReturnType<typeof readCurrent>>

/** What the trial uses up, while it can still be left alone. */
async function usesUp(
  db: Db,
  { trial, version, device }: TrialView,
  reported: Promise<DeviceState>,
  now: Date,
) {
  if (!beforeArming.includes(trial.state)) return undefined
  const environment = trial.simulated ? 'simulated' : 'real'
  const [state, devices, catalogue] = await Promise.all([
    reported,
    listDevicesAtVersionOf(db, device, environment, now),
    loadCatalogue(db),
  ])
  const offers = state.availableUpdates?.value
  const today = now.toISOString().slice(0, 10)
  const known = withListed(devices, catalogue, today)
  const isBoth = mechanismOf(version.plan) === 'both'
  const radius = blastRadius(device.id, known, version.plan.slots[0], offers, isBoth)
  if (!radius) return undefined
  const windowOf = windowsOf(catalogue, today)
  const target = radius.target
  const daysLeft = target === undefined ? undefined : windowOf({ ...radius.device, target })
  return { ...radius, daysLeft, askedAt: state.availableUpdates?.answeredAt }
}

/** The required fields that the device of a draft lacks, in words. */
async function lacksFields(db: Db, { trial }: TrialView): Promise<string | undefined> {
  if (trial.state !== 'draft') return undefined
  return missingInWords((await listMissingFields(db, [trial.deviceId])).get(trial.deviceId))
}

/** Whether the protocol fits the device, while nothing can be released yet. */
async function fitOf(db: Db, actor: Actor, { trial, version }: TrialView, now: Date) {
  if (!beforeArming.includes(trial.state)) return undefined
  const about = { deviceId: trial.deviceId, trialId: trial.id, plan: version.plan }
  return assessTrialFit(db, actor, about, now)
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
