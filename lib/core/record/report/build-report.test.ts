import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findAuditHead } from '@/lib/db/audit/page'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { readingFieldNames } from '@/lib/domain/reading/reading'
import { twoArms } from '../../testing/arms'
import { addDevice } from '../../testing/device'
import { admin, engineer, later, lead, must, now } from '../../testing/people'
import { reviewedProtocol, sentTrial, twoSlots } from '../../testing/trial'
import { draftTrial } from '../../trials/prepare-trial'
import { saveProtocol } from '../../trials/save-protocol'
import { manyScripts, reportOf, wholeTrial } from './report.testing'
import { reportDocument } from './report-document'
import type { TrialReport } from './report-format'
import { exportReport, reportTrial } from './report-trial'

let lab: TestDb
let whole: Awaited<ReturnType<typeof wholeTrial>>
let report: TrialReport
let draft: TrialReport
let head: { seq: number; hash: string }

beforeAll(async () => {
  lab = await createTestDb()
  whole = await wholeTrial(lab.db)
  draft = await reportOf(lab.db, await draftedTrial())
  head = await findAuditHead(lab.db)
  report = await reportOf(lab.db, whole.trialId)
})
afterAll(() => lab.drop())

async function draftedTrial() {
  const device = await addDevice(lab.db, {})
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: '' }
  return must(await draftTrial(lab.db, engineer, draft, now), 'done').trialId
}

// Read from the published file, as somebody without Oneway does.
const schema = JSON.parse(readFileSync('docs/trial-report.schema.json', 'utf8'))
const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(schema)

const backAgain = (of: TrialReport): TrialReport => JSON.parse(JSON.stringify(of))

test('the JSON of a report fits the published schema and reads back unchanged', () => {
  for (const one of [report, draft]) {
    const read = backAgain(one)
    expect(validate(read), JSON.stringify(validate.errors)).toBe(true)
    expect(read).toEqual(one)
  }
  expect(validate({ ...report, version: 2 })).toBe(false)
  expect(validate({ ...report, head: undefined })).toBe(false)
})

test('the arm of a trial, what it asks for, and how it was assigned', async () => {
  const versionId = await reviewedProtocol(lab.db, twoArms)
  const drafted = async (arm?: { name: string; reason: string }) => {
    const { id: deviceId } = await addDevice(lab.db, {})
    const input = { deviceId, protocolVersionId: versionId, expectation: '', arm }
    const { trialId } = must(await draftTrial(lab.db, engineer, input, now), 'done')
    return reportOf(lab.db, trialId)
  }
  const [drawn, chosen] = [
    await drafted(),
    await drafted({ name: 'None', reason: 'no lock on it' }),
  ]
  expect(drawn.arm).toMatchObject({
    ...{ method: 'random', reason: null, by: engineer.name },
    place: { stratum: '{"version":"12.0.1"}', block: 1, position: 1 },
  })
  expect(chosen.arm).toMatchObject({
    ...{
      name: 'None',
      asks: 'no passcode',
      method: 'choice',
      reason: 'no lock on it',
      place: null,
    },
  })
  for (const one of [drawn, chosen]) expect(validate(backAgain(one))).toBe(true)
  const words = (one: TrialReport) => JSON.stringify(reportDocument(one))
  expect(words(drawn)).toContain(
    'assigned at random: position 1 in Starting version 12.0.1, block 1',
  )
  expect(words(chosen)).toContain('None (no passcode); assigned by choice: no lock on it')
  expect(words(report)).toContain('none: the protocol has no arms')
})

test('it has the values of the record', async () => {
  const { sql } = lab
  const [trial] = await sql`select * from trials where id = ${whole.trialId}`
  const [command] = await sql`select * from commands where command_uuid = ${whole.commandUuid}`
  const [verdict] = await sql`select * from verdicts where id = ${trial?.verdict_id}`
  expect(report).toMatchObject({
    name: `T-${trial?.number}`,
    mark: expect.stringMatching(/^SIMULATED/),
    head,
    trial: { id: whole.trialId, state: 'concluded', concluded: true },
    registration: { expectation: trial?.expectation, sha256: trial?.registration_hash },
    verdict: { ofRelease: true, hash: verdict?.hash, ruleSet: verdict?.rule_set_version },
    commands: [
      {
        commandUuid: whole.commandUuid,
        plistSha256: command?.plist_sha256,
        sentAt: new Date(command?.sending_at).toISOString(),
        answerStatus: 'Acknowledged',
      },
    ],
    outcome: { startBuild: trial?.start_build, endOs: '12.1', endBuild: '16B92', overruled: false },
  })
  expect(report.verdict?.findings.every(({ cites }) => cites.length > 0)).toBe(true)
})

test('as many observations, replies, signatures, queries and steps as the record has', async () => {
  const count = async (table: string) => {
    const [row] = await lab.sql<{ n: number }[]>`
      select count(*)::int as n from ${lab.sql(table)} where trial_id = ${whole.trialId}`
    return row?.n
  }
  expect(report.observations).toHaveLength((await count('observations')) ?? 0)
  expect(report.replies).toHaveLength((await count('raw_events')) ?? 0)
  expect(report.signatures).toHaveLength((await count('signatures')) ?? 0)
  expect(report.outcome.decisions).toHaveLength((await count('outcome_decisions')) ?? 0)
  const steps = report.timeline.filter(({ kind }) => kind === 'step')
  expect(steps).toHaveLength((await count('trial_events')) ?? 0)
  expect(report.review).toMatchObject({
    state: 'locked',
    queries: [{ field: 'outcome', answers: [{ by: 'Erin' }], closed: { by: 'Pat' } }],
  })
})

