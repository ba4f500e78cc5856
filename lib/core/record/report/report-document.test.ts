import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { textsOf } from '@/lib/domain/report/blocks'
import { exactTime } from '@/lib/domain/text/instant'
import { sentTrial } from '../../testing/trial'
import { manyScripts, reportOf, wholeTrial } from './report.testing'
import { reportDocument } from './report-document'
import type { TrialReport } from './report-format'

let lab: TestDb
let report: TrialReport
let live: TrialReport

beforeAll(async () => {
  lab = await createTestDb()
  report = await reportOf(lab.db, (await wholeTrial(lab.db)).trialId)
  live = await reportOf(lab.db, (await sentTrial(lab.db)).trialId)
})
afterAll(() => lab.drop())

const wordsOf = (of: TrialReport) => textsOf(reportDocument(of)).join('\n')

test('a report in words has every identifier, hash, time and person of the report', () => {
  const words = wordsOf(report)
  const { trial, protocol, device, registration, verdict, head } = report
  const wanted = [
    ...[trial.id, protocol.id, device.id, device.serial, device.enrollmentId, registration.sha256],
    ...[verdict?.hash, head.hash, String(head.seq)],
    ...report.commands.flatMap((one) => [one.commandUuid, one.plistSha256]),
    ...report.signatures.flatMap((one) => [one.by, one.recordSha256, exactTime(new Date(one.at))]),
    ...report.observations.flatMap(({ text, by }) => [text, by]),
    ...report.timeline.flatMap(({ at, words: line }) => [exactTime(new Date(at)), line]),
    ...report.contradictions.flatMap(({ path, observed, expected, reason }) => [
      path,
      observed,
      expected,
      reason,
    ]),
    ...report.review.queries.flatMap(({ asked, answers }) => [
      asked.text,
      ...answers.map((a) => a.text),
    ]),
    ...(report.verdict?.findings ?? []).flatMap((one) => [
      one.ruleId,
      one.reason,
      ...one.cites.map(({ label }) => label),
    ]),
  ]
  expect(wanted.filter((one) => !words.includes(one ?? 'missing'))).toEqual([])
  expect(words).toContain(manyScripts)
})

test('a simulated trial is marked at the head and the foot, and a real one nowhere', () => {
  const { mark, foot } = reportDocument(report)
  expect([mark, foot]).toEqual([
    expect.stringMatching(/^SIMULATED/),
    expect.stringContaining('SIMULATED'),
  ])
  expect(wordsOf(live)).not.toContain('SIMULATED')
})

test('a live trial says that it is not concluded, and what is not known says so', () => {
  expect(reportDocument(live).standing).toMatch(/^Not concluded: under observation/)
  const outcome = reportDocument(live).sections.find(({ title }) => title === 'Outcome')
  expect(JSON.stringify(outcome)).toContain('unknown: no OS reading since the command')
  expect(reportDocument(live).sections.map(({ title }) => title)).toEqual(
    reportDocument(report).sections.map(({ title }) => title),
  )
})

test('no section of any report is empty', () => {
  for (const one of [report, live])
    for (const { title, blocks } of reportDocument(one).sections)
      expect(blocks.length, title).toBeGreaterThan(0)
})
