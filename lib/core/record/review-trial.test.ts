import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrialReview, listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { listSignatures } from '@/lib/db/queries/trials/signatures'
import { findTrial, listObservations, listOutcomeDecisions } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { checkSignatures } from '../kernel/sign'
import { queryDevice } from '../release/query-device'
import { admin, engineer, later, lead, must } from '../testing/people'
import { armedTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { correctOutcome } from './correct-outcome'
import { observe } from './observe'
import { answerQuery, askQuery, closeQuery } from './query-trial'
import {
  approve,
  approvedAndLocked,
  closer,
  lock,
  peer,
  proofOf,
  reason,
  reviewer,
  unlock,
} from './review.testing'
import { approveTrial } from './seal-trial'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const concluded = () => concludedTrial(lab.db, { outcome: 'installedAsExpected' })
const text = 'Who read the version off the screen?'
const at = later(1500)

const ask = (trialId: string, field = 'outcome', actor = peer) =>
  askQuery(lab.db, actor, { trialId, field, text }, at)

/** The signatures of the review; a release may have its own before them. */
const signedIn = async (trialId: string) =>
  (await listSignatures(lab.db, trialId)).filter(({ act }) => /^(approve|lock|unlock)$/.test(act))

const correction = async (trialId: string) => {
  const [first] = await listObservations(lab.db, trialId)
  return {
    trialId,
    kind: 'nothing' as const,
    text: '',
    observedAt: later(900),
    nonce: randomUUID(),
    correctsId: first?.id ?? 0,
    reason: 'the prompt was on the other phone',
  }
}

describe('a reviewer', () => {
  test('opens a query, an engineer answers, the reviewer closes it and approves, and a lead locks', async () => {
    const { trialId } = await concluded()
    const { id: queryId } = must(await ask(trialId), 'recorded')
    const onQuery = { trialId, queryId, text: 'I did, at 09:15.' }
    must(await answerQuery(lab.db, engineer, onQuery, at), 'recorded')
    must(await closeQuery(lab.db, peer, { trialId, queryId, text: '' }, at), 'recorded')
    await approvedAndLocked(lab.db, trialId)
    expect(await findTrialReview(lab.db, trialId)).toMatchObject({
      state: 'locked',
      queries: 1,
      openQueries: 0,
      approvedBy: 'Rae',
      lockedBy: 'Kim',
      lockedAt: later(2100),
    })
    expect((await signedIn(trialId)).map(({ act }) => act)).toEqual(['approve', 'lock'])
  })

  test.each([engineer, lead])('is no contributor: not $name', async (author) => {
    const { trialId } = await concluded()
    const refusal = await ask(trialId, 'outcome', author)
    expect(refusal).toMatchObject({ reason: expect.stringContaining('another person reviews it') })
    const approving = await approve(lab.db, trialId, { ...author, role: 'lead' })
    expect(approving).toMatchObject({
      reason: expect.stringMatching(/^You contributed to this trial \(.+\);/),
    })
  })

  test('becomes a contributor by correcting an observation', async () => {
    const { trialId } = await concluded()
    must(await observe(lab.db, reviewer, await correction(trialId), at), 'logged')
    expect(await approve(lab.db, trialId)).toMatchObject({ status: 'refused' })
    must(await approve(lab.db, trialId, closer), 'sealed')
  })

  test('can only query a field that this trial has', async () => {
    const [mine, other] = [await concluded(), await concluded()]
    const [foreign] = await listObservations(lab.db, other.trialId)
    for (const field of [`observation.${foreign?.id}`, 'command.9', 'colour', ''])
      expect(await ask(mine.trialId, field), field).toMatchObject({ field: 'field' })
    const [own] = await listObservations(lab.db, mine.trialId)
    for (const field of [`observation.${own?.id}`, 'command.1', 'startingState.batteryLevel'])
      must(await ask(mine.trialId, field), 'recorded')
  })

  test('is not needed for a trial that has not ended or has consumed nothing', async () => {
    const { trialId } = await armedTrial(lab.db)
    expect(await ask(trialId)).toMatchObject({ reason: expect.stringContaining('armed') })
  })
})

describe('a query', () => {
  test('that is open blocks the approval', async () => {
    const { trialId } = await concluded()
    const { id: queryId } = must(await ask(trialId), 'recorded')
    expect(await approve(lab.db, trialId)).toMatchObject({
      reason: expect.stringContaining('1 query is open'),
    })
    const unanswered = { trialId, queryId, text: '' }
    expect(await closeQuery(lab.db, reviewer, unanswered, at)).toMatchObject({ field: 'text' })
    const mistaken = { ...unanswered, text: 'asked about the wrong trial' }
    must(await closeQuery(lab.db, reviewer, mistaken, at), 'recorded')
    must(await approve(lab.db, trialId), 'sealed')
  })

  test('that is closed or of another trial accepts no answer', async () => {
    const [mine, other] = [await concluded(), await concluded()]
    const { id: queryId } = must(await ask(mine.trialId), 'recorded')
    const onQuery = { trialId: mine.trialId, queryId, text: 'the lead did so' }
    const elsewhere = { ...onQuery, trialId: other.trialId }
    expect(await answerQuery(lab.db, engineer, elsewhere, at)).toMatchObject({ field: 'queryId' })
    must(await closeQuery(lab.db, peer, onQuery, at), 'recorded')
    expect(await answerQuery(lab.db, engineer, onQuery, at)).toMatchObject({ field: 'queryId' })
  })

  test('is closed by a reviewer, never by an author', async () => {
    const { trialId } = await concluded()
    const { id: queryId } = must(await ask(trialId), 'recorded')
    const onQuery = { trialId, queryId, text: 'that is long settled' }
    expect(await closeQuery(lab.db, engineer, onQuery, at)).toMatchObject({ status: 'refused' })
  })
})

describe('an approval', () => {
  test('needs the role and a fresh proof for this act', async () => {
    const { trialId } = await concluded()
    for (const actor of [peer, admin])
      expect(await approve(lab.db, trialId, actor)).toMatchObject({
        reason: expect.stringContaining('needs the role lead'),
      })
    const proofId = await proofOf(lab.db, reviewer, 'lock', trialId, at)
    for (const given of [undefined, proofId])
      expect(await approveTrial(lab.db, reviewer, { trialId, proofId: given }, at)).toMatchObject({
        field: 'proof',
      })
    expect(await listReviewEvents(lab.db, trialId)).toEqual([])
  })

  test('seals the record: no query, no correction, no second approval', async () => {
    const { trialId } = await concluded()
    must(await approve(lab.db, trialId), 'sealed')
    for (const refused of [
      await ask(trialId),
      await observe(lab.db, engineer, await correction(trialId), at),
      await approve(lab.db, trialId, closer),
    ])
      expect(refused).toMatchObject({ reason: expect.stringContaining('approved') })
  })

  test('comes before the lock', async () => {
    const { trialId } = await concluded()
    expect(await lock(lab.db, trialId)).toMatchObject({ reason: 'it is approved first' })
  })
})

describe('an unlocking', () => {
  test('keeps both signatures, ends both and reopens the review', async () => {
    const { trialId } = await concluded()
    await approvedAndLocked(lab.db, trialId)
    must(await unlock(lab.db, trialId), 'sealed')
    const review = await findTrialReview(lab.db, trialId)
    expect(review).toMatchObject({ state: 'inReview', approvedBy: null, lockedAt: null })
    expect((await signedIn(trialId)).map(({ byName }) => byName)).toEqual(['Rae', 'Kim', 'Kim'])
    must(await ask(trialId), 'recorded')
  })

  test('needs a lead and a reason', async () => {
    const { trialId } = await concluded()
    await approvedAndLocked(lab.db, trialId)
    expect(await unlock(lab.db, trialId, engineer)).toMatchObject({ status: 'refused' })
    expect(await findTrialReview(lab.db, trialId)).toMatchObject({ state: 'locked' })
    // The lead who concluded it may: unlocking attests to nothing, and another person approves again.
    must(await unlock(lab.db, trialId, lead), 'sealed')
    const events = await listReviewEvents(lab.db, trialId)
    expect(events.at(-1)).toMatchObject({ kind: 'unlocked', text: reason, byId: 'l1' })
  })
})

describe('after the end of a trial', () => {
  test('an observation is corrected with a reason of ten characters, and none is added', async () => {
    const { trialId } = await concluded()
    const entry = await correction(trialId)
    const short = await observe(lab.db, engineer, { ...entry, reason: 'wrong' }, at)
    expect(short).toMatchObject({ field: 'reason' })
    const { correctsId: _, ...added } = entry
    expect(await observe(lab.db, engineer, added, at)).toMatchObject({
      reason: expect.stringContaining('under way'),
    })
    must(await observe(lab.db, engineer, entry, at), 'logged')
    // Pressing Save twice makes one entry.
    must(await observe(lab.db, engineer, entry, at), 'logged')
    expect(await listObservations(lab.db, trialId)).toHaveLength(3)
  })

  test('the same reason is refused for the next correction', async () => {
    const { trialId } = await concluded()
    const [one, two] = await listObservations(lab.db, trialId)
    const entry = await correction(trialId)
    must(await observe(lab.db, engineer, { ...entry, correctsId: one?.id ?? 0 }, at), 'logged')
    const again = { ...entry, nonce: randomUUID(), correctsId: two?.id ?? 0 }
    expect(await observe(lab.db, engineer, again, at)).toMatchObject({ field: 'reason' })
  })

  test('a corrected observation is no new reading of the device', async () => {
    const { trialId, device } = await concluded()
    const readings = () =>
      lab.sql`select count(*)::int as n from readings where device_id = ${device.id}`
    const before = await readings()
    const entry = { ...(await correction(trialId)), osVersion: '12.1.1', osBuild: '16C50' }
    must(await observe(lab.db, engineer, { ...entry, kind: 'newOsSeen' }, at), 'logged')
    expect(await readings()).toEqual(before)
  })

  test('the outcome is corrected only while a query asks about it, and the first decision stays', async () => {
    const { trialId } = await concluded()
    const anew = async (by = closer) => {
      const proofId = await proofOf(lab.db, by, 'overrule', trialId, at)
      const outcome = 'wrongVersionInstalled' as const
      const input = { trialId, outcome, reason: 'the build is another one', proofId }
      return correctOutcome(lab.db, by, input, at)
    }
    expect(await anew()).toMatchObject({ reason: expect.stringContaining('open query') })
    must(await ask(trialId), 'recorded')
    expect(await anew(peer)).toMatchObject({ reason: expect.stringContaining('role lead') })
    must(await anew(), 'corrected')
    const signature = (await checkSignatures(lab.db, trialId)).at(-1)
    expect(signature).toMatchObject({ act: 'overrule', byName: 'Kim', differences: [] })
    expect(await findTrial(lab.db, trialId)).toMatchObject({
      outcome: 'wrongVersionInstalled',
      concludedBy: 'Lee',
    })
    const decided = (await listOutcomeDecisions(lab.db, trialId)).map((one) => one.decided)
    expect(decided).toEqual(['installedAsExpected', 'wrongVersionInstalled'])
    // Whoever corrected it is an author now.
    expect(await approve(lab.db, trialId, closer)).toMatchObject({ status: 'refused' })
  })
})

test('an outcome that is corrected after an unlock breaks no signature from before it', async () => {
  const { trialId } = await concluded()
  await approvedAndLocked(lab.db, trialId)
  must(await unlock(lab.db, trialId), 'sealed')
  must(await ask(trialId), 'recorded')
  const proofId = await proofOf(lab.db, closer, 'overrule', trialId, later(2300))
  const outcome = 'wrongVersionInstalled' as const
  const input = { trialId, outcome, reason: 'the build is another one', proofId }
  must(await correctOutcome(lab.db, closer, input, later(2300)), 'corrected')
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked.map(({ act, differences }) => [act, differences])).toContainEqual(['lock', []])
  expect(checked.flatMap(({ differences }) => differences)).toEqual([])
})

test('a reply after the lock is stored, and breaks no signature', async () => {
  const { trialId, device, commandUuid } = await concluded()
  await approvedAndLocked(lab.db, trialId)
  const { enrollmentId, mdmServerId } = device
  const body = answerBody({ enrollmentId, commandUuid, status: 'Error', at: later(3000) })
  const eventId = (await keepEvent(lab.db, mdmServerId, body, later(3000))) ?? 0
  await readKeptEvent(lab.db, eventId, later(3000))
  const [kept] = await lab.sql`select read_state, trial_id from raw_events where id = ${eventId}`
  expect(kept).toMatchObject({ read_state: 'read', trial_id: trialId })
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked.flatMap(({ differences }) => differences)).toEqual([])
  expect(checked.slice(-2).map(({ act }) => act)).toEqual(['approve', 'lock'])
})

test('a device can still be queried when its trial is locked, and the query is not part of the trial', async () => {
  const { trialId, device } = await concluded()
  await approvedAndLocked(lab.db, trialId)
  const question = { deviceId: device.id, trialId }
  const { commandUuid } = must(await queryDevice(lab.db, engineer, question, later(3000)), 'asked')
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ trialId: null })
})
