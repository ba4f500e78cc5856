import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findArm, findArmList, insertArmAssignment } from '@/lib/db/queries/trials/arms'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { armAssignments } from '@/lib/db/schema/arms'
import { trials } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { armAt } from '@/lib/domain/trial/arm-list'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { previewSlot } from '../release/preview-slot'
import { twoArms } from '../testing/arms'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { releaseSigned, reviewedProtocol, seenSlot, twoSlots } from '../testing/trial'
import { sha256 } from './assign-arm'
import { withdrawTrial } from './close-trial'
import { armTrial, type DraftTrial, draftTrial, registerTrial } from './prepare-trial'
import { saveProtocol } from './save-protocol'

let lab: TestDb
let versionId: string
beforeAll(async () => {
  lab = await createTestDb()
  const by = { changedAt: now, changedBy: lead.name }
  await storeLabSetting(lab.db, 'twoPersonRelease', 'protocolOnly', by)
})
beforeEach(async () => {
  versionId = await reviewedProtocol(lab.db, twoArms)
})
afterAll(() => lab.drop())

type Device = Parameters<typeof addDevice>[1]

async function drafted(device: Device = {}, but: Partial<DraftTrial> = {}) {
  const { id, serial } = await addDevice(lab.db, device)
  const draft = { deviceId: id, protocolVersionId: versionId, expectation: 'It installs.', ...but }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  const arm = await findArm(lab.db, trialId)
  if (!arm) throw new Error('a trial without its arm')
  return { trialId, arm, deviceId: id, serial }
}

const chosen = { arm: { name: 'None', reason: 'the only device left has no screen lock' } }

test('arms are drawn in the order of the list of each stratum, which follows from the recorded seed', async () => {
  const versions = ['12.0.1', '12.0.1', '11.4', '12.0.1', '11.4']
  const seen: Awaited<ReturnType<typeof drafted>>[] = []
  for (const osVersion of versions) seen.push(await drafted({ but: { osVersion } }))
  const list = await findArmList(lab.db, versionId, false)
  expect(seen.map(({ arm }) => [arm.stratum, arm.position, arm.block])).toEqual([
    ['{"version":"12.0.1"}', 1, 1],
    ['{"version":"12.0.1"}', 2, 1],
    ['{"version":"11.4"}', 1, 1],
    ['{"version":"12.0.1"}', 3, 2],
    ['{"version":"11.4"}', 2, 1],
  ])
  for (const { arm } of seen) {
    const { arms = [], blocks = [] } = twoArms.design ?? {}
    const of = { seed: list?.seed ?? '', stratum: arm.stratum ?? '', arms, blocks }
    expect(armAt(of, arm.position ?? 0, sha256).arm).toBe(arm.arm)
    expect(arm.seedSha256).toBe(list?.seedSha256)
  }
  expect(new Set([seen[0]?.arm.arm, seen[1]?.arm.arm])).toEqual(new Set(['Passcode', 'None']))
})

test('eight drafts at once use eight positions, each once', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => drafted()))
  const positions = all.map(({ arm }) => arm.position ?? 0)
  expect(positions.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  const passcode = all.filter(({ arm }) => arm.arm === 'Passcode')
  expect(passcode).toHaveLength(4)
})

test('real and simulated trials have lists of their own', async () => {
  const [real, simulated] = [await drafted(), await drafted({ simulated: true })]
  expect([real.arm.position, simulated.arm.position]).toEqual([1, 1])
  expect(simulated.arm.simulated).toBe(true)
  expect(real.arm.seedSha256).not.toBe(simulated.arm.seedSha256)
})

test('a withdrawn draft keeps its arm and its position, and the next trial gets the next one', async () => {
  const first = await drafted()
  const reason = 'the display is cracked'
  must(await withdrawTrial(lab.db, engineer, { trialId: first.trialId, reason }, now), 'closed')
  expect((await drafted()).arm.position).toBe(2)
  expect(await findArm(lab.db, first.trialId)).toMatchObject({ position: 1 })
})

test('an arm by choice is recorded with its reason, and uses no position', async () => {
  const { trialId, arm } = await drafted({}, chosen)
  expect(arm).toMatchObject({ arm: 'None', method: 'choice', reason: chosen.arm.reason })
  expect([arm.listId, arm.stratum, arm.position, arm.seedSha256]).toEqual([null, null, null, null])
  expect((await drafted()).arm.position).toBe(1)
  const [event] = await listTrialEvents(lab.db, trialId)
  expect(event?.text).toBe(`Drafted in arm None, by choice: ${chosen.arm.reason}`)
})

