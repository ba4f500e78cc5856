import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { cleanUpNotices, deliverNext } from '@/lib/core/notices/deliver-notices'
import { saveTarget, sendTestNotice } from '@/lib/core/notices/save-target'
import { createLanes } from '@/lib/core/release/send-lanes'
import { admin, must, now } from '@/lib/core/testing/people'
import { answering, startReceiver } from '@/lib/core/testing/receiver'
import { listDeliveries } from '@/lib/db/queries/outbox/deliveries'
import { findNoticeTarget } from '@/lib/db/queries/outbox/targets'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { keptDays, maxTries, retryPauses } from '@/lib/domain/notice/delivery'
import { deliverNotices, mailNotice, postNotice } from './notices'

let lab: TestDb
let clock: Date
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  lab = await createTestDb()
})
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})
afterAll(() => lab.drop())

const baseUrl = 'https://oneway.example'
const round = (post = postNotice) => ({
  ...{ db: lab.db, post, mail: mailNotice },
  ...{ baseUrl, clock: () => clock },
})
const pass = (ms: number) => {
  clock = new Date(clock.getTime() + ms)
}

/** A receiver with one test notice for it. */
async function receiverWith(...answers: Parameters<typeof startReceiver>) {
  clock = now
  const receiver = await startReceiver(...answers)
  stops.push(receiver.stop)
  const { url } = receiver
  const wished = { name: url, url, topics: [], withSimulated: false, isOn: false }
  const { targetId, secret = '' } = must(await saveTarget(lab.db, admin, wished, now), 'saved')
  await lab.sql`delete from rate_limits`
  const queue = async () => must(await sendTestNotice(lab.db, admin, targetId, now), 'queued')
  const { deliveryId } = await queue()
  const state = async (id = deliveryId) =>
    (await listDeliveries(lab.db, {}, 1000)).find((one) => one.id === id)
  return { ...receiver, targetId, secret, state, queue }
}

