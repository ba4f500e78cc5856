import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import type { TwoPersonRelease } from '@/lib/domain/rules/rule'
import { refreshVerdicts } from '../kernel/judge-device'
import { checkSignatures } from '../kernel/sign'
import { addDevice, readingsOf } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, releaseSigned, seenSlot, twoSlots } from '../testing/trial'
import { armTrial } from '../trials/prepare-trial'
import { cancelRelease } from './cancel-release'
import { counterSign } from './counter-sign'
import { previewSlot } from './preview-slot'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const otherLead: Actor = { id: 'l2', name: 'Lou', role: 'lead' }
const byTwo = { ...twoSlots, twoPersonRelease: true }

let versions = 10

type Seen = Awaited<ReturnType<typeof seenSlot>>
const counter = async (actor: Actor, seen: Seen, at = now) => {
  const proofId = await proofOf(lab.db, actor, 'counterSign', seen.trialId, at)
  return counterSign(lab.db, actor, { ...seen, proofId }, at)
}
const release = (seen: Seen, at = now, actor: Actor = engineer) =>
  releaseSigned(lab.db, actor, seen, at)

/** An armed trial on a device of an OS version of its own, with `others` more devices on it that qualify. */
async function onVersion(others: number, rule: TwoPersonRelease, simulated = false) {
  versions += 1
  const but = { osVersion: `12.0.${versions}` }
  for (let i = 0; i < others; i++) {
    const { id } = await addDevice(lab.db, { but, simulated })
    await refreshVerdicts(lab.db, [id], now)
  }
  const trial = await armedTrial(lab.db, { but, twoPersonRelease: rule, simulated })
  return { ...trial, seen: await seenSlot(lab.db, trial.trialId) }
}

test.each([
  ['the last device of its version', 0, 'lastOne', true],
  ['one of two', 1, 'lastOne', false],
  ['the last one, in a lab that asks only where a protocol does', 0, 'protocolOnly', true],
  ['one of two, in a lab that releases by two always', 1, 'always', true],
] as const)('%s: a second person is needed or not', async (_, others, rule, needed) => {
  const { seen } = await onVersion(others, rule)
  const alone = await release(seen)
  if (!needed) return expect(alone.status).toBe('released')
  expect(alone).toMatchObject({ status: 'refused', field: 'counterSignature' })
  must(await counter(lead, seen, later(5)), 'counterSigned')
  must(await release(seen, later(10)), 'released')
})

test('a device on 26.3.1 does not count as another one on 26.3.1 (a), but one on 26.3.1 (a) does', async () => {
  const plain = { osVersion: '26.3.1', osBuild: '23D8133', osSupplementalBuild: '23D8133' }
  const but = { ...plain, osSupplementalBuild: '23D771330a', osVersionExtra: '(a)' }
  const target = { ...targetOf('26.4'), productKey: 'iOSUpdate16B92' }
  const on = async (values: Partial<ReadingValues>) => {
    const { id } = await addDevice(lab.db, { but: { ...values, availableUpdates: [target] } })
    await refreshVerdicts(lab.db, [id], now)
  }
  await on(plain)
  const offered = { ...but, availableUpdates: [target] }
  const { trialId } = await armedTrial(lab.db, { but: offered, twoPersonRelease: 'lastOne' })
  const seen = await seenSlot(lab.db, trialId)
  expect(await release(seen)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('last qualified device of this lab on iOS 26.3.1 (a).'),
  })
  await on(but)
  must(await release(await seenSlot(lab.db, trialId, 1, later(5)), later(5)), 'released')
})

const targetOf = (version: string) => ({
  ...{ version, build: '16B92', downloadBytes: 1, installBytes: 1, securityResponse: false },
})

test('the last virtual device needs one person if the lab requires two only for protocols', async () => {
  const { seen } = await onVersion(0, 'protocolOnly', true)
  must(await release(seen), 'released')
})

test('the last device is counter-signed by a lead, not by an engineer', async () => {
  const { seen } = await onVersion(0, 'lastOne')
  const other: Actor = { id: 'e2', name: 'Eve', role: 'engineer' }
  expect(await counter(other, seen)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('lead'),
  })
})

test('if the protocol requires it, both names are stored with the command, and both signatures hold', async () => {
  const { trialId } = await armedTrial(lab.db, { plan: byTwo })
  const seen = await seenSlot(lab.db, trialId)
  must(await counter(lead, seen), 'counterSigned')
  must(await release(seen, later(5)), 'released')
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked).toMatchObject([
    { act: 'counterSign', byName: 'Lee', differences: [] },
    { act: 'release', byName: 'Erin', differences: [] },
  ])
  expect(await findSlotCommand(lab.db, trialId, 1)).toMatchObject({
    counterSignatureId: checked[0]?.id,
    signatureId: checked[1]?.id,
    needsTwoPeople: true,
  })
})

test('ASVS 2.3.5: the same person does not sign twice, whatever their role', async () => {
  const { trialId } = await armedTrial(lab.db, { plan: byTwo })
  const seen = await seenSlot(lab.db, trialId)
  must(await counter(lead, seen), 'counterSigned')
  expect(await release(seen, later(5), lead)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('another person must release'),
  })
  must(await release(seen, later(6), otherLead), 'released')
})

test('a counter-signature lapses when the device changes: the differences are named, and nothing is released', async () => {
  const { trialId, device } = await armedTrial(lab.db, { plan: byTwo })
  must(await counter(lead, await seenSlot(lab.db, trialId)), 'counterSigned')
  await insertReadings(lab.db, device.id, readingsOf({ passcodePresent: true }, later(5)))
  const changed = await seenSlot(lab.db, trialId, 1, later(6))
  expect(await release(changed, later(7))).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/Lee does not count any more.*passcode/is),
  })
  const preview = await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, later(8))
  expect(must(preview, 'judged').counterSigned?.lapsed?.differences.join()).toMatch(/passcode/i)
  must(await counter(lead, changed, later(9)), 'counterSigned')
  must(await release(changed, later(10)), 'released')
})

