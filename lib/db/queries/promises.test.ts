import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { engineer, later, must, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { commandStates, commandTransitions } from '@/lib/domain/trial/command-slot'
import { trialStates, trialTransitions } from '@/lib/domain/trial/trial'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const released = async () => {
  const trial = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trial.trialId)
  const { commandUuid } = must(await releaseSigned(lab.db, engineer, seen, now), 'released')
  return { ...trial, commandUuid }
}

test.each([
  'readings',
  'trial_events',
  'observations',
  'outcome_decisions',
  'verdicts',
  'command_events',
  'protocol_version_events',
  'protocol_versions',
])('%s only grows: update, delete and truncate are refused to SQL itself', async (table) => {
  const { sql } = lab
  const { trialId } = await released()
  await sql`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce) values (${trialId}, 'nothing', now(), 'e1', 'Erin', gen_random_uuid())`
  await sql`insert into outcome_decisions (trial_id, reasons, function_version, proposed, decided, by_id, by_name, at) values (${trialId}, '[]', '1', 'refused', 'refused', 'e1', 'Erin', now())`
  // Any column the database lets one write will do: the trigger stands before all of them.
  const [column] =
    await sql`select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum > 0 and attidentity = '' order by attnum limit 1`
  const name = String(column?.name)
  await expect(sql`update ${sql(table)} set ${sql(name)} = ${sql(name)}`).rejects.toThrow(
    /only grows/,
  )
  await expect(sql`delete from ${sql(table)}`).rejects.toThrow(/only grows/)
  await expect(sql`truncate ${sql(table)} cascade`).rejects.toThrow(/only grows/)
})

test.each(['devices', 'trials', 'commands', 'raw_events', 'mdm_servers'])(
  'a row of %s is never deleted',
  async (table) => {
    const { sql } = lab
    const { device } = await released()
    await sql`insert into raw_events (mdm_server_id, received_at, body, sha256) values (${device.mdmServerId}, now(), '\\x00', 'x')`
    await expect(sql`delete from ${sql(table)}`).rejects.toThrow(/only grows/)
  },
)

test('the bytes of a webhook body never change', async () => {
  const { sql } = lab
  const server = await addServer(lab.db)
  await sql`insert into raw_events (mdm_server_id, received_at, body, sha256) values (${server}, now(), '\\x01', 'y')`
  await expect(sql`update raw_events set body = '\\x02' where sha256 = 'y'`).rejects.toThrow(
    /never change/,
  )
})

// The audit trail waits for the commit, and a table that something waits for cannot be altered.
const atOnce = (tx: TransactionSql) => tx`set constraints all immediate`

test('a command goes only where the table of the domain leads', async () => {
  const { sql } = lab
  const { commandUuid } = await released()
  for (const from of commandStates)
    for (const to of commandStates) {
      if (from === to) continue
      const allowed = await sql
        .begin(async (tx) => {
          await atOnce(tx)
          await tx`alter table commands disable trigger keeps_to_its_table`
          await tx`alter table commands disable trigger serves_its_trial`
          // A release again needs a signature again: lib/core/release/second-person.test.ts.
          await tx`alter table commands disable trigger is_signed`
          await tx`update commands set state = ${from} where command_uuid = ${commandUuid}`
          await tx`alter table commands enable trigger keeps_to_its_table`
          await tx`update commands set state = ${to} where command_uuid = ${commandUuid}`
          throw new Error('allowed')
        })
        .catch((error: Error) => error.message === 'allowed')
      expect([from, to, allowed]).toEqual([from, to, commandTransitions[from].includes(to)])
    }
})

test('a trial goes only where the table of the domain leads', async () => {
  const { sql } = lab
  const { trialId } = await released()
  // What a conclusion and its taking back need beside them.
  await sql`insert into outcome_decisions (trial_id, reasons, function_version, proposed, decided, by_id, by_name, at) values (${trialId}, '[]', '1', 'refused', 'refused', 'e1', 'Erin', now())`
  for (const kind of ['concluded', 'reopened'])
    await sql`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role, data) values (${trialId}, ${kind}, now(), 'e1', 'Erin', 'engineer', '{"reason": "it was too early"}')`
  const leadsTo = (from: string, to: string) =>
    Object.values(trialTransitions).some(
      (step) => step.to === to && step.from.some((state) => state === from),
    )
  for (const from of trialStates)
    for (const to of trialStates) {
      if (from === to) continue
      const allowed = await sql
        .begin(async (tx) => {
          const consumed = from === 'observing' || from === 'concluded'
          await atOnce(tx)
          await tx`alter table trials disable trigger keeps_to_its_table`
          await tx`update trials set state = ${from}, consumed = ${consumed}, outcome = 'refused' where id = ${trialId}`
          await tx`alter table trials enable trigger keeps_to_its_table`
          const after = to === 'observing' || (consumed && to !== 'registered')
          const outcome = to === 'observing' ? null : 'refused'
          await tx`update trials set state = ${to}, consumed = ${after}, outcome = ${outcome} where id = ${trialId}`
          throw new Error('allowed')
        })
        .catch((error: Error) => error.message === 'allowed')
      expect([from, to, allowed]).toEqual([from, to, leadsTo(from, to)])
    }
})