test('a notice arrives once, signed, and is delivered', async () => {
  const { received, targetId, secret, state } = await receiverWith(answering(204))
  expect(await deliverNext(round(), targetId)).toBe(true)
  expect(await deliverNext(round(), targetId)).toBe(false)
  expect(received).toHaveLength(1)
  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = received
  const { 'webhook-id': id, 'webhook-timestamp': seconds } = headers
  const key = Buffer.from(secret.slice(6), 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${signature}`)
  expect(seconds).toBe(String(now.getTime() / 1000))
  expect(path).toBe('/oneway')
  expect(JSON.parse(body)).toEqual({
    type: 'oneway.test',
    timestamp: now.toISOString(),
    data: { environment: 'real', link: 'https://oneway.example/notices' },
  })
  expect(await state()).toMatchObject({ state: 'delivered', tries: 1, lastStatus: 204 })
})

test('a failure is tried again after a pause, with the same ID and body', async () => {
  const { received, targetId, state } = await receiverWith(answering(500), answering(200))
  await deliverNext(round(), targetId)
  expect(await state()).toMatchObject({
    ...{ state: 'waiting', tries: 1, lastStatus: 500 },
    lastReason: 'the receiver answered 500',
    dueAt: new Date(now.getTime() + (retryPauses[0] ?? 0)),
  })
  expect(await deliverNext(round(), targetId)).toBe(false)
  pass(retryPauses[0] ?? 0)
  expect(await deliverNext(round(), targetId)).toBe(true)
  expect(await state()).toMatchObject({ state: 'delivered', tries: 2 })
  const [first, second] = received
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second?.body).toBe(first?.body)
  expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp'])
})

test('after the last try it is given up, and the receiver is not asked again', async () => {
  const { received, targetId, state } = await receiverWith(answering(503))
  for (const pauseMs of [...retryPauses, 0]) {
    expect(await deliverNext(round(), targetId)).toBe(true)
    pass(pauseMs)
  }
  expect(received).toHaveLength(maxTries)
  expect(await state()).toMatchObject({ state: 'givenUp', tries: maxTries, endedAt: clock })
  pass(retryPauses.at(-1) ?? 0)
  expect(await deliverNext(round(), targetId)).toBe(false)
})

test('410 gives it up at once and switches the receiver off', async () => {
  const { targetId, state, url } = await receiverWith(answering(410))
  const on = { name: url, url, topics: ['trial.lost' as const], withSimulated: false, isOn: true }
  must(await saveTarget(lab.db, admin, { ...on, id: targetId }, now), 'saved')
  await deliverNext(round(), targetId)
  expect(await state()).toMatchObject({ state: 'givenUp', tries: 1, lastStatus: 410 })
  expect(await findNoticeTarget(lab.db, targetId)).toMatchObject({
    isOn: false,
    offReason: expect.stringContaining('410'),
  })
})

test('a redirect is not followed', async () => {
  const other = await receiverWith(answering(200))
  const { targetId, state } = await receiverWith(answering(307, { Location: other.url }))
  await deliverNext(round(), targetId)
  expect(other.received).toEqual([])
  expect(await state()).toMatchObject({
    state: 'waiting',
    lastReason: expect.stringContaining('redirects'),
  })
})

test('a reset, an endless answer and a refused connection end the try in our own words', async () => {
  const reset = await receiverWith((response) => response.socket?.destroy())
  const endless = await receiverWith((response) => {
    response.writeHead(200)
    const write = (error?: Error | null) => {
      if (!error) response.write('canary'.repeat(10_000), write)
    }
    write()
  })
  const closed = await receiverWith(answering(200))
  await closed.stop()
  for (const { targetId } of [reset, endless, closed]) await deliverNext(round(), targetId)
  expect(await reset.state()).toMatchObject({
    state: 'waiting',
    lastReason: 'the connection was cut before an answer',
  })
  expect(await endless.state()).toMatchObject({ state: 'delivered', lastStatus: 200 })
  expect(await closed.state()).toMatchObject({ lastReason: 'no connection could be made' })
  expect(JSON.stringify(await listDeliveries(lab.db, {}, 1000))).not.toContain('canary')
})

test('a receiver that hangs holds up no other, and ends the try by time', async () => {
  const hanging = await receiverWith(() => undefined)
  const quick = await receiverWith(answering(200))
  const lanes = createLanes({ report: (error) => expect(error).toBeUndefined() })
  const slowly: typeof postNotice = async (url, headers, body) => {
    if (url !== hanging.url) return postNotice(url, headers, body)
    const answer = postNotice(url, headers, body)
    await expect.poll(() => quick.state()).toMatchObject({ state: 'delivered' })
    await hanging.stop()
    await answer
    return { failed: 'timedOut', detail: '' }
  }
  await deliverNotices({ ...round(slowly), lanes })
  expect(lanes.isBusy(hanging.targetId)).toBe(true)
  await lanes.idle()
  expect(quick.received).toHaveLength(1)
  expect(await hanging.state()).toMatchObject({
    state: 'waiting',
    lastReason: expect.stringContaining('no answer within'),
  })
})

test('two workers send each notice once', async () => {
  const { received, targetId, queue } = await receiverWith(answering(200))
  for (let one = 0; one < 7; one += 1) await queue()
  const drain = async () => {
    while (await deliverNext(round(), targetId));
  }
  await Promise.all([drain(), drain(), drain()])
  // A worker that found the only free row locked by another ends early; the next round takes what is left.
  await drain()
  const ids = received.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(8)
  expect(new Set(ids).size).toBe(8)
})

test('a worker that ends after the answer sends it again later, with the same ID', async () => {
  const { received, targetId, state } = await receiverWith(answering(200))
  const killed: typeof postNotice = async (...call) => {
    await postNotice(...call)
    throw new Error('killed')
  }
  await expect(deliverNext(round(killed), targetId)).rejects.toThrow('killed')
  expect(await deliverNext(round(), targetId)).toBe(false)
  pass(60_000)
  expect(await deliverNext(round(), targetId)).toBe(true)
  expect(received).toHaveLength(2)
  expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
  expect(await state()).toMatchObject({ state: 'delivered', tries: 2 })
})

test('the record of a try that was overtaken does not count', async () => {
  const { targetId, state } = await receiverWith(answering(500))
  const overtaken: typeof postNotice = async () => {
    pass(60_000)
    await deliverNext(
      round(async () => ({ httpStatus: 200, body: '' })),
      targetId,
    )
    return { httpStatus: 410, body: '' }
  }
  await deliverNext(round(overtaken), targetId)
  expect(await state()).toMatchObject({ state: 'delivered', tries: 2, lastStatus: 200 })
})

test('workers that die at every try do not try for ever', async () => {
  const { received, targetId, state } = await receiverWith(answering(200))
  const killed: typeof postNotice = () => Promise.reject(new Error('killed'))
  for (let one = 0; one < maxTries; one += 1) {
    await expect(deliverNext(round(killed), targetId)).rejects.toThrow('killed')
    pass(60_000)
  }
  await deliverNext(round(), targetId)
  expect(received).toEqual([])
  expect(await state()).toMatchObject({
    state: 'givenUp',
    lastReason: expect.stringContaining('cut off'),
  })
})

test('a secret that no key opens is a failed try, not an end of the worker', async () => {
  const { targetId, state, received } = await receiverWith(answering(200))
  await lab.sql`update notice_targets set secret = 'v1.00000000.' || split_part(secret, '.', 3) || '.' || split_part(secret, '.', 4)
    where id = ${targetId}`
  await deliverNext(round(), targetId)
  expect(received).toEqual([])
  expect(await state()).toMatchObject({
    state: 'waiting',
    lastReason: expect.stringContaining('secret'),
  })
})

test('what has ended is deleted after its time, and what waits too long is given up', async () => {
  const delivered = await receiverWith(answering(200))
  const waiting = await receiverWith(answering(500))
  await deliverNext(round(), delivered.targetId)
  pass((keptDays.waiting + 1) * 86_400_000)
  await cleanUpNotices(lab.db, clock)
  expect(await waiting.state()).toMatchObject({
    state: 'givenUp',
    lastReason: 'it waited for 7 days',
  })
  expect(await delivered.state()).toMatchObject({ state: 'delivered' })
  pass((keptDays.delivered - keptDays.waiting) * 86_400_000)
  await cleanUpNotices(lab.db, clock)
  expect(await delivered.state()).toBeUndefined()
  expect(await waiting.state()).toMatchObject({ state: 'givenUp' })
  pass(keptDays.ended * 86_400_000)
  await cleanUpNotices(lab.db, clock)
  expect(await listDeliveries(lab.db, {}, 1)).toEqual([])
  const [left] = await lab.sql`select count(*)::int as count from notices`
  expect(left).toEqual({ count: 0 })
})
