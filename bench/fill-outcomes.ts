import type { Connection } from '@/lib/db/client'
import { fillDevices, type Sql, withoutTriggers } from './fill'

/** Trials of one device, each from a build of its own. */
const trialsOfDevice = 10
/** As many as a lab has: start versions, protocols, and models of `fillDevices`. */
const protocols = 24

const plan = (n: number) => ({
  ...{ title: `Protocol ${n}`, question: '?', conditions: {}, steps: [], deadlineMinutes: 60 },
  slots: [
    {
      installAction: (['Default', 'InstallASAP', 'DownloadOnly'] as const)[n % 3],
      productVersion: `26.${n % 6}`,
    },
  ],
  expectedOutcome: 'It installs',
  primaryOutcome: n % 3 === 2 ? 'downloaded' : 'installed',
})

/** A number from 0 to `of` − 1 for trial `n`; always the same, and another for each `salt`. */
const pick = (salt: string, of: number) => `(abs(hashtext(n || '${salt}')) % ${of})`
const one = (salt: string, values: readonly string[]) =>
  `(array[${values.map((value) => `'${value}'`).join(', ')}])[1 + ${pick(salt, values.length)}]`

const outcomes = [
  ...[
    'installedAsExpected',
    'installedAsExpected',
    'installedAsExpected',
    'installedAfterUserAction',
  ],
  ...['refused', 'refused', 'promptNeverShown', 'downloadedOnly', 'lost', 'voidInfrastructure'],
]
const changed = `('installedAsExpected', 'installedAfterUserAction')`

/**
 * Trials number `from` to `to` of a lab, on devices of their own: nine of ten concluded, the others withdrawn or void, with
 * their factors, the OS seen at the end, an entry of the record and, for most, a review. Ten devices are in a live trial.
 */
export async function fillOutcomes(
  { sql }: Connection,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await withoutTriggers(sql, async (tx) => {
    if (from === 1) await fillProtocols(tx)
    const first = Math.floor((from - 1) / trialsOfDevice) + 1
    await fillDevices(tx, Math.ceil(to / trialsOfDevice), first)
    await tx.unsafe(trialsText(from, to))
    await tx.unsafe(liveText(first))
    await tx.unsafe(`insert into readings (device_id, field, value, source, answered_at, simulated)
      select device_id, 'osVersion', to_jsonb(coalesce(end_os, start_os)), 'mdm', sent_at + interval '20 minutes', false
      from trials where state <> 'armed' and number > ${from - 1}`)
    await tx.unsafe(`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role)
      select id, k.kind, drafted_at, case when number % 3 = 0 then 'bench' else 'erin' end, 'Erin', 'engineer'
      from trials, unnest(case when number % 20 = 0 then array['drafted', 'deviated'] else array['drafted'] end) k(kind)
      where number > ${from - 1}`)
    await tx.unsafe(reviewsText(from))
    await tx`select recount_outcomes()`
  })
  await sql`vacuum analyze`
}

async function fillProtocols(tx: Sql): Promise<void> {
  for (let n = 1; n <= protocols; n += 1)
    await tx`with p as (insert into protocols (created_by) values ('Bench') returning id)
      insert into protocol_versions (protocol_id, version, plan, created_by)
      select id, 1, ${JSON.stringify(plan(n))}::text::jsonb, 'Bench' from p`
}

const trialsText = (from: number, to: number) => `
  with p as (select array_agg(id order by plan ->> 'title') as ids from protocol_versions),
  d as (select id, serial, row_number() over (order by lab_tag) as k from devices)
  insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, expectation, registered_at,
    registered_by, registration, registration_hash, released_at, released_by, starting_state, start_os, start_build,
    consumed, sent_at, deadline_at, end_os, end_build, end_seen_at, outcome, proposed_outcome, overruled, concluded_at, concluded_by)
  select d.id, p.ids[1 + ${pick('p', protocols)}], x.state, x.at, 'Erin', 'It installs', x.at, 'Erin', '{}', md5(n::text),
    x.at, 'Erin', jsonb_build_object(
      'passcodePresent', jsonb_build_object('value', ${pick('c', 2)} = 0, 'source', 'mdm'),
      'batteryLevel', jsonb_build_object('value', ${pick('b', 101)} / 100.0, 'source', 'mdm'),
      'externalPower', jsonb_build_object('value', ${pick('e', 3)} > 0, 'source', 'typed'),
      'network', jsonb_build_object('value', ${one('n', ['wifi', 'wifi', 'cellular', 'wired'])}, 'source', 'typed')),
    (10 + ${pick('v', 8)}) || '.' || ${pick('w', 5)}, 'B' || n, true, x.at + interval '1 minute', x.at + interval '1 hour',
    case when x.outcome in ${changed} then '26.1' end, case when x.outcome in ${changed} then '23B1' end,
    case when x.outcome in ${changed} then x.at + interval '20 minutes' end,
    case when x.state = 'concluded' then case when n % 200 = 0 then 'refused' else x.outcome end end, x.outcome, ${pick('r', 40)} = 0, x.at + interval '1 hour', 'Erin'
  from p, generate_series(${from}::int, ${to}::int) n
  join d on d.k = (n - 1) / ${trialsOfDevice} + 1
  cross join lateral (select ${one('s', [...Array<string>(18).fill('concluded'), 'withdrawn', 'void'])} as state,
    ${one('o', outcomes)} as outcome, timestamptz '2026-01-01' + n % 300 * interval '1 day' + n % 97 * interval '14 minutes' as at) x
  order by n`

/** The last devices are also in a trial that waits for its release. */
const liveText = (first: number) => `
  insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, registration_hash, armed_at, armed_by)
  select d.id, p.id, 'armed', now(), 'Erin', 'x', now(), 'Erin'
  from (select id from devices order by lab_tag desc limit case when ${first} = 1 then 10 else 0 end) d,
    (select id from protocol_versions limit 1) p`

/** Of the trials, 1 in 100 waits for its review, 1 in 100 has an open query, a fifth is approved and the others are locked. */
const reviewsText = (from: number) => `
  insert into trial_reviews (trial_id, state, queries, open_queries, approved_by, approved_at, locked_by, locked_at)
  select id, x.state, (x.state = 'inReview')::int, (x.state = 'inReview')::int,
    case when x.state <> 'inReview' then 'Lee' end, case when x.state <> 'inReview' then now() end,
    case when x.state = 'locked' then 'Lee' end, case when x.state = 'locked' then now() end
  from trials cross join lateral (select case when number % 100 = 1 then 'inReview' when number % 5 = 2 then 'approved'
    else 'locked' end as state) x
  where number > ${from - 1} and number % 100 <> 0 and trials.state <> 'armed'`