test('what a person typed is in it as typed', () => {
  expect(report.observations[0]?.text).toBe(manyScripts)
  expect(report.timeline.some(({ words }) => words.includes(manyScripts))).toBe(true)
})

test('a contradiction names its replies, and each reply its contradictions', () => {
  const odd = report.contradictions.filter(({ kind }) => kind === 'valueNotListed')
  expect(odd.length).toBeGreaterThan(0)
  for (const { fingerprint, eventIds } of odd) {
    const naming = report.replies.filter(({ contradictions }) =>
      contradictions.includes(fingerprint),
    )
    expect(naming.map(({ eventId }) => eventId)).toEqual(eventIds)
  }
})

test('a correction is listed, and only what is in force stands beside the expectation', () => {
  expect(report.corrections).toMatchObject([
    { kind: 'observation', words: expect.stringContaining('it was the passcode screen') },
  ])
  const seen = report.expectedAndSeen.find(({ about }) => about === 'What is seen')
  expect(seen?.seen.join()).toContain('Passcode asked: keypad')
  expect(seen?.seen.join()).not.toContain('Prompt shown')
})

test('a step has its tick and the difference of its sightings, a deviation its reason and effect', () => {
  expect(report.steps).toMatchObject([
    {
      ...{ ordinal: 1, doThis: 'Watch', sightings: ['promptShown'] },
      tick: { done: true, by: 'Erin', note: 'by eye', at: later(410).toISOString() },
      difference: expect.stringContaining('Expected and not seen: Prompt shown'),
    },
  ])
  const deviations = report.deviations.filter(({ kind }) => kind === 'byHand')
  expect(deviations).toMatchObject([
    { what: 'the cable came off', why: 'it is worn', effect: 'possible', stands: true },
  ])
  const step = report.expectedAndSeen.find(({ about }) => about === 'Step 1')
  expect(step?.result).toContain('Prompt shown')
})

test('the certainty of the proposal is kept with the decision, and unknown for an older one', async () => {
  expect(report.outcome.decisions.map(({ certain }) => certain)).toEqual([false])
  const { trialId } = await wholeTrial(lab.db)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update outcome_decisions set certain = null where trial_id = ${trialId}`
  })
  expect((await reportOf(lab.db, trialId)).outcome.decisions[0]?.certain).toBeNull()
})

test('the starting state has every field: what was never read is unknown, and not left out', () => {
  const readings = report.startingState?.readings ?? []
  expect(readings.map(({ field }) => field)).toEqual(readingFieldNames)
  const never = readings.filter(({ source }) => source === null)
  expect(never.length).toBeGreaterThan(0)
  expect(new Set(never.map(({ status }) => status))).toEqual(new Set(['unknown']))
  for (const { source, answeredAt } of readings.filter(({ status }) => status === 'known'))
    expect([source, answeredAt]).toEqual([expect.any(String), expect.any(String)])
})

test('a draft says that it is one and has nothing of what did not happen', () => {
  expect(draft).toMatchObject({
    mark: null,
    trial: { concluded: false, standing: 'Not concluded: a draft. Nothing was sealed or sent.' },
    registration: { sealedAt: null, sha256: null },
    startingState: null,
    commands: [],
    outcome: { outcome: null, decisions: [] },
    signatures: [],
  })
  expect(draft.expectedAndSeen.map(({ seen }) => seen.length > 0)).not.toContain(false)
})

test('a broken signature is shown as broken', async () => {
  const { trialId } = await wholeTrial(lab.db)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update observations set text = 'rewritten' where trial_id = ${trialId}`
  })
  const broken = (await reportOf(lab.db, trialId)).signatures.filter(({ holds }) => !holds)
  expect(broken.map(({ act }) => act)).toContain('lock')
  expect(broken.every(({ differences }) => differences.length > 0)).toBe(true)
})

test('everybody may look at it; taking it out needs the permission of the complete copy', async () => {
  const { db } = lab
  const { trialId } = whole
  expect(await reportTrial(db, engineer, { trialId }, now)).toMatchObject({ status: 'reported' })
  expect(await exportReport(db, engineer, { trialId }, now)).toMatchObject({ status: 'refused' })
  for (const actor of [lead, admin])
    expect(await exportReport(db, actor, { trialId }, now)).toMatchObject({ status: 'reported' })
  for (const wrong of [randomUUID(), 'T-1', ''])
    expect(await reportTrial(db, lead, { trialId: wrong }, now)).toMatchObject({ status: 'absent' })
})

test('a live trial is not concluded, and its unanswered command is not answered', async () => {
  const { trialId } = await sentTrial(lab.db)
  const live = must(await reportTrial(lab.db, lead, { trialId }, later(300)), 'reported').report
  expect(live.trial).toMatchObject({ concluded: false, standing: expect.stringContaining('under') })
  expect(live.commands[0]).toMatchObject({ answeredAt: null, answerStatus: null })
  expect(live.outcome).toMatchObject({ outcome: null, end: 'notSeen' })
})
