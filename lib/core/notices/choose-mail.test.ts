import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { listDeliveries, listDueLanes, mailLane } from '@/lib/db/queries/outbox/deliveries'
import { getMailChoice } from '@/lib/db/queries/outbox/mail-choices'
import { stopServer } from '@/lib/db/queries/servers/servers'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { retryPauses } from '@/lib/domain/notice/delivery'
import type { Topic } from '@/lib/domain/notice/topics'
import { addServer } from '../testing/device'
import { must } from '../testing/people'
import { chooseMail } from './choose-mail'
import { type DeliverNotices, deliverNext } from './deliver-notices'

let lab: TestDb
let grace: Actor
beforeAll(async () => {
  lab = await createTestDb()
  const person = { name: 'Grace', email: 'grace@lab.example', role: 'viewer' as const }
  const id = await createPerson(lab.db, { ...person, password: 'correct horse battery staple' })
  grace = { ...person, id }
})
beforeEach(() => lab.sql`delete from notices`)
afterAll(() => lab.drop())

/** The database dates this event by its own clock, which is earlier. */
const future = new Date('2126-03-02T09:00:00Z')
const set = { mailIsSet: true }
const choose = (topics: readonly Topic[], withSimulated = false) =>
  chooseMail(lab.db, grace, { topics, withSimulated }, set)

/** The event of a notice: sending through a new server is stopped. */
async function serverStops(simulated = false): Promise<string> {
  const id = await addServer(lab.db, simulated)
  await stopServer(lab.db, id, 'two answers to one command')
  return id
}

type Mail = Parameters<DeliverNotices['mail']>[0]

function rounds(answer: Awaited<ReturnType<DeliverNotices['mail']>>, now = future) {
  const mails: Mail[] = []
  const mail = async (one: Mail) => {
    mails.push(one)
    return answer
  }
  const post = () => Promise.reject(new Error('no webhook is due'))
  const round = { db: lab.db, post, mail, baseUrl: 'https://oneway.example', clock: () => now }
  return { mails, next: () => deliverNext(round, mailLane) }
}

test('without a choice nothing is mailed, and each person chooses for themselves', async () => {
  expect(await getMailChoice(lab.db, grace.id)).toEqual({ topics: [], withSimulated: false })
  await serverStops()
  expect(await listDeliveries(lab.db, {}, 10)).toEqual([])
  must(await choose(['server.stopped']), 'saved')
  expect(await getMailChoice(lab.db, grace.id)).toMatchObject({ topics: ['server.stopped'] })
  const trail = await lab.sql`select kind, row_id from audit_log where table_name = 'mail_choices'`
  expect(trail).toMatchObject([{ kind: 'insert', row_id: grace.id }])
})

test('a chosen event is mailed: what happened and a link, and nothing else of the record', async () => {
  must(await choose(['server.stopped']), 'saved')
  const id = await serverStops()
  await serverStops(true)
  expect(await listDueLanes(lab.db, future)).toEqual([mailLane])
  const [delivery] = await listDeliveries(lab.db, {}, 10)
  const { mails, next } = rounds({ status: 'sent' })
  expect(await next()).toBe(true)
  expect(await next()).toBe(false)
  expect(mails).toEqual([
    {
      id: delivery?.noticeId,
      to: 'grace@lab.example',
      subject: 'Oneway: MDM server stopped',
      text: expect.stringContaining('https://oneway.example/servers\n'),
    },
  ])
  expect(JSON.stringify(mails)).not.toContain(id)
  expect(await listDeliveries(lab.db, {}, 10)).toMatchObject([
    { state: 'delivered', receiver: 'Grace', lastReason: 'accepted by the mail server' },
  ])
})

test('a mail that fails is tried again, with the same ID', async () => {
  must(await choose(['server.stopped'], true), 'saved')
  await serverStops(true)
  const reason = 'the mail server cannot be reached'
  const failing = rounds({ status: 'failed', reason })
  await failing.next()
  expect(await listDeliveries(lab.db, {}, 10)).toMatchObject([
    { state: 'waiting', tries: 1, lastStatus: null, lastReason: reason },
  ])
  const again = rounds({ status: 'sent' }, new Date(future.getTime() + (retryPauses[0] ?? 0)))
  await again.next()
  expect(again.mails[0]?.id).toBe(failing.mails[0]?.id)
  expect(again.mails[0]?.subject).toContain('(simulated)')
})

test('nothing is mailed to a disabled account; what waits for it is held', async () => {
  must(await choose(['server.stopped']), 'saved')
  await serverStops()
  await lab.sql`update users set disabled_at = now() where id = ${grace.id}`
  await serverStops()
  const { mails, next } = rounds({ status: 'sent' })
  expect(await next()).toBe(false)
  expect(mails).toEqual([])
  expect(await listDeliveries(lab.db, {}, 10)).toMatchObject([{ state: 'waiting', isHeld: true }])
  await lab.sql`update users set disabled_at = null where id = ${grace.id}`
})

test('without a mail server topics can be given up, not chosen', async () => {
  const none = { mailIsSet: false }
  const wanted = { topics: ['trial.lost' as const], withSimulated: false }
  expect(await chooseMail(lab.db, grace, wanted, none)).toMatchObject({
    status: 'refused',
    field: 'topics',
    reason: expect.stringContaining('No mail server'),
  })
  must(await chooseMail(lab.db, grace, { ...wanted, topics: [] }, none), 'saved')
})

test('an unknown topic and an absent person are refused', async () => {
  // A form sends text; the type is what it should be.
  const strange = ['trial.exploded'] as unknown as Topic[]
  expect(await choose(strange)).toMatchObject({ status: 'refused', field: 'topics' })
  const nobody = { ...grace, id: 'nobody' }
  const wanted = { topics: [], withSimulated: false }
  expect(await chooseMail(lab.db, nobody, wanted, set)).toMatchObject({
    reason: 'There is no such person.',
  })
})
