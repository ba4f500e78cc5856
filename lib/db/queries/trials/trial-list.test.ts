import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { insertDevice } from '../devices/devices'
import { insertServer } from '../servers/servers'
import { insertProtocol, insertProtocolVersion } from './protocols'
import { listStartVersions } from './trial-filter'
import { countTrials, listTrials, type TrialQuery } from './trial-list'
import { insertTrial, updateTrial } from './trials'

const now = new Date('2026-03-02T09:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)

let lab: TestDb
let versionId: string
/** T-numbers in the order the trials were drafted. */
let numbers: number[]

const plan = {
  title: 'Download, then install',
  question: 'Does it?',
  slots: [{ installAction: 'Default' as const, productKey: 'iOSUpdate16B92' }],
  conditions: {},
  steps: [],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed' as const,
  deadlineMinutes: 60,
}

const addTrial = async (
  name: string,
  input: { startOs: string; releasedAt?: Date; mdmServerId?: string },
) => {
  const { startOs, releasedAt, mdmServerId } = input
  const device = await insertDevice(lab.db, { name, labTag: name, platform: 'iOS', mdmServerId })
  const { id, number } = await insertTrial(lab.db, {
    deviceId: device.id,
    protocolVersionId: versionId,
    state: 'draft',
    draftedAt: now,
    draftedBy: 'Erin',
  })
  if (releasedAt) await updateTrial(lab.db, id, { startOs, releasedAt, releasedBy: 'Erin' })
  return number
}

beforeAll(async () => {
  lab = await createTestDb()
  const protocolId = await insertProtocol(lab.db, 'Erin', now)
  const version = { protocolId, version: 1, plan, by: { id: 'erin', name: 'Erin' }, now }
  versionId = (await insertProtocolVersion(lab.db, version)).id
  numbers = [
    await addTrial('A-1', { startOs: '11.4', releasedAt: later(30) }),
    await addTrial('A-2', { startOs: '11.10', releasedAt: later(10) }),
    await addTrial('A-3', { startOs: '' }),
    await addTrial('A-4', { startOs: '11.4', releasedAt: later(10) }),
    await addTrial('A-5', { startOs: '9.3', releasedAt: later(20) }),
  ]
  const virtual = { slug: 'v', name: 'v', kind: 'nanomdm' as const, url: 'http://127.0.0.1:9' }
  const mdmServerId = await insertServer(lab.db, {
    ...virtual,
    apiKey: 'k',
    hmacKey: 'k',
    simulated: true,
  })
  await addTrial('V-1', { startOs: '12.0.1', releasedAt: later(5), mdmServerId })
})
afterAll(() => lab.drop())

/** The lab tags of every page, first forwards to the end and then back to the beginning. */
const walk = async (query: TrialQuery) => {
  const forwards: (string | null)[][] = []
  const backwards: (string | null)[][] = []
  let page = await listTrials(lab.db, query)
  forwards.push(page.rows.map(({ labTag }) => labTag))
  while (page.next) {
    page = await listTrials(lab.db, { ...query, cursor: page.next })
    forwards.push(page.rows.map(({ labTag }) => labTag))
  }
  while (page.previous) {
    page = await listTrials(lab.db, { ...query, cursor: page.previous })
    backwards.push(page.rows.map(({ labTag }) => labTag))
  }
  return { forwards, backwards }
}

test.each([
  ['number', 'desc', ['A-5', 'A-4', 'A-3', 'A-2', 'A-1']],
  ['number', 'asc', ['A-1', 'A-2', 'A-3', 'A-4', 'A-5']],
  ['released', 'desc', ['A-1', 'A-5', 'A-4', 'A-2', 'A-3']],
  ['released', 'asc', ['A-3', 'A-2', 'A-4', 'A-5', 'A-1']],
] as const)('by %s, %s: every trial once, forwards and back', async (sort, direction, order) => {
  const query = { environment: 'real' as const, sort, direction }
  const { forwards, backwards } = await walk({ ...query, limit: 2 })
  expect(forwards.flat()).toEqual(order)
  expect(forwards.map(({ length }) => length)).toEqual([2, 2, 1])
  expect(backwards).toEqual(forwards.slice(0, -1).toReversed())
  expect((await listTrials(lab.db, query)).next).toBeUndefined()
})

test('the two environments are never in one list, one count or one choice of versions', async () => {
  const real = await listTrials(lab.db, { environment: 'real' })
  const simulated = await listTrials(lab.db, { environment: 'simulated' })
  expect(real.rows.map(({ simulated }) => simulated)).toEqual([false, false, false, false, false])
  expect(simulated.rows).toMatchObject([{ labTag: 'V-1', simulated: true }])
  expect(await countTrials(lab.db, { environment: 'simulated' })).toBe(1)
  expect(await listStartVersions(lab.db, 'simulated')).toEqual(['12.0.1'])
})

test('versions are offered in the order of versions, each once', async () => {
  expect(await listStartVersions(lab.db, 'real')).toEqual(['9.3', '11.4', '11.10'])
})

test('a filter narrows the list and its count alike', async () => {
  const query = { environment: 'real' as const, filter: { version: '11.4' } }
  const { rows } = await listTrials(lab.db, query)
  expect(rows.map(({ labTag }) => labTag)).toEqual(['A-4', 'A-1'])
  expect(await countTrials(lab.db, query)).toBe(2)
  const all = { environment: 'real' as const }
  expect(await countTrials(lab.db, all)).toBe(5)
  expect(await countTrials(lab.db, all, 3)).toBe(4)
  expect(await countTrials(lab.db, query, 3)).toBe(2)
  const text = { environment: 'real' as const, filter: { text: `T-${numbers[2]}` } }
  expect((await listTrials(lab.db, text)).rows).toMatchObject([{ labTag: 'A-3' }])
})

test('a row says what the list shows of device and protocol', async () => {
  const { rows } = await listTrials(lab.db, { environment: 'real', filter: { text: 'A-1' } })
  expect(rows).toMatchObject([
    {
      deviceName: 'A-1',
      protocolTitle: 'Download, then install',
      protocolVersion: 1,
      target: 'iOSUpdate16B92',
      startOs: '11.4',
    },
  ])
})

test.each(['after-', "after-1' or 1=1", 'x', 'after-99999999999', 'after-1-99999999999999999'])(
  'a mangled cursor (%s) begins at the first page',
  async (cursor) => {
    const page = await listTrials(lab.db, { environment: 'real', sort: 'released', cursor })
    expect(page.rows[0]?.labTag).toBe('A-1')
  },
)
