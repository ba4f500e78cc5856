import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRadar, listRadarEvents, listRadars } from '@/lib/db/queries/radars/radars'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { composeRadar } from '@/lib/domain/radar/compose'
import { declarationPlan } from '../testing/declaration-trial'
import { addDevice } from '../testing/device'
import { admin, engineer, later, lead, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { reopenTrial } from '../trials/conclude-trial'
import { saveProtocol } from '../trials/save-protocol'
import { changeRadar } from './change-radar'
import { concludedTrial } from './trial-trip.testing'
import { editRadar, proposeRadar, writeRadar } from './write-radar'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const outcome = 'installedAfterUserAction'
const numberOf = async (trialId: string): Promise<string> => {
  const [trial] = await lab.sql`select number from trials where id = ${trialId}`
  return `T-${trial?.number}`
}
const versions: Record<string, { osVersion: string; osBuild: string }> = {
  '12.0': { osVersion: '12.0', osBuild: '16A366' },
  '11.2.6': { osVersion: '11.2.6', osBuild: '15D100' },
}
const trialFrom = async (version: string) => {
  const { trialId, device } = await concludedTrial(lab.db, {
    but: versions[version] ?? {},
    outcome,
  })
  return { trialId, device, name: await numberOf(trialId) }
}

/** A draft that is written from a trial, as the form proposes it. */
async function draftFrom(trialId: string) {
  const { content } = must(await proposeRadar(lab.db, engineer, { trialId }), 'proposed')
  const written = await writeRadar(lab.db, engineer, { origin: { trialId }, content }, later(2000))
  return { content, radarId: must(written, 'written').radarId }
}

let count = 45_000_000
const nextNumber = () => {
  count += 1
  return String(count)
}
const change = (radarId: string, kind: Parameters<typeof changeRadar>[2]['kind'], but = {}) =>
  changeRadar(
    lab.db,
    lead,
    { radarId, kind, reason: 'As the record shows.', trials: '', ...but },
    later(3000),
  )

/** A radar whose fix is claimed in 12.0. */
async function claimedIn12(trialId: string) {
  const { radarId } = await draftFrom(trialId)
  must(await change(radarId, 'filed', { number: nextNumber() }), 'changed')
  must(await change(radarId, 'claimedFixed', { version: '12.0' }), 'changed')
  return radarId
}

test('a report is written from a trial, without what identifies the device', async () => {
  const { trialId, device } = await trialFrom('11.2.6')
  const { content, radarId } = await draftFrom(trialId)
  expect(content.title).toBe('ScheduleOSUpdate on iOS 11.2.6: installed after user action, on 12.1')
  expect(content.actual).toContain('<string>Acknowledged</string>')
  for (const identifier of [device.serial, device.enrollmentId])
    expect(JSON.stringify(content)).not.toContain(identifier)
  expect(await findRadar(lab.db, radarId)).toMatchObject({
    state: 'drafted',
    trialId,
    startVersion: '11.2.6',
    platform: 'iOS',
    simulated: false,
    title: content.title,
  })
})

test('what a person types is redacted before it is stored, also in an edit', async () => {
  const { trialId, device } = await trialFrom('11.2.6')
  const { content, radarId } = await draftFrom(trialId)
  const typed = { ...content, actual: `Seen on ${device.serial}, call +49 30 901820` }
  must(await editRadar(lab.db, engineer, { radarId, content: typed }, later(2100)), 'written')
  const radar = await findRadar(lab.db, radarId)
  expect(radar?.content?.actual).toBe('Seen on [serial number], call [phone number]')
})

test('of two who edit a draft neither puts back or types over what the other saved', async () => {
  const { trialId } = await trialFrom('11.2.6')
  const { content, radarId } = await draftFrom(trialId)
  const theirs = { ...content, title: 'Their title', steps: 'Their steps' }
  must(
    await editRadar(lab.db, lead, { radarId, content: theirs, seen: content }, later(2100)),
    'written',
  )
  const mine = { ...content, title: 'My title', area: 'iOS: my area' }
  const refusal = await editRadar(
    lab.db,
    engineer,
    { radarId, content: mine, seen: content },
    later(2110),
  )
  expect(refusal).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/^Somebody else edited R-\d+ while you typed: Title\./),
    stored: { title: 'Their title' },
  })
  const seen = { ...content, title: 'Their title' }
  must(await editRadar(lab.db, engineer, { radarId, content: mine, seen }, later(2120)), 'written')
  expect((await findRadar(lab.db, radarId))?.content).toMatchObject({
    ...{ title: 'My title', area: 'iOS: my area', steps: 'Their steps' },
  })
})

