import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countsThatDiffer } from '@/lib/db/audit/check-folds'
import { connect } from '@/lib/db/client'
import { countDevices } from '@/lib/db/queries/devices/device-list'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { putDeviceVerdict } from '@/lib/db/queries/devices/verdicts'
import { countTestsLeft, listUnusedDevices } from '@/lib/db/queries/planning/unused-devices'
import { countDevicesByVersion } from '@/lib/db/queries/waiting'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { transact } from '@/lib/db/transact'
import type { Environment } from '@/lib/domain/device/device'
import { casesOf, fc } from '@/lib/property.testing'
import { addDevice, readingsOf } from '../testing/device'
import { later, lead } from '../testing/people'
import { armedTrial, proofOf, sentTrial } from '../testing/trial'
import { voidTrial, withdrawTrial } from '../trials/close-trial'
import { retireDevice } from './retire-device'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const reason = 'words that say enough'

const readings = [
  { osVersion: '12.1', osBuild: '16B92' },
  { osVersion: '12.0.1', osBuild: '16A404' },
  { osVersion: '12.0.1', osBuild: '16A404', osSupplementalBuild: '16A404b' },
  // Without a version, without a build, with what is no version, and unknown.
  { osBuild: '16B92' },
  { osVersion: '12.0.1' },
  { osVersion: 'beta', osBuild: '16B92' },
  { osVersion: undefined, osBuild: '16B92' },
]
const actions = ['add', 'arm', 'send', 'read', 'read', 'read', 'judge', 'judge'] as const
const others = ['hold', 'free', 'retire', 'back', 'platform', 'withdraw', 'void'] as const
const anyStep = fc.record({
  action: fc.constantFrom(...actions, ...others),
  /** Which of the devices, or of the trials, so far. */
  pick: fc.nat(1000),
  simulated: fc.boolean(),
})
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
type Lab = { devices: string[]; trials: { trialId: string; device: { id: string } }[] }

/** The minute of the clock in which a verdict or a reservation ends. */
const minute = (n: number) => later(n * 60)

async function attempt({ devices, trials }: Lab, { action, pick, simulated }: Step, n: number) {
  const { db } = lab
  const begun = async (trial: Promise<Lab['trials'][number]>) => {
    const one = await trial
    trials.push(one)
    devices.push(one.device.id)
  }
  if (action === 'add') return devices.push((await addDevice(db, { simulated })).id)
  if (action === 'arm') return begun(armedTrial(db, { simulated }))
  if (action === 'send') return begun(sentTrial(db, { simulated }))
  const trial = trials[pick % trials.length]
  if (action === 'withdraw' && trial)
    return withdrawTrial(db, lead, { trialId: trial.trialId, reason }, minute(n))
  if (action === 'void' && trial) {
    const proofId = await proofOf(db, lead, 'voidTrial', trial.trialId, minute(n))
    return voidTrial(db, lead, { trialId: trial.trialId, reason, proofId }, minute(n))
  }
  const id = devices[pick % devices.length]
  return id && changeDevice(id, { action, pick, simulated }, n)
}

async function changeDevice(id: string, { action, pick }: Step, n: number) {
  const { db } = lab
  const set = (to: Parameters<typeof updateDevice>[2]) =>
    transact(db, lead, (tx) => updateDevice(tx, id, to)).catch(() => 'refused')
  switch (action) {
    case 'read':
      return insertReadings(db, id, readingsOf(readings[pick % readings.length] ?? {}, minute(n)))
    case 'judge':
      return putDeviceVerdict(db, verdictOf(id, pick, minute(n + (pick % 5) * 3)))
    case 'hold':
      return set({ holdReason: reason, heldAt: minute(n), holdUntil: minute(n + 1 + (pick % 9)) })
    case 'free':
      return set({ holdReason: null, heldAt: null, holdUntil: null })
    case 'platform':
      return set({ platform: pick % 2 ? 'iPadOS' : 'tvOS' })
    case 'retire':
    case 'back': {
      const to = action === 'retire' ? 'retired' : 'in use'
      return retireDevice(db, lead, { deviceId: id, to, reason }, minute(n))
    }
  }
}

const verdictOf = (deviceId: string, pick: number, staleAt: Date) => ({
  ...{ deviceId, reason: '', failing: 0, unknown: 0, warnings: 0, ruleSetVersion: '1' },
  overall: (['qualified', 'qualified', 'notYet', 'no'] as const)[pick % 4] ?? 'no',
  ...{ judgedAt: later(0), staleAt: pick % 3 === 0 ? null : staleAt },
})

/** What the pages show, against the conditions of the lists that they link to, which read every device. */
async function expectShown(environment: Environment, now: Date) {
  const { db } = lab
  const simulated = environment === 'simulated'
  const counted = (filter: Parameters<typeof countDevices>[1]['filter']) =>
    countDevices(db, { environment, filter }, now)
  const left = await countTestsLeft(db, environment)
  for (const { platform, version, tests } of left)
    expect(await counted({ platform, version, unused: true })).toBe(tests)
  const all = await counted({ unused: true })
  expect(left.reduce((sum, { tests }) => sum + tests, 0)).toBe(all)
  expect(await listUnusedDevices(db, environment, now)).toHaveLength(all)
  const [whole] = await lab.sql`
    select count(*)::int as n from devices where simulated = ${simulated} and retired_at is null`
  expect(await counted({})).toBe(whole?.n)
  const byVersion = await countDevicesByVersion(db, environment, now)
  expect(byVersion).toEqual(await byVersionFromDevices(simulated, now))
}

