import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askQuery } from '@/lib/core/record/query-trial'
import {
  approve,
  approvedAndLocked,
  peer,
  proofOf,
  reviewer,
  unlock,
} from '@/lib/core/record/review.testing'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { later, must } from '@/lib/core/testing/people'
import { type Connection, connect } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { nextReviewState, reviewEventKinds, reviewStates } from '@/lib/domain/review/review'
import { trialStates } from '@/lib/domain/trial/trial'

type Sql = Connection['sql']

let lab: TestDb
let app: Connection
beforeAll(async () => {
  lab = await createTestDb()
  app = connect(lab.url)
})
afterAll(async () => {
  await app.end()
  await lab.drop()
})

/** The wall is the same for the app, whatever is injected into it, and for whoever owns the database. */
const logins = { 'the app': () => app.sql, 'the owner': () => lab.sql }

const concluded = () => concludedTrial(lab.db, { outcome: 'installedAsExpected' })

const locked = async () => {
  const trial = await concluded()
  await approvedAndLocked(lab.db, trial.trialId)
  return trial
}

type Trial = Awaited<ReturnType<typeof concluded>>

/** Every way of writing to a trial's record that SQL has. */
const attacks: Record<string, (sql: Sql, trial: Trial) => Promise<unknown>> = {
  'a step': (sql, { trialId }) =>
    sql`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role) values (${trialId}, 'recorded', now(), 'x', 'X', 'engineer')`,
  'another step': (sql, { trialId }) =>
    sql`update trial_events set text = 'nothing happened' where trial_id = ${trialId}`,
  'no step': (sql, { trialId }) => sql`delete from trial_events where trial_id = ${trialId}`,
  'an observation': (sql, { trialId }) =>
    sql`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce) values (${trialId}, 'nothing', now(), 'x', 'X', gen_random_uuid())`,
  'a correction': (sql, { trialId }) =>
    sql`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce, corrects_id, reason)
      select trial_id, 'nothing', now(), 'x', 'X', gen_random_uuid(), id, 'it was the other phone' from observations where trial_id = ${trialId} limit 1`,
  'another observation': (sql, { trialId }) =>
    sql`update observations set text = 'x' where trial_id = ${trialId}`,
  'no observation': (sql, { trialId }) => sql`delete from observations where trial_id = ${trialId}`,
  'a decision': (sql, { trialId }) =>
    sql`insert into outcome_decisions (trial_id, reasons, function_version, decided, by_id, by_name, at) values (${trialId}, '[]', '1', 'refused', 'x', 'X', now())`,
  'another decision': (sql, { trialId }) =>
    sql`update outcome_decisions set decided = 'refused' where trial_id = ${trialId}`,
  'a verdict': (sql, { trialId }) =>
    sql`insert into verdicts (device_id, trial_id, purpose, rule_set_version, overall, findings, hash, judged_at, by_id)
      select device_id, id, 'preview', '1', 'qualified', '[]', 'x', now(), 'x' from trials where id = ${trialId}`,
  'another verdict': (sql, { trialId }) =>
    sql`update verdicts set overall = 'no' where trial_id = ${trialId}`,
  'another outcome': (sql, { trialId }) =>
    sql`update trials set outcome = 'refused', outcome_reason = 'it was never sent' where id = ${trialId}`,
  'another expectation': (sql, { trialId }) =>
    sql`update trials set expectation = 'I knew it' where id = ${trialId}`,
  'another state': (sql, { trialId }) =>
    sql`update trials set state = 'observing' where id = ${trialId}`,
  'a command': (sql, { trialId, device }) =>
    sql`insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, trial_id, purpose, request_type, plist, plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at)
      values (gen_random_uuid(), ${device.id}, ${device.mdmServerId}, ${device.enrollmentId}, ${trialId}, 'probe', 'SecurityInfo', '\\x00', 'x', 'reserved', now(), 'x', 'X', now())`,
  'a query': (sql, { trialId }) =>
    sql`insert into review_events (trial_id, kind, field, text, at, by_id, by_name, by_role) values (${trialId}, 'queried', 'outcome', 'Really?', now(), 'x', 'X', 'engineer')`,
  'another event of the review': (sql, { trialId }) =>
    sql`update review_events set by_name = 'X' where trial_id = ${trialId}`,
  'no event of the review': (sql, { trialId }) =>
    sql`delete from review_events where trial_id = ${trialId}`,
  'the fold set back': (sql, { trialId }) =>
    sql`update trial_reviews set state = 'inReview', approved_at = null, locked_at = null where trial_id = ${trialId}`,
  'the fold gone': (sql, { trialId }) => sql`delete from trial_reviews where trial_id = ${trialId}`,
  'an unlocking without a signature': (sql, { trialId }) =>
    sql`insert into review_events (trial_id, kind, text, at, by_id, by_name, by_role) values (${trialId}, 'unlocked', 'nobody signed this', now(), 'x', 'X', 'lead')`,
  'an unlocking with the signature of the lock': (sql, { trialId }) =>
    sql`insert into review_events (trial_id, kind, text, signature_id, at, by_id, by_name, by_role)
      select trial_id, 'unlocked', 'an old signature will do', id, at, by_id, by_name, by_role from signatures where trial_id = ${trialId} and act = 'lock'`,
  'an overruling that is signed': async (sql, { trialId }) => {
    const proofId = await proofOf(lab.db, reviewer, 'overrule', trialId, later(3000))
    return sql`insert into signatures (trial_id, act, meaning, by_id, by_name, by_role, at, method, proof_id, reason, record, record_sha256)
      values (${trialId}, 'overrule', 'responsibility', 'l2', 'Rae', 'lead', ${later(3000).toISOString()}, 'password', ${proofId}, 'it was never sent', '', encode(sha256(''), 'hex'))`
  },
  'all reviews emptied': (sql) => sql`truncate review_events, trial_reviews cascade`,
}

