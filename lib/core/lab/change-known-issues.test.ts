import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { getIssueSet, listIssueChanges } from '@/lib/db/queries/known-issues'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { ruleSetVersion } from '@/lib/domain/rules/version-bounds'
import { refreshVerdicts } from '../kernel/judge-device'
import { concludedTrial } from '../record/trial-trip.testing'
import { deliver } from '../release/deliver'
import { previewSlot } from '../release/preview-slot'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { type ChangeIssue, changeKnownIssue, type TypedIssue } from './change-known-issues'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())
// An issue of one test would block the devices of the next: each ends what is in force.
beforeEach(async () => {
  const { issues } = await getIssueSet(lab.db)
  for (const { number } of issues)
    must(await change({ kind: 'ended', issue: number, reason: 'the test is over' }), 'changed')
})

const content: TypedIssue = {
  ...{ effect: 'block', family: 'iOS', from: '12.0', to: '12.0.1', builds: [] },
  ...{ fault: 'the install ends in recovery mode', radar: '45414692', trial: '' },
}
const change = (input: ChangeIssue, by = lead) => changeKnownIssue(lab.db, by, input, now)
const add = async (but: Partial<TypedIssue> = {}) =>
  must(await change({ kind: 'added', content: { ...content, ...but } }), 'changed')
const judged = async (trialId: string) =>
  must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, now), 'judged').qualification

test('added, changed and ended, each a version of the rule set; what it said before stays in the record', async () => {
  const { revision } = await getIssueSet(lab.db)
  const { issue, ruleSet } = await add()
  expect(ruleSet).toBe(`${ruleSetVersion}+${revision + 1}`)
  expect((await getIssueSet(lab.db)).issues).toMatchObject([{ number: issue, from: '12.0' }])
  const reason = 'also seen on 12.0.2'
  const wider = { ...content, to: '12.0.2' }
  must(await change({ kind: 'changed', issue, reason, content: wider }), 'changed')
  expect((await getIssueSet(lab.db)).issues).toMatchObject([{ number: issue, to: '12.0.2' }])
  must(await change({ kind: 'ended', issue, reason: 'the trials show nothing of it' }), 'changed')
  expect(await getIssueSet(lab.db)).toEqual({ revision: revision + 3, issues: [] })
  const kept = (await listIssueChanges(lab.db)).filter((one) => one.issue === issue)
  expect(kept.map(({ kind, toVersion, byName }) => [kind, toVersion, byName])).toEqual([
    ['added', '12.0.1', 'Lee'],
    ['changed', '12.0.2', 'Lee'],
    ['ended', null, 'Lee'],
  ])
})

test('of two leads who change an issue neither puts back or types over what the other saved', async () => {
  const { issue } = await add()
  const wider = { ...content, to: '12.0.2', fault: 'the install ends in recovery mode, always' }
  const reason = 'also seen on 12.0.2'
  must(await change({ kind: 'changed', issue, reason, content: wider, seen: content }), 'changed')
  const mine = { ...content, to: '12.0.3', radar: '45414737' }
  const stale = {
    kind: 'changed',
    issue,
    reason: 'seen again',
    content: mine,
    seen: content,
  } as const
  expect(await change(stale)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('Last version is now “12.0.2”, yours is “12.0.3”'),
    stored: { to: '12.0.2' },
  })
  must(await change({ ...stale, seen: { ...content, to: '12.0.2' } }), 'changed')
  expect((await getIssueSet(lab.db)).issues).toMatchObject([
    { number: issue, to: '12.0.3', radar: '45414737', fault: wider.fault },
  ])
})

test('only a lead records one; what ended, never was, or has not changed is refused', async () => {
  for (const actor of [engineer, admin])
    expect(await change({ kind: 'added', content }, actor)).toMatchObject({ status: 'refused' })
  const { issue } = await add()
  const same = { kind: 'changed' as const, issue, reason: 'the same again', content }
  expect(await change(same)).toMatchObject({ reason: 'Nothing has changed.' })
  expect(await change({ kind: 'ended', issue, reason: '' })).toMatchObject({ field: 'reason' })
  must(await change({ kind: 'ended', issue, reason: 'a mistake' }), 'changed')
  const again = await change({ kind: 'ended', issue, reason: 'once more' })
  expect(again).toMatchObject({ status: 'refused', field: 'issue' })
})

test('a device on its versions does not qualify, and is shown as not judged until it is judged again', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  await refreshVerdicts(lab.db, [device.id], now)
  const before = await judged(trialId)
  expect(before.overall).toBe('qualified')
  await add()
  const [row] =
    await lab.sql`select overall, reason, judge_again from device_verdicts where device_id = ${device.id}`
  expect(row).toMatchObject({ overall: 'notYet', reason: 'Not judged yet', judge_again: true })
  const after = await judged(trialId)
  expect(after.overall).toBe('no')
  expect(after.ruleSetVersion).not.toBe(before.ruleSetVersion)
  const stored =
    await lab.sql`select rule_set_version from verdicts where trial_id = ${trialId} order by id`
  expect(stored.map(({ rule_set_version }) => rule_set_version)).toEqual([
    before.ruleSetVersion,
    after.ruleSetVersion,
  ])
})

test('a release of what was judged before it is refused, and says which rule set changed', async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  await add({ from: '13.0', to: '13.1' })
  const result = must(await releaseSigned(lab.db, engineer, seen), 'changed')
  expect(result.differences.join()).toMatch(/^Rule set: 2026-11-\d+\S* → 2026-11-\d+\+\d+$/)
})

