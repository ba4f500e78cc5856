import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { Outcome } from '@/lib/domain/outcome/outcome'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { engineer, later, lead, must } from '../testing/people'
import { proofOf, sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { concludeTrial } from '../trials/conclude-trial'
import { observe } from './observe'

type Trip = {
  plan?: ProtocolPlan
  /** The MDM server of the device; by default a new one. */
  serverId?: string
  but?: Partial<ReadingValues>
  simulated?: boolean
  outcome: Outcome
  /** The text of an observation. */
  seen?: string
  /** The status of the device's answer. */
  answer?: string
}

/** For tests: a trial from its draft to its conclusion through the services, all within 1,000 s. */
export async function concludedTrial(db: Db, trip: Trip) {
  const bench = await sentTrial(db, {
    ...(trip.plan && { plan: trip.plan }),
    ...(trip.serverId !== undefined && { serverId: trip.serverId }),
    ...(trip.but && { but: trip.but }),
    ...(trip.simulated !== undefined && { simulated: trip.simulated }),
  })
  const { trialId, device, commandUuid } = bench
  const { enrollmentId, mdmServerId } = device
  const status = trip.answer ?? 'Acknowledged'
  const body = answerBody({ enrollmentId, commandUuid, status, at: later(130) })
  await readKeptEvent(db, (await keepEvent(db, mdmServerId, body, later(130))) ?? 0, later(130))
  const sighting = { trialId, observedAt: later(900) }
  const entries = [
    { ...sighting, nonce: randomUUID(), kind: 'promptShown' as const, text: trip.seen ?? '' },
    { ...sighting, nonce: randomUUID(), kind: 'newOsSeen' as const, text: '', ...newOs },
  ]
  // Whoever concludes a trial of two readers has seen something of it: from others its outcome is withheld.
  const observer = trip.plan?.secondReader ? lead : engineer
  for (const entry of entries) must(await observe(db, observer, entry, later(901)), 'logged')
  const proofId = await proofOf(db, lead, 'overrule', trialId, later(920))
  const reason = 'seen on the bench by two people'
  const decision = { trialId, outcome: trip.outcome, reason, proofId }
  must(await concludeTrial(db, lead, decision, later(920)), 'concluded')
  return { ...bench, commandUuid }
}

const newOs = { osVersion: '12.1', osBuild: '16B92' }