describe('a locked trial', () => {
  let trial: Trial
  beforeAll(async () => {
    trial = await locked()
  })

  describe.each(Object.entries(logins))('refuses to SQL of %s', (_, login) => {
    test.each(Object.keys(attacks))('%s', async (name) => {
      const before = await recordOf(trial.trialId)
      await expect(attacks[name]?.(login(), trial)).rejects.toThrow(
        /is locked|only grows|written by them only|only the database writes|a_review_is_signed|signature was not given|never moves|permission denied/,
      )
      expect(await recordOf(trial.trialId)).toEqual(before)
    })

    test('a deletion from any table that hangs on it', async () => {
      const removed: string[] = []
      for (const table of await tablesOf(trial.trialId)) {
        const gone = login()`delete from ${login()(table)} where trial_id = ${trial.trialId}`
        const how = await gone.then(
          () => 'deleted',
          (error: Error) => error.message,
        )
        if (
          !/is locked|only grows|permission denied|foreign key|written by them only|only the database writes/.test(
            how,
          )
        )
          removed.push(`${table}: ${how}`)
      }
      expect(removed).toEqual([])
    })

    test('a row of any table taken away from it', async () => {
      const moved: string[] = []
      for (const table of await tablesOf(trial.trialId)) {
        const away = login()`update ${login()(table)} set trial_id = gen_random_uuid() where trial_id = ${trial.trialId}`
        const how = await away.then(
          () => 'moved',
          (error: Error) => error.message,
        )
        if (how === 'moved') moved.push(table)
      }
      expect(moved).toEqual([])
    })
  })

  test('takes what the device still says: its bytes, its readings, its answer', async () => {
    const { trialId, device, commandUuid } = await locked()
    await lab.sql`insert into raw_events (mdm_server_id, received_at, body, sha256, trial_id, device_id) values (${device.mdmServerId}, now(), '\\x00', 'x', ${trialId}, ${device.id})`
    await lab.sql`insert into readings (device_id, field, value, source, answered_at) values (${device.id}, 'osVersion', '"12.2"', 'mdm', now())`
    await lab.sql`update commands set answer_count = answer_count + 1 where command_uuid = ${commandUuid}`
    await lab.sql`insert into command_events (command_uuid, kind, at, by_name) values (${commandUuid}, 'answeredAgain', now(), 'Oneway')`
  })

  test('takes writes again once it is unlocked, and not before', async () => {
    await expect(attacks['a step']?.(app.sql, trial)).rejects.toThrow(/is locked/)
    must(await unlock(lab.db, trial.trialId), 'sealed')
    await attacks['a step']?.(app.sql, trial)
  })

  test('is not written to by somebody who comes while the lock is being written', async () => {
    const late = await concluded()
    const { trialId } = late
    must(await approve(lab.db, trialId), 'sealed')
    must(await unlock(lab.db, trialId), 'sealed')
    const [begun, free] = [gate(), gate()]
    const sealing = lab.db.transaction(async (tx) => {
      must(await approve(tx, trialId, reviewer, later(2500)), 'sealed')
      begun.open()
      await free.opened
    })
    await begun.opened
    const writing = attacks['a step']?.(app.sql, late).then(
      () => 'written',
      (error: Error) => error.message,
    )
    await waitsForALock()
    free.open()
    await sealing
    expect(await writing).toContain('is approved')
  })
})

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Until somebody stands in front of a locked row of this database. */
const waitsForALock = () =>
  expect
    .poll(async () => {
      const [row] = await lab.sql`select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      return row?.n
    })
    .toBe(1)

/** Every table that has rows of this trial. */
async function tablesOf(trialId: string): Promise<string[]> {
  const tables = await lab.sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'trial_id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'audit_queue' order by 1`
  const hanging: string[] = []
  for (const { name } of tables) {
    const [row] = await lab.sql`select 1 from ${lab.sql(name)} where trial_id = ${trialId} limit 1`
    if (row) hanging.push(name)
  }
  expect(hanging.length).toBeGreaterThan(7)
  return hanging
}

/** All that a lock seals, by a hash each. */
const recordOf = async (trialId: string) => {
  const [row] = await lab.sql`select
    (select md5(t::text) from trials t where id = ${trialId}) as trial,
    (select md5(string_agg(e::text, '|' order by id)) from trial_events e where trial_id = ${trialId}) as steps,
    (select md5(string_agg(o::text, '|' order by id)) from observations o where trial_id = ${trialId}) as observations,
    (select md5(string_agg(d::text, '|' order by id)) from outcome_decisions d where trial_id = ${trialId}) as decisions,
    (select md5(string_agg(v::text, '|' order by id)) from verdicts v where trial_id = ${trialId}) as verdicts,
    (select md5(string_agg(r::text, '|' order by id)) from review_events r where trial_id = ${trialId}) as review,
    (select md5(f::text) from trial_reviews f where trial_id = ${trialId}) as fold,
    (select count(*)::int from commands where trial_id = ${trialId}) as commands,
    (select count(*)::int from signatures where trial_id = ${trialId}) as signatures`
  return row
}

describe('a review', () => {
  test('goes only where the table of the domain leads', async () => {
    const { trialId } = await concluded()
    const queryId = must(
      await askQuery(lab.db, peer, { trialId, field: 'outcome', text: 'Who saw it?' }, later(1500)),
      'recorded',
    ).id
    for (const state of reviewStates)
      for (const kind of reviewEventKinds) {
        const allowed = await tryIn(trialId, state, kind, queryId)
        expect([state, kind, allowed]).toEqual([
          state,
          kind,
          nextReviewState(state, kind) !== undefined,
        ])
      }
  })

  test('is for trials that have ended and spent a starting state', async () => {
    const { trialId } = await concluded()
    for (const state of trialStates)
      for (const consumed of [true, false]) {
        const allowed = await lab.sql
          .begin(async (tx) => {
            await tx`alter table trials disable trigger keeps_to_its_table`
            await tx`update trials set state = ${state}, consumed = ${consumed} where id = ${trialId}`
            await tx`insert into review_events (trial_id, kind, field, text, at, by_id, by_name, by_role) values (${trialId}, 'queried', 'outcome', 'Really?', now(), 'x', 'X', 'engineer')`
            throw new Error('allowed')
          })
          .catch((error: Error) => error.message === 'allowed')
        const reviewed = ['concluded', 'withdrawn', 'void'].includes(state)
        expect([state, consumed, allowed]).toEqual([state, consumed, consumed && reviewed])
      }
  })

  test.each([
    'drafted',
    'registered',
    'armed',
    'released',
    'slotReleased',
    'concluded',
    'withdrawn',
    'voided',
    'outcomeCorrected',
  ])('by somebody who %s it is refused to SQL itself', async (kind) => {
    const { trialId } = await concluded()
    await lab.sql`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role) values (${trialId}, ${kind}, now(), 'l2', 'Rae', 'lead')`
    await expect(
      lab.sql`insert into review_events (trial_id, kind, field, text, at, by_id, by_name, by_role) values (${trialId}, 'queried', 'outcome', 'Really?', now(), 'l2', 'Rae', 'lead')`,
    ).rejects.toThrow(/is a contributor to trial/)
  })

  test('is approved, locked and unlocked by leads only', async () => {
    const { trialId } = await concluded()
    for (const role of ['engineer', 'admin', 'system'])
      await expect(
        lab.sql`insert into review_events (trial_id, kind, signature_id, at, by_id, by_name, by_role) values (${trialId}, 'approved', 1, now(), 'x', 'X', ${role})`,
      ).rejects.toThrow(/leads_approve|signature was not given/)
  })

  test('has its open query in the way of an approval, for SQL too', async () => {
    const { trialId } = await concluded()
    await lab.sql`insert into review_events (trial_id, kind, field, text, at, by_id, by_name, by_role) values (${trialId}, 'queried', 'outcome', 'Really?', now(), 'x', 'X', 'engineer')`
    await expect(
      lab.sql`insert into review_events (trial_id, kind, signature_id, at, by_id, by_name, by_role) values (${trialId}, 'approved', 1, now(), 'x', 'X', 'lead')`,
    ).rejects.toThrow(/open query/)
  })

  test('changes no outcome that no open query asks about', async () => {
    const { trialId } = await concluded()
    const anew = () =>
      lab.sql`update trials set outcome = 'refused', outcome_reason = 'it was never sent' where id = ${trialId}`
    await expect(anew()).rejects.toThrow(/when a query of the review asks/)
    await lab.sql`insert into review_events (trial_id, kind, field, text, at, by_id, by_name, by_role) values (${trialId}, 'queried', 'outcome', 'Really?', now(), 'x', 'X', 'engineer')`
    await expect(
      lab.sql`update trials set outcome = 'refused', outcome_reason = 'it was never sent', end_os = '13' where id = ${trialId}`,
    ).rejects.toThrow(/only its outcome/)
    // Asked about, and now it wants a decision, which a lead signs.
    await expect(anew()).rejects.toThrow(/another outcome than was decided/)
  })
})

const signedAs = [
  { kind: 'approved', act: 'approve', meaning: 'approval' },
  { kind: 'locked', act: 'lock', meaning: 'lock' },
  { kind: 'unlocked', act: 'unlock', meaning: 'responsibility' },
]

/** Whether the event is let in while the fold stands in that state; nothing of it stays. */
async function tryIn(trialId: string, state: string, kind: string, queryId: number) {
  return lab.sql
    .begin(async (tx) => {
      await tx`alter table trial_reviews disable trigger comes_of_its_events`
      await tx`update trial_reviews set state = ${state}, open_queries = 0,
        approved_at = case when ${state} = 'inReview' then null else now() end,
        locked_at = case when ${state} = 'locked' then now() end where trial_id = ${trialId}`
      await tx`alter table trial_reviews enable trigger comes_of_its_events`
      const signed = signedAs.find((one) => one.kind === kind)
      const about = kind === 'queried' ? 'outcome' : null
      const of = kind === 'answered' || kind === 'queryClosed' ? queryId : null
      await tx`alter table signatures disable trigger all`
      await tx`insert into signatures (trial_id, act, meaning, by_id, by_name, by_role, at, method, proof_id, reason, record, record_sha256)
        select ${trialId}, ${signed?.act ?? 'review'}, ${signed?.meaning ?? 'review'}, 'x', 'X', 'lead', now(), 'password', gen_random_uuid(), 'the reason of it', '', ''`
      const [signature] = await tx`select max(id)::int as id from signatures`
      await tx`insert into review_events (trial_id, kind, field, query_id, text, signature_id, at, by_id, by_name, by_role)
        values (${trialId}, ${kind}, ${about}, ${of}, 'words enough for all', ${signed ? signature?.id : null}, now(), 'x', 'X', 'lead')`
      throw new Error('allowed')
    })
    .catch((error: Error) => error.message === 'allowed')
}