test('a counter-signature counts for one release: taken back, both sign again', async () => {
  const { trialId, device } = await armedTrial(lab.db, { plan: byTwo })
  const seen = await seenSlot(lab.db, trialId)
  must(await counter(lead, seen), 'counterSigned')
  must(await release(seen, later(5)), 'released')
  must(await cancelRelease(lab.db, engineer, { trialId, ordinal: 1 }, later(10)), 'cancelled')
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, later(11)), 'done')
  const again = await seenSlot(lab.db, trialId, 1, later(12))
  expect(await release(again, later(13))).toMatchObject({ field: 'counterSignature' })
  must(await counter(lead, again, later(14)), 'counterSigned')
  must(await release(again, later(15)), 'released')
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked.map(({ differences }) => differences)).toEqual([[], [], [], []])
})

test('a stale counter-signature does not count', async () => {
  const { trialId, device } = await armedTrial(lab.db, { plan: byTwo })
  must(await counter(lead, await seenSlot(lab.db, trialId)), 'counterSigned')
  // The same values, read again: the verdict is the same, but the lead saw older readings.
  const { sql } = lab
  await sql`insert into readings (device_id, field, value, source, answered_at, unit)
    select device_id, field, value, 'typed', ${later(700).toISOString()}, '' from current_readings where device_id = ${device.id}`
  const fresh = await seenSlot(lab.db, trialId, 1, later(700))
  expect(await release(fresh, later(701))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('stale'),
  })
})

test('a trial that needs no second person is not counter-signed, and neither is one that is not armed', async () => {
  const alone = await armedTrial(lab.db)
  const needless = await counter(lead, await seenSlot(lab.db, alone.trialId))
  expect(needless).toMatchObject({ reason: expect.stringContaining('no second person') })
  const { trialId } = await armedTrial(lab.db, { plan: byTwo })
  const seen = await seenSlot(lab.db, trialId)
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  expect(await counter(lead, seen)).toMatchObject({ reason: expect.stringContaining('arm') })
})

test('the database itself enforces the second person, whoever writes to it', async () => {
  const { trialId } = await armedTrial(lab.db, { plan: byTwo })
  const seen = await seenSlot(lab.db, trialId)
  const { sql } = lab
  const insert = (signature: string, countersigned: string | null) => sql`
    insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, trial_id, slot_ordinal, purpose,
      request_type, plist, plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at,
      verdict_hash, signature_id, counter_signature_id)
    select s.command_uuid, t.device_id, d.mdm_server_id, d.enrollment_id, t.id, 1, 'intervention', 'ScheduleOSUpdate',
      '\\x00', 'x', 'reserved', now(), s.by_id, s.by_name, now() + interval '10 seconds', s.verdict_hash, s.id, ${countersigned}
    from trials t join devices d on d.id = t.device_id, signatures s where t.id = ${trialId} and s.id = ${signature}`
  const signed = async (actor: Actor, act: 'release' | 'counterSign', slot = 1) => {
    const proofId = await proofOf(lab.db, actor, act, trialId)
    const [row] = await sql`
      insert into signatures (trial_id, act, meaning, by_id, by_name, by_role, at, method, proof_id, slot_ordinal,
        verdict_id, verdict_hash, command_uuid, record, record_sha256, details)
      select ${trialId}, ${act}, 'release', ${actor.id}, ${actor.name}, ${actor.role}, ${now.toISOString()}, 'password', ${proofId},
        ${slot}, v.id, v.hash, gen_random_uuid(), '{}', encode(sha256('{}'), 'hex'),
        jsonb_build_object('sendsTo', jsonb_build_object('url', m.url, 'kind', m.kind, 'keySha256', m.api_key_sha256))
      from verdicts v join devices d on d.id = v.device_id join mdm_servers m on m.id = d.mdm_server_id where v.id = ${seen.verdictId} returning id`
    return String(row?.id)
  }
  const released = await signed(engineer, 'release')
  const [own, forSlot2] = [
    await signed(engineer, 'counterSign'),
    await signed(lead, 'counterSign', 2),
  ]
  await expect(insert(released, null)).rejects.toThrow(/second person/)
  await expect(insert(released, own)).rejects.toThrow(/another person/)
  await expect(insert(released, forSlot2)).rejects.toThrow(/same command/)
  await expect(insert(released, released)).rejects.toThrow(/another person/)
  const good = await signed(lead, 'counterSign')
  await expect(insert(good, released)).rejects.toThrow(/signature made for this release/)
  await expect(insert(await signed(engineer, 'release', 2), good)).rejects.toThrow(/made for this/)
  await insert(released, good)
  await storeLabSetting(lab.db, 'twoPersonRelease', 'protocolOnly', {
    changedAt: now,
    changedBy: 'Lee',
  })
})

test('ASVS 7.5.3: no command becomes reserved without a signature, not even by SQL', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  const { commandUuid } = must(await release(seen), 'released')
  must(await cancelRelease(lab.db, engineer, { trialId, ordinal: 1 }, later(10)), 'cancelled')
  const { sql } = lab
  await expect(
    sql`update commands set state = 'reserved' where command_uuid = ${commandUuid}`,
  ).rejects.toThrow(/signature made for this release/)
  await expect(
    sql`update commands set reserved_by_id = 'x' where command_uuid = ${commandUuid}`,
  ).rejects.toThrow(/never changes/)
})
