import { randomUUID } from 'node:crypto'
import type { Connection } from '@/lib/db/client'
import { clientOf } from '@/lib/db/driver/client-proxies'
import { sealServerKeys } from '@/lib/db/queries/servers/servers'
import { ruleSetVersion } from '@/lib/domain/rules/version-bounds'

export type Sql = Connection['sql']

// The rows are made in one statement each. Triggers judge and announce row by row and are not what
// is measured here, so they rest while the tables are filled; the rows are what they would have let in.
export const withoutTriggers = (sql: Sql, fill: (tx: Sql) => Promise<unknown>) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await fill(clientOf(tx))
    await tx`select recount_devices()`
  })

export const serverSlug = 'bench'
export const hmacKey = 'a-key-only-for-benchmarks'

/** Devices number `first` to `last`, on one MDM server. */
export async function fillDevices(sql: Sql, last: number, first = 1): Promise<void> {
  if (first === 1) await fillServer(sql)
  await sql`insert into devices (lab_tag, name, enrollment_id, mdm_server_id, serial, platform,
      model_identifier, model_name, location, holder, last_seen_at)
    select 'D-' || lpad(n::text, 6, '0'), 'Device ' || n, 'device-' || n, s.id, 'BENCH' || lpad(n::text, 7, '0'),
      (array['iOS', 'iPadOS', 'tvOS'])[1 + n % 3], 'iPhone10,' || (1 + n % 6), 'iPhone', 'Shelf ' || n % 40, 'Bench',
      now() - n * interval '1 second'
    from mdm_servers s, generate_series(${first}::int, ${last}::int) n`
}

async function fillServer(sql: Sql): Promise<void> {
  const id = randomUUID()
  const sealed = sealServerKeys(id, { apiKey: 'key', hmacKey })
  await sql`insert into mdm_servers (id, slug, name, kind, url, address, api_key, hmac_key, simulated)
    values (${id}, ${serverSlug}, 'Bench', 'nanomdm', 'http://127.0.0.1:9', 'bench', ${sealed.apiKey},
      ${sealed.hmacKey}, false)`
}

/** Devices with the readings and the verdicts that the list shows. */
export async function fillList({ sql }: Connection, devices: number): Promise<void> {
  await withoutTriggers(sql, async (tx) => {
    await fillDevices(tx, devices)
    await fillReadings(tx)
  })
  await sql`vacuum analyze`
}

/** The readings and the verdicts of all devices that have none yet. */
export async function fillReadings(tx: Sql): Promise<void> {
  await tx`insert into current_readings (device_id, field, reading_id, value, source, asked_at, answered_at, by_name)
    select d.id, f.field, row_number() over (), case f.field
        when 'osVersion' then to_jsonb((array['10.3.3', '11.2.6', '11.4', '12.0.1', '12.1', '18.6', '26.5'])[1 + abs(hashtext(d.serial)) % 7])
        when 'osBuild' then to_jsonb('16A' || abs(hashtext(d.serial)) % 500)
        else to_jsonb((abs(hashtext(d.serial)) % 100) / 100.0) end,
      'mdm', now(), now() - random() * interval '2 days', 'Bench'
    from devices d, unnest(array['osVersion', 'osBuild', 'batteryLevel']) f(field)
    where not exists (select from current_readings r where r.device_id = d.id)`
  await tx`insert into device_verdicts (device_id, overall, reason, failing, unknown, warnings, rule_set_version, judged_at, stale_at)
    select id, (array['qualified', 'notYet', 'no'])[1 + abs(hashtext(serial)) % 3], 'Supervised: it is not', 1, 0, 0, ${ruleSetVersion}, now(),
      now() + (abs(hashtext(serial)) % 600 - 60) * interval '1 minute'
    from devices where id not in (select device_id from device_verdicts)`
}

