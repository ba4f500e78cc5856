import type { Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceSchema, pageOf, trialSchema } from '@/lib/api/schema'
import { keyFor } from '@/lib/auth/served-lab.testing'
import { handOver, takeDevice } from '@/lib/core/devices/custody'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must } from '@/lib/core/testing/people'
import { armedTrial } from '@/lib/core/testing/trial'
import { createPerson } from '@/lib/credentials/people'
import { connect } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createApi } from './api'
import { createFront } from './front'
import { trustedProxies } from './request-headers'

let lab: TestDb
let reader: Awaited<ReturnType<typeof keyFor>>
let origin: string
const servers: Server[] = []
const errors: unknown[] = []
/** What was left to the pages. */
const passedOn: string[] = []

/** The front of a lab whose lists come from this database. */
async function serve(db: TestDb['db']): Promise<string> {
  const clock = () => new Date()
  const report = (error: unknown) => void errors.push(error)
  const answer = createApi({ db, recordDb: db, clock, report })
  const server = createFront({
    baseUrl: 'http://127.0.0.1:3000',
    https: false,
    dev: false,
    isTrusted: trustedProxies([]),
    icon: Buffer.from('<svg/>'),
    isReady: async () => undefined,
    webhook: (_request, response) => void response.end(),
    page: (request, response) => {
      if (answer(request, response)) return
      passedOn.push(request.url ?? '')
      response.writeHead(404).end()
    },
    refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

beforeAll(async () => {
  lab = await createTestDb()
  reader = await keyFor(lab.db, ['read'])
  origin = await serve(lab.db)
})
afterAll(async () => {
  for (const server of servers) server.close().closeAllConnections()
  await lab.drop()
})

const ask = (path: string, key?: string, init: RequestInit = {}, at = origin) =>
  fetch(at + path, {
    ...init,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  })

test('a list is given as its schema says, with who has a device and who was offered it', async () => {
  const { id } = await addDevice(lab.db)
  const now = new Date()
  must(await takeDevice(lab.db, engineer, { deviceId: id, place: 'Shelf 4' }, now), 'taken')
  const wanted = { name: 'Otto', email: 'otto@lab.example', role: 'engineer' as const }
  const toId = await createPerson(lab.db, { ...wanted, password: 'correct horse battery staple' })
  const offer = { deviceId: id, toId, place: 'Desk', note: '' }
  must(await handOver(lab.db, engineer, offer, now), 'offered')
  const answer = await ask('/api/v1/devices?environment=real', reader.key)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  const page = await answer.json()
  expect(pageOf(deviceSchema.strict()).parse(page).data).toEqual([
    expect.objectContaining({
      id,
      custody: { holderName: engineer.name, since: now.toISOString(), place: 'Shelf 4' },
      pendingHandOver: {
        toName: wanted.name,
        offeredByName: engineer.name,
        offeredAt: now.toISOString(),
      },
    }),
  ])
})

test('trials come as their schema says', async () => {
  const { trialId } = await armedTrial(lab.db)
  const answer = await ask('/api/v1/trials?environment=real', reader.key)
  const { data } = pageOf(trialSchema.strict()).parse(await answer.json())
  expect(data).toEqual([expect.objectContaining({ id: trialId, state: 'armed' })])
})

test('what is no list, or comes without a key, is left to the pages', async () => {
  passedOn.length = 0
  const { key } = reader
  await ask('/api/v1/devices?limit=2')
  await ask('/api/v1/devices/', key)
  await ask('/api/exports/trials.csv', key)
  await ask('/api/v1/devices', key, { method: 'POST' })
  await ask('/api/v1/devices', key, { method: 'HEAD' })
  expect(passedOn).toEqual([
    '/api/v1/devices?limit=2',
    '/api/v1/devices/',
    '/api/exports/trials.csv',
    '/api/v1/devices',
    '/api/v1/devices',
  ])
})

test('a key that is unknown or of another scope is refused, and the refusal is in the trail', async () => {
  const unknown = await ask('/api/v1/devices', 'oneway_wrong')
  expect(unknown.status).toBe(401)
  expect(unknown.headers.get('www-authenticate')).toContain('Bearer')
  const other = await keyFor(lab.db, ['export'])
  const refused = await ask('/api/v1/devices', other.key)
  expect(refused.status).toBe(403)
  expect(await refused.json()).toEqual({ error: expect.any(String) })
  const [entry] = await lab.sql`select count(*)::int as n from audit_log
    where kind = 'refused' and by_id = ${other.actor.id}`
  expect(entry).toEqual({ n: 1 })
})

test('an address with an unknown name is refused, and the message names it', async () => {
  const answer = await ask('/api/v1/devices?platfrom=iOS', reader.key)
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('platfrom')
})

test('requests at once count each, and more than 120 in a minute wait', async () => {
  const { key } = await keyFor(lab.db, ['read'])
  const all = Array.from({ length: 125 }, async () => {
    const answer = await ask('/api/v1/trials?limit=1', key)
    await answer.arrayBuffer()
    return { status: answer.status, wait: answer.headers.get('retry-after') }
  })
  const answers = await Promise.all(all)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(120)
  const late = answers.filter(({ status }) => status === 429)
  expect(late).toHaveLength(5)
  for (const { wait } of late) expect(Number(wait)).toBeGreaterThan(0)
})

test('a list is compressed for who accepts it, and says on what it depends', async () => {
  for (let n = 0; n < 3; n += 1) await addDevice(lab.db)
  const answer = await ask('/api/v1/devices', reader.key)
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  expect(answer.headers.get('vary')).toContain('accept-encoding')
  const { data } = await answer.json()
  const plain = await fetch(`${origin}/api/v1/devices`, {
    headers: { authorization: `Bearer ${reader.key}`, 'accept-encoding': 'br, gzip;q=0' },
  })
  expect(plain.headers.get('content-encoding')).toBe(null)
  expect(await plain.json()).toMatchObject({ data })
})

test('a database that is away is 503 with words, and anything else 500 without its text', async () => {
  const { db, end } = connect('postgres://127.0.0.1:9/none', { max: 1, connectSeconds: 1 })
  const away = await ask('/api/v1/devices', reader.key, {}, await serve(db))
  await end()
  expect(away.status).toBe(503)
  expect(await away.json()).toEqual({ error: expect.any(String) })
  expect(errors).toEqual([])
  await lab.sql`alter table custom_fields rename to custom_fields_away`
  const failed = await ask('/api/v1/devices', reader.key)
  await lab.sql`alter table custom_fields_away rename to custom_fields`
  expect(failed.status).toBe(500)
  expect(await failed.text()).not.toContain('custom_fields')
  expect(errors).toHaveLength(1)
})
