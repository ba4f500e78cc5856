import { afterAll, beforeAll, expect, test } from 'vitest'
import { findNoticeTarget, listNoticeTargets, openSecrets } from '@/lib/db/queries/outbox/targets'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Topic } from '@/lib/domain/notice/topics'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import {
  deleteTarget,
  oldSecretHours,
  renewTargetSecret,
  saveTarget,
  sendTestNotice,
} from './save-target'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const wished = {
  name: 'Chat of the lab',
  url: 'https://hooks.example/oneway',
  topics: ['trial.concluded'] satisfies Topic[],
  withSimulated: false,
  isOn: true,
}
const save = (but: Partial<Parameters<typeof saveTarget>[2]> = {}) =>
  saveTarget(lab.db, admin, { ...wished, ...but }, now)

test('only an admin manages receivers', async () => {
  for (const actor of [engineer, lead]) {
    expect(await saveTarget(lab.db, actor, wished, now)).toMatchObject({ status: 'refused' })
    expect(await renewTargetSecret(lab.db, actor, admin.id, now)).toMatchObject({
      status: 'refused',
    })
  }
  expect(await listNoticeTargets(lab.db)).toEqual([])
})

test('F46 the secret is returned once, stored sealed, and shown on no page or trail', async () => {
  const { targetId, secret = '' } = must(await save(), 'saved')
  expect(await openSecrets(lab.db, targetId, now)).toEqual([secret])
  expect(must(await save({ id: targetId }), 'saved').secret).toBeUndefined()
  const stored = await lab.sql`select to_jsonb(t)::text as row from notice_targets t`
  const trail =
    await lab.sql`select to_jsonb(l)::text as row from audit_log l where table_name = 'notice_targets'`
  expect(trail.length).toBeGreaterThan(0)
  const shown = [...stored, ...trail, ...(await listNoticeTargets(lab.db))]
  expect(JSON.stringify(shown)).not.toContain(secret.slice(6))
})

test('a new secret signs at once, and the old one for a day beside it', async () => {
  const { targetId, secret: first } = must(await save({ name: 'Renewed' }), 'saved')
  const { secret: second } = must(await renewTargetSecret(lab.db, admin, targetId, now), 'saved')
  expect(second).not.toBe(first)
  expect(await openSecrets(lab.db, targetId, later(60))).toEqual([second, first])
  expect(await openSecrets(lab.db, targetId, later(oldSecretHours * 3600))).toEqual([second])
})

test.each([
  ['hooks.example/oneway', 'not an address'],
  ['ftp://hooks.example/', 'only https://'],
  ['http://hooks.example/oneway', 'http:// is for this machine only'],
  ['https://user:secret@hooks.example/', 'user name or password'],
  ['https://hooks.example/?token=secret', '"?"'],
  ['https://hooks.example/#a', '"#"'],
  ['https://hooks.example/a/../b', 'unusual path'],
  ['https://hooks.example/a%2Fb', 'unusual path'],
  ['https://hooks.example:0/', 'port 0'],
  ['https://169.254.169.254/latest', 'belongs to no server'],
  ['https://2852039166/', 'unusual spelling'],
  ['https://[::ffff:127.0.0.1]/', 'unusual spelling'],
  ['', 'not an address'],
])('F45 the address %s is refused', async (url, reason) => {
  expect(await save({ url })).toMatchObject({
    status: 'refused',
    field: 'url',
    reason: expect.stringContaining(reason),
  })
})

test.each([
  'https://hooks.example',
  'https://hooks.example/',
  'https://hooks.example:8443/services/T00.B-0/x_~1',
  'http://127.0.0.1:9000/oneway',
  'http://localhost/oneway.php',
  'https://10.0.0.7/hook',
])('the address %s is taken', async (url) => {
  expect(await save({ url })).toMatchObject({ status: 'saved' })
})