test('what was registered is sealed against SQL too', async () => {
  const { sql } = lab
  const { trialId } = await released()
  await expect(
    sql`update trials set expectation = 'I knew it' where id = ${trialId}`,
  ).rejects.toThrow(/sealed/)
  await expect(
    sql`update trials set prediction = array['refused'] where id = ${trialId}`,
  ).rejects.toThrow(/sealed/)
})

test('the bytes and the address of a command never change', async () => {
  const { sql } = lab
  const { commandUuid } = await released()
  await expect(
    sql`update commands set enrollment_id = 'other' where command_uuid = ${commandUuid}`,
  ).rejects.toThrow(/never change/)
  await expect(
    sql`update commands set plist = '\\x00' where command_uuid = ${commandUuid}`,
  ).rejects.toThrow(/never change/)
})

test('F15: a second open command on a device is refused by the index, whoever writes it', async () => {
  const { sql } = lab
  const { device } = await released()
  await expect(
    sql`insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, purpose, request_type, plist, plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at)
        values (gen_random_uuid(), ${device.id}, ${device.mdmServerId}, ${device.enrollmentId}, 'probe', 'SecurityInfo', '\\x00', 'x', 'reserved', now(), 'e1', 'Erin', now())`,
  ).rejects.toThrow(/one_open_command_per_device/)
})

test('F12: a second live trial and a second trial from one build are refused by the index', async () => {
  const { sql } = lab
  const { trialId, device } = await released()
  const copy = sql`insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, registration_hash, start_build)
    select device_id, protocol_version_id, 'draft', now(), 'Erin', 'x', start_build from trials where id = ${trialId} returning id`
  const [second] = await copy
  await expect(
    sql`update trials set state = 'registered' where id = ${second?.id}`,
  ).rejects.toThrow(/one_live_trial_per_device/)
  await expect(
    sql.begin(async (tx) => {
      await tx`alter table trials disable trigger keeps_to_its_table`
      await tx`update trials set consumed = true where device_id = ${device.id}`
    }),
  ).rejects.toThrow(/one_trial_per_starting_build/)
})

test('what a virtual device touched is marked by the database and stays marked', async () => {
  const { sql } = lab
  const { trialId, device } = await armedTrial(lab.db, { simulated: true })
  await sql`update devices set simulated = false where id = ${device.id}`
  await sql`update trials set simulated = false where id = ${trialId}`
  const [row] = await sql`
    select d.simulated as device, t.simulated as trial,
      (select bool_and(r.simulated) from readings r where r.device_id = d.id) as readings
    from devices d join trials t on t.device_id = d.id where t.id = ${trialId}`
  expect(row).toEqual({ device: true, trial: true, readings: true })
})

test('what a virtual device says over MDM is a simulated reading, and a real device has none', async () => {
  const { sql, db } = lab
  const virtual = await addDevice(db, { simulated: true })
  await sql`insert into readings (device_id, field, value, source, answered_at) values (${virtual.id}, 'osVersion', '"12.1"', 'mdm', now())`
  const [reading] =
    await sql`select source from readings where device_id = ${virtual.id} order by id desc limit 1`
  expect(reading?.source).toBe('simulated')
  const real = await addDevice(db)
  await expect(
    sql`insert into readings (device_id, field, value, source, answered_at) values (${real.id}, 'osVersion', '"12.1"', 'simulated', now())`,
  ).rejects.toThrow(/no simulated reading/)
})

test('a real device cannot move to a virtual server, nor a virtual one to a real server', async () => {
  const { sql, db } = lab
  const [real, virtual] = [await addDevice(db), await addDevice(db, { simulated: true })]
  await expect(
    sql`update devices set mdm_server_id = ${virtual.mdmServerId} where id = ${real.id}`,
  ).rejects.toThrow(/cannot move/)
  await expect(
    sql`update devices set mdm_server_id = ${real.mdmServerId} where id = ${virtual.id}`,
  ).rejects.toThrow(/cannot move/)
})

test('F19: a late reply never overwrites a newer reading', async () => {
  const { sql, db } = lab
  const { id } = await addDevice(db)
  const at = later(-3600).toISOString()
  await sql`insert into readings (device_id, field, value, source, answered_at) values (${id}, 'osVersion', '"9.9"', 'mdm', ${at})`
  const [current] =
    await sql`select value from current_readings where device_id = ${id} and field = 'osVersion'`
  expect(current?.value).toBe('12.0.1')
})