test('an issue recorded during the hold stops the command: nothing is sent', async () => {
  const { trialId, commandUuid } = await releasedTrial(lab.db)
  await add()
  const server = fakeServer()
  await deliver(lab.db, server.servers, commandUuid, () => later(121))
  expect(server.ledger.enqueued).toEqual([])
  expect(await findSlotCommand(lab.db, trialId, 1)).toMatchObject({ state: 'lapsed' })
})

test('a reading known to be wrong is not frozen as a starting state', async () => {
  // Of a rule that only warns, so that the device still qualifies.
  const fault = 'always says that they are off'
  await add({ effect: 'unknown', field: 'automaticUpdatesOff', fault })
  const { trialId, device } = await armedTrial(lab.db)
  await lab.sql`insert into readings (device_id, field, value, source, answered_at, by_name)
    values (${device.id}, 'automaticUpdatesOff', 'true', 'imported', ${later(1).toISOString()}, 'Lee')`
  const seen = await seenSlot(lab.db, trialId, 1, later(2))
  must(await releaseSigned(lab.db, engineer, seen, later(2)), 'released')
  const [row] = await lab.sql`select starting_state -> 'automaticUpdatesOff' as frozen,
    starting_state -> 'supervised' ->> 'value' as other from trials where id = ${trialId}`
  expect([row?.frozen?.value, row?.other]).toEqual([undefined, 'true'])
})

test('a trial as evidence is concluded and of a real device', async () => {
  const numberOf = async (trialId: string) => {
    const [row] = await lab.sql`select number from trials where id = ${trialId}`
    return Number(row?.number)
  }
  const evidence = async (trial: string) =>
    change({ kind: 'added', content: { ...content, radar: undefined, trial } })
  const live = await armedTrial(lab.db)
  expect(await evidence(`T-${await numberOf(live.trialId)}`)).toMatchObject({ field: 'trial' })
  expect(await evidence('the last one')).toMatchObject({ field: 'trial' })
  const outcome = 'installedAfterUserAction'
  const real = await concludedTrial(lab.db, { outcome })
  const { issue } = must(await evidence(`T-${await numberOf(real.trialId)}`), 'changed')
  const { issues } = await getIssueSet(lab.db)
  expect(issues.find(({ number }) => number === issue)).toMatchObject({ trialId: real.trialId })
})

const row = {
  ...{ kind: 'added', effect: 'block', family: 'iOS', from_version: '12.0', fault: 'it breaks' },
  ...{ radar: '45414692', at: now.toISOString(), by_id: 'l1', by_name: 'Lee', by_role: 'lead' },
}
const refusedRows: [what: string, but: Record<string, unknown>][] = [
  ['a third effect', { effect: 'allow' }],
  ['no evidence', { radar: null }],
  ['a reading without the effect', { field: 'batteryLevel' }],
  ['an effect without a reading', { effect: 'unknown' }],
  ['a reading of the OS', { effect: 'unknown', field: 'osVersion' }],
  ['no version', { from_version: 'eleven' }],
  ['an end before the start', { to_version: '11.4' }],
  ['a supplement', { from_version: '12.0 (a)' }],
  ['an engineer', { by_role: 'engineer' }],
  ['no fault', { fault: ' ' }],
  ['a change of none', { kind: 'changed', issue: 9999, reason: 'as seen' }],
  ['an end with content', { kind: 'ended', issue: 1, reason: 'as seen' }],
  ['a build that is none', { builds: ['12.0'] }],
  ['an address that runs code', { url: 'javascript:alert(1)' }],
]
test.each(refusedRows)('the database refuses: %s', async (_, but) => {
  await add()
  await expect(
    lab.sql`insert into known_issue_changes ${lab.sql({ ...row, ...but } as typeof row)}`,
  ).rejects.toThrow()
})

test('the database numbers the rule set itself, keeps every row, and takes no verdict by an older set', async () => {
  const { revision } = await getIssueSet(lab.db)
  await lab.sql`insert into known_issue_changes ${lab.sql({ ...row, revision: 99, issue: 99 })}`
  const after = await getIssueSet(lab.db)
  expect(after.revision).toBe(revision + 1)
  await expect(lab.sql`update known_issue_changes set fault = 'nothing'`).rejects.toThrow(
    /only grows/,
  )
  await expect(lab.sql`delete from known_issue_changes`).rejects.toThrow(/only grows/)
  const [device] = await lab.sql`select id from devices limit 1`
  const verdict = (purpose: string, set: string) => lab.sql`
    insert into verdicts (device_id, purpose, rule_set_version, overall, findings, hash, judged_at, by_id)
    values (${device?.id ?? null}, ${purpose}, ${set}, 'qualified', '[]', 'h', now(), 'e1')`
  await expect(verdict('release', ruleSetVersion)).rejects.toThrow(/judge again/)
  await expect(verdict('claim', `${ruleSetVersion}+1${after.revision}`)).rejects.toThrow(
    /judge again/,
  )
  await verdict('release', `${ruleSetVersion}+${after.revision}`)
})

test('two changes at the same moment get two revisions', async () => {
  const { revision } = await getIssueSet(lab.db)
  await Promise.all([add(), add({ from: '11.0', to: '11.1' }), addDevice(lab.db)])
  const changes = await listIssueChanges(lab.db)
  expect(changes.map((one) => one.revision).slice(-2)).toEqual([revision + 1, revision + 2])
})