test('a long address is refused', async () => {
  const url = `https://hooks.example/${'a'.repeat(500)}`
  expect(await save({ url })).toMatchObject({ reason: expect.stringContaining('longer than') })
})

test('an unknown topic, no topic and no name are refused with their field', async () => {
  // A form sends text; the type is what it should be.
  const strange = ['trial.exploded'] as unknown as Topic[]
  expect(await save({ topics: strange })).toMatchObject({
    field: 'topics',
    reason: expect.stringContaining('trial.concluded'),
  })
  expect(await save({ topics: [] })).toMatchObject({ field: 'topics' })
  expect(await save({ topics: [], isOn: false })).toMatchObject({ status: 'saved' })
  expect(await save({ name: ' ' })).toMatchObject({ field: 'name' })
  expect(await save({ id: crypto.randomUUID() })).toMatchObject({
    reason: 'There is no such receiver.',
  })
})

test('a receiver that the program switched off has no reason any more once it is on again', async () => {
  const { targetId } = must(await save({ name: 'Gone' }), 'saved')
  await lab.sql`update notice_targets set is_on = false, off_reason = 'it answered 410' where id = ${targetId}`
  must(await save({ id: targetId, name: 'Gone' }), 'saved')
  expect(await findNoticeTarget(lab.db, targetId)).toMatchObject({ isOn: true, offReason: null })
})

test('tests are limited', async () => {
  const { targetId } = must(await save({ name: 'Tested', isOn: false }), 'saved')
  for (let one = 0; one < 10; one += 1)
    must(await sendTestNotice(lab.db, admin, targetId, now), 'queued')
  expect(await sendTestNotice(lab.db, admin, targetId, now)).toMatchObject({ waitSeconds: 60 })
  expect(await sendTestNotice(lab.db, lead, targetId, now)).toMatchObject({ status: 'refused' })
})

test('a receiver is deleted with what waits for it, and its changes stay in the trail', async () => {
  const { targetId } = must(await save({ name: 'Not needed' }), 'saved')
  const other = must(await save({ name: 'Needed' }), 'saved').targetId
  for (const id of [targetId, other])
    must(await sendTestNotice(lab.db, admin, id, later(90)), 'queued')
  expect(await deleteTarget(lab.db, lead, targetId)).toMatchObject({ status: 'refused' })
  must(await deleteTarget(lab.db, admin, targetId), 'deleted')
  expect(await findNoticeTarget(lab.db, targetId)).toBeUndefined()
  const left = await lab.sql`select distinct target_id from notice_deliveries
    where target_id in (${targetId}, ${other})`
  expect(left).toMatchObject([{ target_id: other }])
  const trail = await lab.sql`select kind, by_name from audit_log
    where table_name = 'notice_targets' and row_id = ${targetId} order by seq`
  expect(trail).toMatchObject([{ kind: 'insert' }, { kind: 'delete', by_name: 'Ada' }])
  expect(await deleteTarget(lab.db, admin, targetId)).toMatchObject({
    reason: 'There is no such receiver.',
  })
})

test('an event that happens while a receiver is deleted waits, and is not undone', async () => {
  const { targetId } = must(await save({ name: 'Going' }), 'saved')
  let settle: () => void = () => undefined
  const begun = new Promise<void>((resolve) => {
    settle = resolve
  })
  const deletion = lab.sql.begin(async (sql) => {
    await sql`select from notice_targets where id = ${targetId} for update`
    settle()
    // The event reaches its lock meanwhile; however late it does, it comes after the deletion.
    for (let tries = 0; tries < 200; tries += 1) {
      const [row] = await lab.sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      if (row) break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await sql`delete from notice_targets where id = ${targetId}`
  })
  await begun
  const event = lab.sql`select queue_notice('trial.concluded', false, '{}', now())`
  await Promise.all([deletion, event])
  const [row] = await lab.sql`select from notice_deliveries where target_id = ${targetId}`
  expect(row).toBeUndefined()
})
