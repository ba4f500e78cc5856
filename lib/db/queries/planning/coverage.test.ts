import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice, goodReadings } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { questionsOf } from '@/lib/domain/planning/coverage'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { countDevices, listDevices } from '../devices/device-list'
import { updateDevice } from '../devices/devices'
import { countCoverage } from './coverage'
import { countTestsLeft, listUnusedDevices } from './unused-devices'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Trial = {
  state?: 'concluded' | 'registered'
  startBuild?: string
  startingState?: Record<string, unknown>
  simulated?: boolean
  productVersion?: string
}

/** A trial written as a row; how one gets there is tested elsewhere. */
async function addTrial(deviceId: string, given: Trial = {}) {
  const { state = 'concluded', startBuild = '16A404', simulated = false, productVersion } = given
  const slot = { installAction: 'Default' as const, productKey: 'iOSUpdate16B92' }
  const plan = { ...twoSlots, slots: [productVersion ? { ...slot, productVersion } : slot] }
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan }, now), 'saved')
  const starting = given.startingState ?? {}
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash,
        start_os, start_build, starting_state, consumed, outcome, concluded_at)
      values (${deviceId}, ${versionId}, ${state}, ${simulated}, now(), 'Erin', 'x', '12.0.1', ${startBuild},
        ${JSON.stringify(starting)}::jsonb, ${state === 'concluded'}, ${state === 'concluded' ? 'refused' : null}, ${now.toISOString()})`
    await tx`select recount_devices()`
  })
}

const tagsOf = async (environment: 'real' | 'simulated' = 'real') =>
  (await listUnusedDevices(lab.db, environment, now)).map(({ id }) => id)

test('a device is unused until a trial consumes its build or is under way on it', async () => {
  const [fresh, consumed, busy, later] = [
    await addDevice(lab.db),
    await addDevice(lab.db),
    await addDevice(lab.db),
    await addDevice(lab.db),
  ]
  await addTrial(consumed.id)
  await addTrial(busy.id, { state: 'registered' })
  await addTrial(later.id, { startBuild: '16A366' })
  const unused = await tagsOf()
  expect(unused).toContain(fresh.id)
  // Its trial began on another build.
  expect(unused).toContain(later.id)
  expect(unused).not.toContain(consumed.id)
  expect(unused).not.toContain(busy.id)
})

test('another supplement is another baseline, one that is not known is not', async () => {
  const frozen = (build: string) => ({
    startingState: { osSupplementalBuild: { value: build, source: 'mdm' } },
  })
  const supplement = { osSupplementalBuild: '16A404b' }
  const [other, same, silent] = [
    await addDevice(lab.db, { but: supplement }),
    await addDevice(lab.db, { but: supplement }),
    await addDevice(lab.db),
  ]
  await addTrial(other.id, frozen('16A404a'))
  await addTrial(same.id, frozen('16A404b'))
  await addTrial(silent.id, frozen('16A404a'))
  const unused = await tagsOf()
  expect(unused).toContain(other.id)
  expect(unused).not.toContain(same.id)
  expect(unused).not.toContain(silent.id)
})

test('a retired device, one without a build, and one whose version is none are no tests; one on 27 is, by declaration', async () => {
  const but = (readings: Partial<ReadingValues>) => addDevice(lab.db, { but: readings })
  const retired = await addDevice(lab.db)
  await updateDevice(lab.db, retired.id, { retiredAt: now })
  const none = [retired, await but({ osBuild: undefined }), await but({ osVersion: 'unreadable' })]
  const unused = await tagsOf()
  for (const { id } of none) expect(unused).not.toContain(id)
  const there = await but({ osVersion: '27.0' })
  const found = await listUnusedDevices(lab.db, 'real', now)
  const device = found.find(({ id }) => id === there.id)
  // What it offered before it was there is no offer any more; Apple's list is.
  expect(device && questionsOf(device)).toEqual([])
  expect(device && questionsOf({ ...device, listed: ['27.1'] })).toEqual([
    'iOS notSet declaration 27.0 27.1',
  ])
})

test('what it is offered comes from its own answer, without security responses', async () => {
  const [offer] = goodReadings.availableUpdates ?? []
  if (!offer) throw new Error('the test device is offered something')
  const { id } = await addDevice(lab.db, {
    but: {
      passcodePresent: true,
      availableUpdates: [offer, { ...offer, version: '12.0.1', securityResponse: true }],
    },
  })
  const silent = await addDevice(lab.db, { but: { availableUpdates: undefined } })
  const unused = await listUnusedDevices(lab.db, 'real', now)
  expect(unused.find((one) => one.id === id)).toMatchObject({
    ...{ startVersion: '12.0.1', passcode: 'set', offered: ['12.1'], reserved: false },
  })
  expect(unused.find((one) => one.id === silent.id)?.offered).toBeUndefined()
})

test('the number in a cell is the number of devices in the list it links to', async () => {
  const unused = await listUnusedDevices(lab.db, 'real', now)
  const able = unused.filter(
    ({ passcode, startVersion, offered }) =>
      passcode === 'notSet' && startVersion === '12.0.1' && offered?.includes('12.1') === true,
  )
  const filter = {
    ...({ platform: 'iOS', passcode: 'notSet', version: '12.0.1', reaches: '12.1' } as const),
  }
  expect(await countDevices(lab.db, { environment: 'real', filter }, now)).toBe(able.length)
  const { rows } = await listDevices(lab.db, { environment: 'real', filter, limit: 500 }, now)
  expect(rows.map(({ id }) => id).toSorted()).toEqual(able.map(({ id }) => id).toSorted())
  const all = { environment: 'real', filter: { unused: true } } as const
  expect(await countDevices(lab.db, all, now)).toBe(unused.length)
})

test('trials are counted by question in their environment, with the newest of each', async () => {
  const key = { availableUpdates: { value: goodReadings.availableUpdates, source: 'mdm' } }
  const passcode = { passcodePresent: { value: true, source: 'mdm' } }
  const [a, b, c] = [
    await addDevice(lab.db, { simulated: true }),
    await addDevice(lab.db, { simulated: true }),
    await addDevice(lab.db, { simulated: true }),
  ]
  await addTrial(a.id, { simulated: true, startingState: { ...key, ...passcode } })
  await addTrial(b.id, { simulated: true, productVersion: '12.1', startingState: passcode })
  // Nothing says which version its key names.
  await addTrial(c.id, { simulated: true, startingState: passcode })
  const counted = await countCoverage(lab.db, 'simulated')
  expect(counted.map(({ target, trials, passcode: of }) => [target, trials, of])).toEqual(
    expect.arrayContaining([
      ['12.1', 2, 'set'],
      [null, 1, 'set'],
    ]),
  )
  const both = counted.find(({ target }) => target === '12.1')
  expect(both).toMatchObject({ outcome: 'refused', primary: 'installed', platform: 'iOS' })
  expect(both?.last.at).toEqual(now)
})

test('an iPad on iOS 12 counts for iOS, whatever it runs today', async () => {
  const { id } = await addDevice(lab.db, { simulated: true })
  await updateDevice(lab.db, id, { platform: 'iPadOS', modelIdentifier: 'iPad7,5' })
  await addTrial(id, { simulated: true, productVersion: '12.4' })
  const counted = await countCoverage(lab.db, 'simulated')
  expect(counted.find(({ target }) => target === '12.4')?.platform).toBe('iOS')
})

test('the tests left of a version are the devices in the list it links to', async () => {
  const left = await countTestsLeft(lab.db, 'real')
  expect(left.length).toBeGreaterThan(0)
  for (const { platform, version, tests } of left) {
    const filter = { platform, version, unused: true }
    expect(await countDevices(lab.db, { environment: 'real', filter }, now)).toBe(tests)
  }
  const all = await listUnusedDevices(lab.db, 'real', now)
  expect(left.reduce((sum, { tests }) => sum + tests, 0)).toBe(all.length)
})

test('versions stand in the order of their numbers', async () => {
  for (const osVersion of ['11.10', '11.4', '9.3'])
    await addDevice(lab.db, { simulated: true, but: { osVersion, osBuild: `1${osVersion}` } })
  const versions = (await countTestsLeft(lab.db, 'simulated')).map(({ version }) => version)
  expect(versions).toEqual(expect.arrayContaining(['9.3', '11.4', '11.10']))
  const [a, b, c] = ['9.3', '11.4', '11.10'].map((version) => versions.indexOf(version))
  expect([a, b, c]).toEqual([a, b, c].toSorted((x, y) => (x ?? 0) - (y ?? 0)))
})