test.each<[string, Partial<DraftTrial>, Device, string, RegExp]>([
  [
    'an arm that is none',
    { arm: { name: 'C', reason: 'because of it all' } },
    {},
    'arm',
    /Passcode, None/,
  ],
  ['no reason', { arm: { name: 'None', reason: ' short ' } }, {}, 'armReason', /ten characters/],
  ['an unknown stratum', {}, { but: { osVersion: undefined } }, 'deviceId', /Query the device/],
])('a draft is refused with its field: %s', async (_, but, device, field, reason) => {
  const { id } = await addDevice(lab.db, device)
  const draft = { deviceId: id, protocolVersionId: versionId, expectation: 'x', ...but }
  const answer = await draftTrial(lab.db, engineer, draft, now)
  expect(answer).toMatchObject({ status: 'refused', field, reason: expect.stringMatching(reason) })
  expect(await lab.db.select().from(trials).where(eq(trials.deviceId, id))).toEqual([])
})

test('a protocol without arms gives none, and lets none be chosen', async () => {
  const plain = await reviewedProtocol(lab.db, twoSlots)
  const { id } = await addDevice(lab.db)
  const draft = { deviceId: id, protocolVersionId: plain, expectation: 'It installs.' }
  expect(await draftTrial(lab.db, engineer, { ...draft, ...chosen }, now)).toMatchObject({
    field: 'arm',
  })
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  expect(await findArm(lab.db, trialId)).toBeUndefined()
})

test('the registration seals the arm with its place, and the hash of the seed but not the seed', async () => {
  const { trialId, arm } = await drafted()
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const [trial] = await lab.db.select().from(trials).where(eq(trials.id, trialId))
  const sealed = JSON.parse(trial?.registration ?? '{}')
  expect(sealed.arm).toEqual({
    ...{ arm: arm.arm, method: 'random', reason: null, stratum: arm.stratum },
    ...{ block: 1, position: 1, seedSha256: arm.seedSha256 },
  })
  expect(trial?.registration).not.toContain((await findArmList(lab.db, versionId, false))?.seed)
})

async function armed(but: Device, name: string, plan?: ProtocolPlan) {
  if (plan) versionId = await reviewedProtocol(lab.db, plan)
  const arm = { name, reason: 'chosen for this test of the rules' }
  const trial = await drafted(but, { arm })
  must(await registerTrial(lab.db, engineer, { trialId: trial.trialId }, now), 'done')
  const last = { trialId: trial.trialId, serialLast4: trial.serial.slice(-4) }
  must(await armTrial(lab.db, engineer, last, now), 'done')
  return trial.trialId
}

const judged = async (trialId: string, ordinal = 1, at = now) => {
  const { qualification } = must(
    await previewSlot(lab.db, engineer, { trialId, ordinal }, at),
    'judged',
  )
  const found = (id: string) => qualification.findings.find(({ ruleId }) => ruleId === id)
  return { overall: qualification.overall, found }
}

test('a starting state that contradicts the arm is refused at the release, and one that fits is released', async () => {
  const contradicts = await armed({}, 'Passcode')
  const { overall, found } = await judged(contradicts)
  expect([overall, found('Q14')?.verdict]).toEqual(['no', 'fail'])
  expect(found('Q14')?.reason).toContain('asks for a passcode that is set')
  const seen = await seenSlot(lab.db, contradicts)
  expect(await releaseSigned(lab.db, engineer, seen)).toMatchObject({ status: 'refused' })
  await addDevice(lab.db)
  const fits = await armed({}, 'None')
  expect((await judged(fits)).overall).toBe('qualified')
})

test('what the arm asks for and is not known is unknown, and never fits', async () => {
  const trialId = await armed({ but: { passcodePresent: undefined } }, 'None')
  const { overall, found } = await judged(trialId)
  expect([overall, found('Q14')?.verdict]).toEqual(['notYet', 'unknown'])
})

const bySend: ProtocolPlan = {
  ...twoSlots,
  design: {
    factors: [
      { factor: 'action', levels: ['Default,Default', 'DownloadOnly,InstallASAP'] },
      { factor: 'hour', levels: ['from00', 'from06'] },
    ],
    arms: [
      { name: 'Night', weight: 1, levels: { action: 'Default,Default', hour: 'from00' } },
      { name: 'Day', weight: 1, levels: { action: 'DownloadOnly,InstallASAP', hour: 'from06' } },
    ],
    strata: [],
    blocks: [1, 2],
  },
}

