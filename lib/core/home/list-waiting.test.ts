import { afterEach, beforeEach, expect, test } from 'vitest'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { noteError } from '../record/note-error'
import { answerQuery, askQuery, closeQuery } from '../record/query-trial'
import { approve, closer, peer, reviewer } from '../record/review.testing'
import { concludedTrial } from '../record/trial-trip.testing'
import { admin, engineer, later, must } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { listWaiting, readHome } from './list-waiting'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

const at = later(1500)
const waitingOf = async (actor: Actor, now = at) => {
  const items = await listWaiting(lab.db, actor, 'real', now)
  return Object.fromEntries(items.map(({ kind, count }) => [kind, count]))
}

test('nothing waits in an empty lab, for nobody', async () => {
  for (const actor of [reviewer, engineer, admin])
    expect(await readHome(lab.db, actor, 'real', at)).toEqual({
      waiting: [],
      live: [],
      liveCounts: [],
      versions: [],
    })
})

test('a concluded trial waits for a lead who did not contribute, then for the lock, and in no other environment', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  expect(await waitingOf(reviewer)).toMatchObject({ reviews: 1 })
  expect(await waitingOf({ ...engineer, role: 'lead' })).not.toHaveProperty('reviews')
  expect(await waitingOf(peer)).not.toHaveProperty('reviews')
  expect(await listWaiting(lab.db, reviewer, 'simulated', at)).toEqual([])
  must(await approve(lab.db, trialId), 'sealed')
  const after = await waitingOf(closer)
  expect(after).toMatchObject({ locks: 1 })
  expect(after).not.toHaveProperty('reviews')
})

test('a query waits for a contributor until it is answered, then for a reviewer until it is closed', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const text = 'Who read the version off the screen?'
  const asked = await askQuery(lab.db, peer, { trialId, field: 'outcome', text }, at)
  const onQuery = { trialId, queryId: must(asked, 'recorded').id, text: 'I did, at 09:15.' }
  expect(await waitingOf(engineer)).toMatchObject({ queriesToAnswer: 1 })
  expect(await waitingOf(peer)).not.toHaveProperty('queriesToClose')
  // Nobody can approve over an open query, so the trial does not wait for that.
  expect(await waitingOf(reviewer)).not.toHaveProperty('reviews')
  must(await answerQuery(lab.db, engineer, onQuery, at), 'recorded')
  expect(await waitingOf(engineer)).not.toHaveProperty('queriesToAnswer')
  expect(await waitingOf(peer)).toMatchObject({ queriesToClose: 1 })
  must(await closeQuery(lab.db, peer, { ...onQuery, text: '' }, at), 'recorded')
  expect(await waitingOf(peer)).not.toHaveProperty('queriesToClose')
  expect(await waitingOf(reviewer)).toMatchObject({ reviews: 1 })
})

test('a live trial has its step and clock, and past its deadline it waits to be concluded', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  const { live, liveCounts, versions } = await readHome(lab.db, engineer, 'real', later(200))
  expect(live).toMatchObject([
    { id: trialId, state: 'observing', deviceId: device.id, slots: 2, unanswered: 1, next: 2 },
  ])
  expect(live[0]?.deadlineAt).toEqual(later(121 + 3600))
  expect(liveCounts).toEqual([{ state: 'observing', trials: 1 }])
  // The other one is the spare, whose verdict is cached; the trial's own device is not free.
  expect(versions).toEqual([
    { platform: 'iOS', version: '12.0.1', devices: 2, free: 1, qualified: 1 },
  ])
  expect(await waitingOf(engineer, later(200))).not.toHaveProperty('deadlines')
  expect(await waitingOf(engineer, later(4000))).toMatchObject({ deadlines: 1 })
})

test('an armed trial is ready for its first command, and a counter-signature waits where two people release', async () => {
  await armedTrial(lab.db, { twoPersonRelease: 'always' })
  const { live, waiting } = await readHome(lab.db, reviewer, 'real', later(5))
  expect(live).toMatchObject([{ state: 'armed', next: 1, unanswered: null, held: null }])
  expect(waiting).toMatchObject([{ kind: 'counterSignatures', count: 1 }])
})

test('an unknown error code waits until somebody has written a note about it', async () => {
  const { trialId } = await sentTrial(lab.db)
  await lab.sql`insert into error_sightings (domain, code, place, command_uuid, device_id, request_type, at)
    select 'NewErrorDomain', 77, 'reply', command_uuid, device_id, request_type, now()
    from commands where trial_id = ${trialId} limit 1`
  expect(await waitingOf(engineer, later(200))).toMatchObject({ newErrors: 1 })
  const note = { domain: 'NewErrorDomain', code: 77, text: 'Seen while the disk was full.' }
  must(await noteError(lab.db, engineer, { ...note, radar: '' }, later(300)), 'recorded')
  expect(await waitingOf(engineer, later(400))).not.toHaveProperty('newErrors')
})

test('a server that does not answer waits for an admin only', async () => {
  await sentTrial(lab.db)
  await lab.sql`insert into server_silences (mdm_server_id, since, tries, next_try_at, reason)
    select id, now(), 1, now(), 'no answer' from mdm_servers limit 1`
  expect(await waitingOf(admin)).toEqual({ servers: 1 })
  expect(await waitingOf(reviewer)).not.toHaveProperty('servers')
})

test('releases are judged again once anything enters the trail, and at the latest after 15 s', async () => {
  const { trialId } = await armedTrial(lab.db, { twoPersonRelease: 'always' })
  const set = (state: string) =>
    pastTriggers(lab.sql, (tx) => tx`update trials set state = ${state} where id = ${trialId}`)
  expect(await waitingOf(reviewer, later(1))).toMatchObject({ counterSignatures: 1 })
  // A change that no entry tells of: the number is used again, but not for long.
  await set('withdrawn')
  expect(await waitingOf(reviewer, later(14))).toMatchObject({ counterSignatures: 1 })
  expect(await waitingOf(reviewer, later(16))).not.toHaveProperty('counterSignatures')
  await set('armed')
  expect(await waitingOf(reviewer, later(17))).not.toHaveProperty('counterSignatures')
  const changed = { changedAt: later(18), changedBy: 'Lee' }
  await storeLabSetting(lab.db, 'twoPersonRelease', 'always', changed)
  expect(await waitingOf(reviewer, later(18))).toMatchObject({ counterSignatures: 1 })
})