/** Devices with what a plan reads of them, and a concluded trial on every fifth at an earlier build. */
export async function fillPlan(connection: Connection, devices: number): Promise<void> {
  const { sql } = connection
  await fillList(connection, devices)
  await withoutTriggers(sql, async (tx) => {
    await tx`insert into current_readings (device_id, field, reading_id, value, source, asked_at, answered_at, by_name)
      select d.id, f.field, row_number() over (), case f.field
          when 'passcodePresent' then to_jsonb(abs(hashtext(d.serial)) % 2 = 0)
          else jsonb_build_array(
            jsonb_build_object('productKey', 'a', 'version', (array['26.6', '26.6.1', '18.7'])[1 + abs(hashtext(d.serial)) % 3]),
            jsonb_build_object('productKey', 'b', 'version', '26.7')) end,
        'mdm', now(), now(), 'Bench'
      from devices d, unnest(array['passcodePresent', 'availableUpdates']) f(field)`
    const plan = {
      ...{ title: 'Bench', question: '?', conditions: {}, steps: [], deadlineMinutes: 60 },
      ...{
        slots: [{ installAction: 'Default', productVersion: '26.7' }],
        expectedOutcome: 'It installs',
        primaryOutcome: 'installed',
      },
    }
    await tx`with p as (insert into protocols (created_by) values ('Bench') returning id)
      insert into protocol_versions (protocol_id, version, plan, created_by) select id, 1, ${JSON.stringify(plan)}::jsonb, 'Bench' from p`
    await tx`insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, registration_hash, starting_state,
        start_os, start_build, consumed, sent_at, outcome, concluded_at)
      select d.id, v.id, 'concluded', now(), 'Erin', 'x',
        jsonb_build_object('passcodePresent', jsonb_build_object('value', true, 'source', 'mdm')),
        (array['11.4', '12.0.1', '18.6'])[1 + abs(hashtext(d.serial)) % 3], '9A' || d.serial, true, now(), 'refused', now()
      from devices d, protocol_versions v where abs(hashtext(d.serial)) % 5 = 0`
  })
  await sql`vacuum analyze`
}

/** Concluded trials with a frozen starting state, one released command and its answer each. */
export async function fillTrials({ sql }: Connection, trials: number): Promise<void> {
  await withoutTriggers(sql, async (tx) => {
    await fillDevices(tx, Math.ceil(trials / 10))
    const plan = {
      title: 'Bench',
      question: '?',
      slots: [{ installAction: 'Default', productKey: 'iOSUpdate16B92' }],
      conditions: {},
      steps: [],
      expectedOutcome: 'Installed as expected',
      primaryOutcome: 'installed',
      deadlineMinutes: 60,
    }
    await tx`with p as (insert into protocols (created_by) values ('Bench') returning id)
      insert into protocol_versions (protocol_id, version, plan, created_by) select id, 1, ${JSON.stringify(plan)}::jsonb, 'Bench' from p`
    await tx`insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, expectation, registered_at,
        registered_by, registration, registration_hash, released_at, released_by, starting_state, start_os, start_build,
        consumed, sent_at, deadline_at, end_os, end_build, end_seen_at, outcome, proposed_outcome, concluded_at, concluded_by)
      select d.id, v.id, 'concluded', now(), 'Erin', 'It installs', now(), 'Erin', '{}', md5(n::text), now(), 'Erin',
        jsonb_build_object(
          'supervised', jsonb_build_object('value', true, 'source', 'mdm', 'answeredAt', now()),
          'batteryLevel', jsonb_build_object('value', 0.83, 'source', 'mdm', 'answeredAt', now()),
          'externalPower', jsonb_build_object('value', true, 'source', 'typed', 'answeredAt', now()),
          'freeCapacity', jsonb_build_object('value', 33.5, 'source', 'mdm', 'answeredAt', now())),
        '12.0.1', '16A' || n, true, now(), now(), '12.1', '16B92', now(), 'installedAsExpected', 'installedAsExpected', now(), 'Erin'
      from (select d.id, row_number() over (order by d.lab_tag) as k from devices d) d, protocol_versions v,
        generate_series(1, 10) n where (d.k - 1) * 10 + n <= ${trials}::int`
    await tx`insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, trial_id, slot_ordinal, purpose, request_type,
        plist, plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at, sending_at, settled_at, answered_at, answer_status)
      select gen_random_uuid(), t.device_id, d.mdm_server_id, d.enrollment_id, t.id, 1, 'intervention', 'ScheduleOSUpdate',
        '\\x00', 'x', 'queued', now() - interval '1 minute', 'e', 'Erin', now(), now(), now(), now(), 'Acknowledged'
      from trials t join devices d on d.id = t.device_id`
  })
  // What the triggers would have marked.
  await sql`select begin_trial_lines()`
  await sql`vacuum analyze`
}

/** Devices that were each asked one question and have not answered yet. */
export async function fillQuestions({ sql }: Connection, devices: number): Promise<void> {
  await withoutTriggers(sql, async (tx) => {
    await fillDevices(tx, devices)
    await tx`insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, purpose, request_type, plist,
        plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at, sending_at, settled_at)
      select gen_random_uuid(), id, mdm_server_id, enrollment_id, 'probe', 'SecurityInfo', '\\x00', 'x', 'queued', now(),
        'e', 'Erin', now(), now(), now() from devices`
  })
  await sql`vacuum analyze`
}