/** In its own words: every device looked at. */
async function byVersionFromDevices(simulated: boolean, now: Date) {
  const rows = await lab.owner.execute(sql`
    select d.platform, r.value #>> '{}' as version, count(*)::int as devices,
      count(*) filter (where (d.hold_reason is null or d.hold_until <= ${now.toISOString()}) and not exists (
        select from trials t where t.device_id = d.id and t.state in ('registered', 'armed', 'released', 'observing')))::int as free,
      count(*) filter (where exists (select from device_verdicts v where v.device_id = d.id and v.overall = 'qualified'
        and (v.stale_at is null or v.stale_at > ${now.toISOString()})))::int as qualified
    from devices d left join current_readings r on r.device_id = d.id and r.field = 'osVersion'
    where d.simulated = ${simulated} and d.retired_at is null
    group by 1, 2 order by 1, version_sort_key(r.value #>> '{}') desc nulls last, coalesce(r.value #>> '{}', '')`)
  return [...rows]
}

const beginning: Step[] = (['arm', 'send', 'add', 'judge', 'hold', 'retire'] as const).map(
  (action, pick) => ({ action, pick, simulated: false }),
)

test('whatever happens to devices, their readings, trials and verdicts, the counts are what a recount gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 30, maxLength: 50 }), async (random) => {
      const made: Lab = { devices: [], trials: [] }
      for (const [index, step] of [...beginning, ...random].entries()) {
        const n = 30 + index
        await attempt(made, step, n)
        expect(await countsThatDiffer(lab.sql), `after step ${index}, ${step.action}`).toEqual([])
        if (index % 4 === 0) await expectShown(step.simulated ? 'simulated' : 'real', minute(n))
      }
      await expectShown('real', minute(200))
    }),
    { numRuns: casesOf(3) },
  )
}, 300_000)

test('changes of the same devices by many at once are all counted, and none waits for another for ever', async () => {
  const devices: string[] = []
  for (let n = 0; n < 4; n += 1) devices.push((await addDevice(lab.db)).id)
  const pool = connect(lab.url, { max: 8 })
  const writer = async (seed: number) => {
    for (let n = 0; n < 30; n += 1) {
      const pick = (seed * 7 + n * 3) % 101
      const [id, other] = [devices[pick % 4], devices[(pick + 1) % 4]]
      if (!id || !other) throw new Error('no device')
      const os = readings[pick % readings.length] ?? {}
      if (pick % 3 === 0) await insertReadings(pool.db, id, readingsOf(os, minute(n + seed)))
      else if (pick % 3 === 1) await putDeviceVerdict(pool.db, verdictOf(id, pick, minute(n)))
      // Two devices in one transaction, always in the order that everybody locks them in.
      else
        await transact(pool.db, lead, async (tx) => {
          for (const one of [id, other].toSorted())
            await updateDevice(tx, one, {
              ...{ holdReason: reason, heldAt: minute(n), holdUntil: minute(n + 5) },
              ...(pick % 2 && { holdReason: null, heldAt: null, holdUntil: null }),
            })
          await putDeviceVerdict(tx, verdictOf(id, pick + 1, minute(n)))
        })
    }
  }
  try {
    await Promise.all(Array.from({ length: 8 }, (_, seed) => writer(seed)))
  } finally {
    await pool.end()
  }
  expect(await countsThatDiffer(lab.sql)).toEqual([])
}, 300_000)

test('of two changes of a device that overlap, neither waits, and the later commit counts both', async () => {
  const { id } = await addDevice(lab.db)
  const own = connect(lab.url, { max: 1, asOwner: true })
  const standing = () => lab.sql`
    select held, qualified, version from counted_devices where device_id = ${id}`
  try {
    await own.sql.begin(async (tx) => {
      await tx`update devices set hold_reason = ${reason} where id = ${id}`
      await putDeviceVerdict(lab.db, verdictOf(id, 0, minute(1)))
      expect(await standing()).toMatchObject([{ held: false, qualified: true }])
    })
    expect(await standing()).toMatchObject([{ held: true, qualified: true }])
    await own.sql.begin(async (tx) => {
      await tx`update device_verdicts set overall = 'no' where device_id = ${id}`
      await insertReadings(lab.db, id, readingsOf({ osVersion: '12.4' }, minute(300)))
    })
    expect(await standing()).toMatchObject([{ held: true, qualified: false, version: '12.4' }])
  } finally {
    await own.end()
  }
  expect(await countsThatDiffer(lab.sql)).toEqual([])
})

test('a forged count is found, the app may not write one, and a recount mends it', async () => {
  await addDevice(lab.db)
  await expect(lab.db.execute('update device_counts set devices = 1')).rejects.toThrow()
  await expect(lab.db.execute('delete from counted_devices')).rejects.toThrow()
  await expect(lab.db.execute('select recount_devices()')).rejects.toThrow()
  await expect(lab.sql`delete from counted_devices`).rejects.toThrow('only the database writes')
  await pastTriggers(lab.sql, (tx) => tx`update device_counts set devices = devices + 1`)
  expect((await countsThatDiffer(lab.sql)).map(({ table }) => table)).toContain('device_counts')
  await lab.sql`select recount_devices()`
  expect(await countsThatDiffer(lab.sql)).toEqual([])
})