test('the commands are those of the arm, and a time of day is asked for the first one alone', async () => {
  expect(now.toISOString()).toMatch(/T(0[6-9]|1[01]):/)
  const day = await armed({ simulated: true }, 'Day', bySend)
  expect((await judged(day)).found('Q21')?.verdict).toBe('pass')
  expect((await judged(day, 2)).found('Q21')?.verdict).toBe('notApplicable')
  const seen = await seenSlot(lab.db, day)
  must(await releaseSigned(lab.db, engineer, seen), 'released')
  const [sent] = await lab.db.execute<{ plist: string }>(
    sql`select convert_from(plist, 'UTF8') as plist from commands where trial_id = ${day}`,
  )
  expect(sent?.plist).toContain('<string>DownloadOnly</string>')
  expect(sent?.plist).not.toContain('<string>Default</string>')
  const night = await armed({}, 'Night', bySend)
  expect((await judged(night)).found('Q21')).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('00:00'),
  })
})

test('an arm keeps what it asks for over the versions of a protocol', async () => {
  const { protocolId, version } = must(
    await saveProtocol(lab.db, engineer, { plan: twoArms }, now),
    'saved',
  )
  const [first, second] = twoArms.design?.arms ?? []
  if (!first || !second || !twoArms.design) throw new Error('two arms')
  const swapped = [
    { ...first, levels: second.levels },
    { ...second, levels: first.levels },
  ]
  const plan = { ...twoArms, design: { ...twoArms.design, arms: swapped } }
  const input = { protocolId, basedOn: version, plan }
  expect(await saveProtocol(lab.db, engineer, input, now)).toMatchObject({
    ...{ status: 'refused', field: 'design.arms.0.name' },
    reason: expect.stringContaining('version 1'),
  })
})

test('the database holds it: one arm per trial, the next position, an arm of the protocol, a draft', async () => {
  const { trialId, arm } = await drafted()
  const other = await drafted({}, chosen)
  const plain = await addDevice(lab.db)
  const [free] = await lab.db
    .insert(trials)
    .values({
      ...{ deviceId: plain.id, protocolVersionId: versionId, state: 'draft', draftedAt: now },
      draftedBy: engineer.name,
    })
    .returning()
  const row = {
    ...{ trialId: free?.id ?? '', protocolVersionId: versionId, arm: arm.arm },
    ...{ method: 'random' as const, listId: arm.listId, stratum: arm.stratum },
    ...{ block: 1, position: 2, at: now, byId: 'x', byName: 'x' },
  }
  const refusedWith = async (change: object, reason: RegExp) => {
    const error = await insertArmAssignment(lab.db, { ...row, ...change }).catch((e) => e)
    expect(`${error?.cause?.message ?? error}`).toMatch(reason)
  }
  await refusedWith({ position: 1 }, /position 2 of the list comes next/)
  await refusedWith({ position: 3 }, /position 2 of the list comes next/)
  await refusedWith({ trialId }, /one_arm_per_trial/)
  await refusedWith({ arm: 'C' }, /has no arm C/)
  await refusedWith({ stratum: null }, /position|a_random_arm/)
  await refusedWith({ method: 'choice', reason: 'x' }, /a_random_arm_has_its_place/)
  await expect(registerRaw(free?.id ?? '')).rejects.toThrow()
  expect(
    await registerTrial(lab.db, engineer, { trialId: free?.id ?? '' }, later(1)),
  ).toMatchObject({
    status: 'refused',
  })
  must(await registerTrial(lab.db, engineer, { trialId: other.trialId }, now), 'done')
  await refusedWith({ trialId: other.trialId }, /while it is a draft/)
  await insertArmAssignment(lab.db, row)
  await expect(
    lab.db.update(armAssignments).set({ arm: 'None' }).where(eq(armAssignments.trialId, trialId)),
  ).rejects.toThrow()
  await expect(lab.db.delete(armAssignments)).rejects.toThrow()
})

const registerRaw = (id: string) =>
  lab.db
    .update(trials)
    .set({ state: 'registered', registrationHash: 'x', expectation: 'x' })
    .where(eq(trials.id, id))

test('the trail has the hash of the seed, and not the seed', async () => {
  await drafted()
  const list = await findArmList(lab.db, versionId, false)
  const [entry] = await lab.db.execute<{ new: Record<string, string> }>(
    sql`select new from audit_log where table_name = 'arm_lists' order by seq desc limit 1`,
  )
  expect(entry?.new).toMatchObject({ seed: '(secret)', seed_sha256: list?.seedSha256 })
})
