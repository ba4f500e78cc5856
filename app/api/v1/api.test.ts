import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, own, type ServedLab, serveLab } from '@/lib/auth/served-lab.testing'
import { addDevice, readingsOf } from '@/lib/core/testing/device'
import { later } from '@/lib/core/testing/people'
import { armedTrial, sentTrial } from '@/lib/core/testing/trial'
import { insertReadings } from '@/lib/db/queries/devices/readings'

let lab: ServedLab
let devices: typeof import('./devices/route').GET
let trials: typeof import('./trials/route').GET
let trial: typeof import('./trials/[id]/route').GET
let exported: typeof import('../exports/[file]/route').GET
let reader: string

beforeAll(async () => {
  lab = await serveLab()
  devices = (await import('./devices/route')).GET
  trials = (await import('./trials/route')).GET
  trial = (await import('./trials/[id]/route')).GET
  exported = (await import('../exports/[file]/route')).GET
  reader = (await keyFor(lab.db, ['read'])).key
})

afterAll(() => lab.end())

const ask = (path: string, key?: string) =>
  new Request(`${own}${path}`, {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  })
const oneTrial = (id: string, key?: string) =>
  trial(ask(`/api/v1/trials/${id}`, key), { params: Promise.resolve({ id }) })

test('without a key and without a session the answer is 401 in JSON', async () => {
  for (const answer of [await devices(ask('/api/v1/devices')), await oneTrial('x')]) {
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toEqual({ error: expect.any(String) })
  }
})

test('a key in the address, or of another scheme, is no key', async () => {
  expect((await devices(ask(`/api/v1/devices?key=${reader}&access_token=${reader}`))).status).toBe(
    401,
  )
  const basic = new Request(`${own}/api/v1/devices`, {
    headers: { authorization: `Basic ${reader}` },
  })
  expect((await devices(basic)).status).toBe(401)
})

test('a wrong key is refused although a session might be there', async () => {
  const answer = await devices(ask('/api/v1/devices', 'oneway_wrong'))
  expect(answer.status).toBe(401)
  expect(answer.headers.get('www-authenticate')).toContain('Bearer')
})

test('devices come a page at a time, each once, with readings that say where they are from', async () => {
  for (let n = 0; n < 5; n++) await addDevice(lab.db)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await devices(ask(`/api/v1/devices?environment=real&limit=2${query}`, reader))
    expect(answer.status).toBe(200)
    const page: { data: { id: string; osVersion: { source: string } }[]; next: string | null } =
      await answer.json()
    expect(page.data.every(({ osVersion }) => osVersion.source === 'typed')).toBe(true)
    seen.push(...page.data.map(({ id }) => id))
    cursor = page.next
  } while (cursor !== null)
  expect(seen).toHaveLength(5)
  expect(new Set(seen).size).toBe(5)
})

test('a trial is given with its commands and its sealed expectation, and a list finds it', async () => {
  const { trialId } = await armedTrial(lab.db)
  const answer = await oneTrial(trialId, reader)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    id: trialId,
    state: 'armed',
    commands: [],
    simulated: false,
  })
  const list = await trials(ask('/api/v1/trials?environment=real&state=armed', reader))
  expect(await list.json()).toMatchObject({
    environment: 'real',
    data: [{ id: trialId }],
    next: null,
  })
})

test('a trial that is not there is 404, whatever the id looks like', async () => {
  for (const id of ['00000000-0000-4000-8000-000000000000', "' or 1=1", '../../etc'])
    expect((await oneTrial(id, reader)).status).toBe(404)
})

test.each([
  'stat=armed',
  'state=flying',
  'limit=0',
  'limit=501',
  'environment=both',
  'environment=real&environment=simulated',
])('an address that asks for %s is refused with words', async (query) => {
  const answer = await trials(ask(`/api/v1/trials?${query}`, reader))
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ error: expect.any(String) })
})

test('exports open to a key with their scope only', async () => {
  const params = () => ({ params: Promise.resolve({ file: 'trials.csv' }) })
  const path = '/api/exports/trials.csv?environment=real'
  expect((await exported(ask(path, reader), params())).status).toBe(403)
  const answer = await exported(ask(path, (await keyFor(lab.db, ['export'])).key), params())
  expect(answer.status).toBe(200)
  expect(await answer.text()).toMatch(/^trial_id,/)
})

test('an export refuses a name in its address that no filter has', async () => {
  const params = () => ({ params: Promise.resolve({ file: 'trials.csv' }) })
  const { key } = await keyFor(lab.db, ['export'])
  for (const query of ['world=real', 'environment=real&outcom=refused', '__proto__=1']) {
    const answer = await exported(ask(`/api/exports/trials.csv?${query}`, key), params())
    expect(answer.status, query).toBe(400)
    expect(await answer.text()).toMatch(/^(?:world|outcom|__proto__): .*Accepted: state, /)
  }
})

test('a trial tells whether its device was seen on another OS, in the list and alone', async () => {
  const sent = await sentTrial(lab.db)
  const drafted = await armedTrial(lab.db)
  for (const [{ trialId }, endState] of [
    [sent, 'notSeen'],
    [drafted, null],
  ] as const) {
    expect(await (await oneTrial(trialId, reader)).json()).toMatchObject({ endState })
    const list = await (await trials(ask('/api/v1/trials?environment=real', reader))).json()
    expect(list.data).toContainEqual(expect.objectContaining({ id: trialId, endState }))
  }
  await insertReadings(
    lab.db,
    sent.device.id,
    readingsOf({ osVersion: '12.1', osBuild: '16B92' }, later(900)),
  )
  const after = await (await oneTrial(sent.trialId, reader)).json()
  expect(after).toMatchObject({ endState: 'changed' })
})