test('from a contradiction: Expected from the schema with its citation, Actual from the reply', async () => {
  const { trialId } = await trialFrom('11.2.6')
  const [row] = await lab.sql`select id from contradictions where trial_id = ${trialId}`
  const origin = { contradictionId: Number(row?.id) }
  const { content } = must(await proposeRadar(lab.db, engineer, origin), 'proposed')
  expect(content).toMatchObject({ expected: expect.stringContaining('UpdateResults') })
  expect(content.cites.length).toBeGreaterThan(0)
  const written = await writeRadar(lab.db, engineer, { origin, content }, later(2000))
  const { radarId } = must(written, 'written')
  expect(await findRadar(lab.db, radarId)).toMatchObject({ trialId, startVersion: '11.2.6' })
  must(await change(radarId, 'filed', { number: nextNumber() }), 'changed')
  must(await change(radarId, 'claimedFixed', { version: '11.2.6' }), 'changed')
  // The trial itself started there, and its reply shows it.
  const trials = await numberOf(trialId)
  expect(await change(radarId, 'verifiedFixed', { trials })).toMatchObject({
    reason: expect.stringContaining('shows the contradiction'),
  })
  await expect(verdictBySql(radarId, 'verifiedFixed', trialId)).rejects.toThrow(/is gone/)
  must(await change(radarId, 'stillPresent', { trials }), 'changed')
})

