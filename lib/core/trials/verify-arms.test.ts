import { afterAll, beforeAll, expect, test } from 'vitest'
import { findArmList } from '@/lib/db/queries/trials/arms'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { copyTrial } from '../record/copy-trial'
import { twoArms } from '../testing/arms'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { reviewedProtocol, twoSlots } from '../testing/trial'
import { draftTrial, registerTrial } from './prepare-trial'
import { retireProtocol } from './review-protocol'
import { verifyArms } from './verify-arms'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const viewer: Actor = { id: 'v1', name: 'Vic', role: 'viewer' }

async function assigned(count: number) {
  const versionId = await reviewedProtocol(lab.db, twoArms)
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const { id } = await addDevice(lab.db)
    const draft = { deviceId: id, protocolVersionId: versionId, expectation: 'It installs.' }
    ids.push(must(await draftTrial(lab.db, engineer, draft, now), 'done').trialId)
  }
  const verify = () => verifyArms(lab.db, viewer, { versionId, simulated: false })
  return { versionId, ids, verify }
}

test('what was drawn is what follows from the seed, which is shown once the version is retired', async () => {
  const { versionId, verify } = await assigned(5)
  const open = await verify()
  expect(open?.problems).toEqual([])
  expect(open?.list).toMatchObject({ seed: undefined, method: 'oneway-arms-1' })
  expect(open?.assignments.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5])
  for (const { arm, block, drawn } of open?.assignments ?? []) expect(drawn).toEqual({ arm, block })
  const reason = 'enough trials were run with it'
  must(await retireProtocol(lab.db, lead, { versionId, reason }, later(60)), 'done')
  expect((await verify())?.list?.seed).toBe((await findArmList(lab.db, versionId, false))?.seed)
})

test('the copy of a trial has its arm and the hash of the seed, and the seed once the version is retired', async () => {
  const { versionId, ids } = await assigned(1)
  const list = await findArmList(lab.db, versionId, false)
  const copy = async (at = now) => {
    const made = must(await copyTrial(lab.db, lead, { trialId: ids[0] ?? '' }, at), 'copied')
    return made.copy
  }
  const before = await copy()
  expect(before.record.armAssignment).toMatchObject([{ method: 'random', position: 1 }])
  expect(before.record.armList).toMatchObject([{ seed_sha256: list?.seedSha256 }])
  expect(before.record.armSeed).toEqual([])
  expect(JSON.stringify(before)).not.toContain(list?.seed)
  const reason = 'enough trials were run with it'
  must(await retireProtocol(lab.db, lead, { versionId, reason }, later(60)), 'done')
  expect((await copy(later(60))).record.armSeed).toEqual([{ id: list?.id, seed: list?.seed }])
})

/** Like a superuser who disables the triggers. */
const behindTheTriggers = (statement: string) =>
  lab.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql.unsafe(statement)
  })

test.each([
  [
    'another arm',
    `set arm = case arm when 'None' then 'Passcode' else 'None' end`,
    /^T-\d+: recorded in arm/,
  ],
  ['another block', 'set block = 7', /block 7; position/],
  ['another position', 'set position = 9', /no trial has position/],
])('an altered assignment is named: %s', async (_, change, named) => {
  const { ids, verify } = await assigned(3)
  await behindTheTriggers(`update arm_assignments ${change} where trial_id = '${ids[1]}'`)
  expect((await verify())?.problems.join('\n')).toMatch(named)
})

test('a registration in another arm is named where every arm was chosen by hand', async () => {
  const versionId = await reviewedProtocol(lab.db, twoArms)
  const { id } = await addDevice(lab.db)
  const arm = { name: 'None', reason: 'the other arm is full by now' }
  const draft = { deviceId: id, protocolVersionId: versionId, expectation: 'It installs.', arm }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const verify = () => verifyArms(lab.db, viewer, { versionId, simulated: false })
  expect(await verify()).toMatchObject({ list: undefined, problems: [] })
  await behindTheTriggers(
    `update trials set registration = jsonb_set(registration::jsonb, '{arm,arm}', '"X"')::text where id = '${trialId}'`,
  )
  expect((await verify())?.problems).toEqual([expect.stringMatching(/registered in arm X/)])
})

test('an altered position of a thousand million is named and not counted up to', async () => {
  const { ids, verify } = await assigned(2)
  await behindTheTriggers(
    `update arm_assignments set position = 1000000000 where trial_id = '${ids[1]}'`,
  )
  expect((await verify())?.problems.join()).toMatch(/position 1000000000 .* far beyond its trials/)
})

test('another seed, and a registration in another arm, are named', async () => {
  const { versionId, ids, verify } = await assigned(2)
  must(await registerTrial(lab.db, engineer, { trialId: ids[0] ?? '' }, now), 'done')
  expect((await verify())?.problems).toEqual([])
  await behindTheTriggers(
    `update trials set registration = jsonb_set(registration::jsonb, '{arm,arm}', '"X"')::text where id = '${ids[0]}'`,
  )
  expect((await verify())?.problems).toEqual([expect.stringMatching(/registered in arm X/)])
  await lab.sql`alter table arm_lists drop constraint a_seed_has_its_hash`
  await behindTheTriggers(
    `update arm_lists set seed_sha256 = repeat('0', 64) where protocol_version_id = '${versionId}'`,
  )
  expect((await verify())?.problems).toContainEqual(expect.stringMatching(/SHA-256 of the seed/))
})

test('a version without arms has nothing to verify, and one without trials no seed', async () => {
  const plain = await reviewedProtocol(lab.db, twoSlots)
  const asked = { versionId: plain, simulated: false }
  expect(await verifyArms(lab.db, viewer, asked)).toBeUndefined()
  const { verify } = await assigned(0)
  expect(await verify()).toEqual({ list: undefined, assignments: [], problems: [] })
})
