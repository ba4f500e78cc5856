import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { keepEvent } from '../../ingest/keep-events'
import { readKeptEvent } from '../../ingest/read-kept-event'
import { engineer, later, lead, must } from '../../testing/people'
import { proofOf, sentTrial, twoSlots } from '../../testing/trial'
import { answerBody } from '../../testing/webhook'
import { concludeTrial } from '../../trials/conclude-trial'
import { observe } from '../observe'
import { answerQuery, askQuery, closeQuery } from '../query-trial'
import { recordDeviation } from '../record-deviation'
import { approvedAndLocked, peer } from '../review.testing'
import { tickStep } from '../tick-step'
import { exportReport } from './report-trial'

/** What a hostile or merely foreign person types: line ends, a reversal of the line, several scripts. */
export const manyScripts =
  'It\nsignatures (9)\nby \u202eeve ≤ 5 − ✓ → Ünïcödé Привет Ελλάδα 日本語 العربية עברית 😀'

/** Two items that Apple does not document, so that the reply contradicts the schema. */
const oddKeys = `<key>UpdateResults</key><array><dict><key>InstallAction</key><string>Default</string>
  <key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Quux</string>
  </dict></array>`

const plan: ProtocolPlan = {
  ...twoSlots,
  hypothesis: 'The second Default installs.',
  steps: [{ doThis: 'Watch', lookAt: 'the screen', expect: 'It asks', sightings: ['promptShown'] }],
}

/** For tests: a locked simulated trial with everything that a report can show. */
export async function wholeTrial(db: Db): Promise<{ trialId: string; commandUuid: string }> {
  const { trialId, device, commandUuid } = await sentTrial(db, { simulated: true, plan })
  const { enrollmentId, mdmServerId } = device
  const answer = { enrollmentId, commandUuid, status: 'Acknowledged', keys: oddKeys }
  for (const at of [130, 140]) {
    const body = answerBody({ ...answer, at: later(at) })
    await readKeptEvent(db, (await keepEvent(db, mdmServerId, body, later(at))) ?? 0, later(at))
  }
  const prompt = {
    trialId,
    kind: 'promptShown' as const,
    observedAt: later(400),
    text: manyScripts,
  }
  const seen = { ...prompt, nonce: randomUUID() }
  const { id } = must(await observe(db, engineer, seen, later(401)), 'logged')
  const better = { ...prompt, kind: 'passcodeAsked' as const, nonce: randomUUID(), text: 'keypad' }
  const correction = { ...better, correctsId: id, reason: 'it was the passcode screen' }
  must(await observe(db, engineer, correction, later(420)), 'logged')
  const tick = { trialId, step: 1, done: true, at: later(410), note: 'by eye', nonce: randomUUID() }
  must(await tickStep(db, engineer, tick, later(430)), 'ticked')
  const deviation = { what: 'the cable came off', why: 'it is worn', effect: 'possible' as const }
  const recorded = { trialId, ...deviation, stands: true, nonce: randomUUID() }
  must(await recordDeviation(db, engineer, recorded, later(440)), 'recorded')
  const newOs = { kind: 'newOsSeen' as const, osVersion: '12.1', osBuild: '16B92', text: '' }
  const last = { trialId, observedAt: later(900), nonce: randomUUID(), ...newOs }
  must(await observe(db, engineer, last, later(901)), 'logged')
  const proofId = await proofOf(db, lead, 'overrule', trialId, later(920))
  const decision = { trialId, outcome: 'installedAsExpected' as const, reason: 'seen by two' }
  must(await concludeTrial(db, lead, { ...decision, proofId }, later(920)), 'concluded')
  await asked(db, trialId)
  await approvedAndLocked(db, trialId)
  return { trialId, commandUuid }
}

async function asked(db: Db, trialId: string) {
  const query = { trialId, field: 'outcome', text: 'Who read it?' }
  const { id: queryId } = must(await askQuery(db, peer, query, later(1500)), 'recorded')
  const on = { trialId, queryId, text: 'I did, at the bench.' }
  must(await answerQuery(db, engineer, on, later(1500)), 'recorded')
  must(await closeQuery(db, peer, on, later(1500)), 'recorded')
}

/** For tests: the report of a trial, read at a fixed time. */
export async function reportOf(db: Db, trialId: string) {
  return must(await exportReport(db, lead, { trialId }, later(3000)), 'reported').report
}