/** A concluded trial by declaration, written as rows; how one gets there is tested elsewhere. */
async function declaredFrom(startOs: string) {
  const plan = { plan: declarationPlan }
  const { versionId } = must(await saveProtocol(lab.db, engineer, plan, later(1)), 'saved')
  const { id } = await addDevice(lab.db)
  await pastTriggers(
    lab.sql,
    (tx) =>
      tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, concluded_at)
        values (${id}, ${versionId}, 'concluded', false, now(), 'Erin', 'x', ${startOs}, ${startOs}, true, 'refused', now())`,
  )
  const [trial] = await lab.sql`select id from trials where device_id = ${id}`
  const trialId = String(trial?.id)
  return { trialId, name: await numberOf(trialId) }
}

test('the fix of a bug by command is not proved by a declaration, unless a lead says so', async () => {
  const [{ trialId }, declared] = [await trialFrom('11.2.6'), await declaredFrom('12.0')]
  const radarId = await claimedIn12(trialId)
  expect(await findRadar(lab.db, radarId)).toMatchObject({ fixMechanism: 'command' })
  const trials = declared.name
  expect(await change(radarId, 'verifiedFixed', { trials })).toMatchObject({
    ...{ status: 'refused', field: 'trials' },
    reason: expect.stringContaining('is by declaration: this fix is proved by a trial by command'),
  })
  await expect(verdictBySql(radarId, 'verifiedFixed', declared.trialId)).rejects.toThrow(
    /is by declaration, and the fix is proved by a command/,
  )
  const either = { radarId, kind: 'claimedFixed', version: '12.0', mechanism: 'either' } as const
  const again = { ...either, reason: 'Apple says both are fixed.', trials: '' }
  expect(await changeRadar(lab.db, engineer, again, later(3100))).toMatchObject({
    ...{ status: 'refused', field: 'mechanism' },
  })
  must(await changeRadar(lab.db, lead, again, later(3100)), 'changed')
  expect(await findRadar(lab.db, radarId)).toMatchObject({ fixMechanism: null })
  // What a lead decided stands when the fix is claimed again, and only a lead narrows it.
  const once = { ...again, reason: 'Apple says it again.' }
  const narrower = { ...once, mechanism: 'command' } as const
  expect(await changeRadar(lab.db, engineer, narrower, later(3200))).toMatchObject({
    ...{ status: 'refused', field: 'mechanism' },
  })
  must(await changeRadar(lab.db, engineer, once, later(3200)), 'changed')
  expect(await findRadar(lab.db, radarId)).toMatchObject({ fixMechanism: null })
  must(await change(radarId, 'verifiedFixed', { trials }), 'changed')
})

test('“verified fixed” needs a concluded trial that started at the claimed version or later', async () => {
  const [early, late] = [await trialFrom('11.2.6'), await trialFrom('12.0')]
  const radarId = await claimedIn12(early.trialId)
  const live = await sentTrial(lab.db, { but: versions['12.0'] ?? {} })
  for (const [trials, reason] of [
    ['', 'at least one concluded trial'],
    [early.name, 'started at 11.2.6'],
    [`${late.name}, ${early.name}`, 'started at 11.2.6'],
    [await numberOf(live.trialId), 'is observing'],
    ['T-999999', 'no real trial T-999999'],
    ['the last one', 'written as T-3'],
  ] as const)
    expect(await change(radarId, 'verifiedFixed', { trials })).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining(reason),
      field: 'trials',
    })
  must(await change(radarId, 'verifiedFixed', { trials: late.name }), 'changed')
  expect(await findRadar(lab.db, radarId)).toMatchObject({ state: 'verifiedFixed' })
  const events = await listRadarEvents(lab.db, radarId)
  expect(events.map(({ kind, byName }) => [kind, byName])).toEqual([
    ['drafted', engineer.name],
    ['filed', lead.name],
    ['claimedFixed', lead.name],
    ['verifiedFixed', lead.name],
  ])
  expect(events.at(-1)?.trialIds).toEqual([late.trialId])
  // The verdict rests on its conclusion.
  const back = { trialId: late.trialId, reason: 'it was read too early' }
  expect(await reopenTrial(lab.db, lead, back, later(4000))).toMatchObject({
    reason: expect.stringContaining('rests on it'),
  })
})

const verdictBySql = (radarId: string, kind: string, ...trialIds: string[]) =>
  lab.sql`insert into radar_events (radar_id, kind, reason, trial_ids, at, by_id, by_name, by_role)
    values (${radarId}, ${kind}, 'by hand', ${trialIds}::uuid[], now(), 'x', 'x', 'lead')`

test('the database itself refuses a verdict without such a trial, whoever writes', async () => {
  const early = await trialFrom('11.2.6')
  const radarId = await claimedIn12(early.trialId)
  const live = await sentTrial(lab.db, { but: versions['12.0'] ?? {} })
  await expect(verdictBySql(radarId, 'verifiedFixed')).rejects.toThrow(/a_verdict_names_its_trials/)
  await expect(verdictBySql(radarId, 'verifiedFixed', early.trialId)).rejects.toThrow(
    /started before 12.0/,
  )
  await expect(verdictBySql(radarId, 'verifiedFixed', live.trialId)).rejects.toThrow(
    /not concluded/,
  )
  await expect(
    verdictBySql(radarId, 'verifiedFixed', '00000000-0000-4000-8000-000000000000'),
  ).rejects.toThrow(/not of its environment/)
  await expect(
    lab.sql`insert into radars (platform, created_at, simulated, state) values ('iOS', now(), false, 'verifiedFixed')`,
  ).rejects.toThrow(/begins as a draft/)
})

test.each(['radars', 'radar_events'])(
  'the app’s role changes and deletes no row of %s',
  async (table) => {
    const [role] =
      await lab.sql`select has_table_privilege('oneway_app', ${table}, 'update') as change,
    has_table_privilege('oneway_app', ${table}, 'delete') as remove`
    expect(role).toMatchObject({ change: false, remove: false })
  },
)

test('a supplement is later than its version, and 12 is 12.0', async () => {
  const [row] =
    await lab.sql`select version_rank('26.3.1') < version_rank('26.3.1 (a)') as supplement,
    version_rank('26.3.1 (a)') < version_rank('26.3.2') as next, version_rank('12') = version_rank('12.0') as same,
    version_rank('16B92') as build`
  expect(row).toMatchObject({ supplement: true, next: true, same: true, build: null })
})

test('a filed text stands, a number belongs to one radar, and no radar duplicates itself', async () => {
  const { trialId } = await trialFrom('11.2.6')
  const [one, other] = [await draftFrom(trialId), await draftFrom(trialId)]
  const number = nextNumber()
  must(await change(one.radarId, 'filed', { number }), 'changed')
  expect(await change(other.radarId, 'filed', { number })).toMatchObject({ field: 'number' })
  expect(await change(one.radarId, 'duplicate', { number })).toMatchObject({ field: 'number' })
  const edit = { radarId: one.radarId, content: one.content }
  expect(await editRadar(lab.db, engineer, edit, later(2200))).toMatchObject({
    reason: expect.stringContaining('kept unchanged'),
  })
  const duplicate = { number: '39170807' }
  must(await change(one.radarId, 'duplicate', duplicate), 'changed')
  expect(await findRadar(lab.db, one.radarId)).toMatchObject({ duplicateOf: '39170807' })
})

test('a report without a trial names its platform and environment', async () => {
  const { cites: _, ...content } = composeRadar({
    ...{ platform: 'iOS', startVersion: '11.4', startBuild: undefined, modelIdentifier: undefined },
    ...{ plan: undefined, readings: [], contradiction: undefined, reply: undefined },
    ...{ ended: 'a wish', trialNumber: undefined, simulated: true },
  })
  const origin = { environment: 'simulated', platform: 'iOS', startVersion: '' } as const
  const wish = { origin, content: { ...content, expected: 'A Simulator.' } }
  must(await writeRadar(lab.db, engineer, wish, later(1)), 'written')
  expect((await listRadars(lab.db, 'simulated')).map(({ radar }) => radar.trialId)).toEqual([null])
  const bad = { ...wish, origin: { ...origin, startVersion: 'soon' } }
  expect(await writeRadar(lab.db, engineer, bad, later(1))).toMatchObject({ field: 'startVersion' })
})

test('only engineers and leads write radars, and only from a trial that has sent something', async () => {
  const { trialId } = await trialFrom('11.2.6')
  const { content, radarId } = await draftFrom(trialId)
  const origin = { trialId: '00000000-0000-4000-8000-000000000000' }
  expect(await writeRadar(lab.db, lead, { origin, content }, later(1))).toMatchObject({
    reason: expect.stringContaining('no such'),
  })
  for (const refusal of [
    await writeRadar(lab.db, admin, { origin: { trialId }, content }, later(1)),
    await editRadar(lab.db, admin, { radarId, content }, later(1)),
    await changeRadar(lab.db, admin, { radarId, kind: 'filed', reason: 'x', trials: '' }, later(1)),
  ])
    expect(refusal).toMatchObject({ reason: expect.stringContaining('needs the role') })
})

test.each([
  'update radar_events set reason = $$other$$',
  'delete from radar_events',
  'truncate radar_events cascade',
  'delete from radars',
  'truncate radars cascade',
])('the life of a report only grows, for the owner of the database too: %s', async (statement) => {
  const { trialId } = await trialFrom('11.2.6')
  await draftFrom(trialId)
  await expect(lab.sql.unsafe(statement)).rejects.toThrow(/only grows/)
})
