import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { insertServer } from '../servers/servers'
import { countEventStates, findEventView, listRawEvents } from './event-list'
import { settleRawEvent } from './raw-events'
import { insertRawEvents } from './stored-bodies'

const now = new Date('2026-03-02T09:00:00Z')
let lab: TestDb
const servers = { real: '', simulated: '' }
const keys = { apiKey: 'the-api-key', hmacKey: 'the-webhook-key-of-16', kind: 'nanomdm' } as const

beforeAll(async () => {
  lab = await createTestDb()
  for (const environment of ['real', 'simulated'] as const)
    servers[environment] = await insertServer(lab.db, {
      ...keys,
      name: `The ${environment} server`,
      slug: environment,
      url: `http://127.0.0.1:9000/${environment}`,
      simulated: environment === 'simulated',
    })
})
afterAll(() => lab.drop())

const kept = async (environment: 'real' | 'simulated', text: string) => {
  const body = new TextEncoder().encode(text)
  const sha256 = createHash('sha256').update(body).digest('hex')
  const receipt = crypto.randomUUID()
  const event = { mdmServerId: servers[environment], receivedAt: now, body, sha256, receipt }
  const [id = 0] = await insertRawEvents(lab.db, [event])
  return id
}

test('an event that could be neither read nor matched shows its bytes, its server and its reason', async () => {
  const id = await kept('real', 'not json')
  await settleRawEvent(lab.db, id, { readState: 'unreadable', reason: 'the body is not JSON' })
  const view = await findEventView(lab.db, id)
  expect(view).toMatchObject({
    event: { readState: 'unreadable', reason: 'the body is not JSON' },
    server: { name: 'The real server' },
    labTag: null,
    trialNumber: null,
    requestType: null,
  })
  expect(new TextDecoder().decode(view?.event.body)).toBe('not json')
})

test('a CommandUUID that is none does not keep an event from being shown', async () => {
  const id = await kept('real', '{}')
  await settleRawEvent(lab.db, id, { readState: 'unmatched', commandUuid: '../../evil' })
  expect(await findEventView(lab.db, id)).toMatchObject({ event: { id }, requestType: null })
})

test('an event that never was is undefined', async () => {
  expect(await findEventView(lab.db, 999_999)).toBeUndefined()
})

test('the list never mixes the environments, and pages by id with nothing twice and nothing left out', async () => {
  const posted: number[] = []
  for (const text of ['a', 'b', 'c', 'd']) posted.push(await kept('simulated', text))
  await kept('real', 'e')
  const first = await listRawEvents(lab.db, { simulated: true, limit: 3 })
  const second = await listRawEvents(lab.db, {
    simulated: true,
    before: first.at(-1)?.id,
    limit: 3,
  })
  expect([...first, ...second].map(({ id }) => id)).toEqual(posted.toReversed())
  expect(first[0]).toMatchObject({ readState: 'unread', bytes: 1 })
  expect(await countEventStates(lab.db, true)).toEqual({ unread: 4 })
})
