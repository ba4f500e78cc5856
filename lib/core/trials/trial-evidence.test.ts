import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings, type NewReading } from '@/lib/db/queries/devices/readings'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { keepEvent } from '../ingest/keep-events'
import { readOrSetAside } from '../ingest/read-kept-event'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { proposeForTrial } from './conclude-trial'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Sent = Awaited<ReturnType<typeof sentTrial>>
type Os = Partial<ReadingValues>
const target: Os = { osVersion: '12.1', osBuild: '16B92' }
const newer: Os = { osVersion: '12.1.1', osBuild: '16C50' }

const propose = async (trialId: string, seconds = 8_000) => {
  const trial = await findTrial(lab.db, trialId)
  if (!trial) throw new Error('no such trial')
  return proposeForTrial(lab.db, trial, later(seconds))
}

/** The device answers its command, and its OS is read at these seconds. */
async function answered(readings: [seconds: number, os: Os, source?: NewReading['source']][]) {
  const sent = await sentTrial(lab.db)
  await answer(sent, sent.commandUuid, '', later(130))
  for (const [seconds, os, source = 'mdm'] of readings) {
    const rows = readingsOf(os, later(seconds)).map((row) => ({ ...row, source }))
    await insertReadings(lab.db, sent.device.id, rows)
  }
  return sent
}

async function answer(
  { device }: Sent,
  commandUuid: string,
  keys: string,
  at: Date,
  received = at,
) {
  const { enrollmentId, mdmServerId } = device
  const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', keys, at })
  const id = await keepEvent(lab.db, mdmServerId, body, received)
  expect(await readOrSetAside(lab.db, id ?? 0, received)).toMatchObject({ readState: 'read' })
}

test('the command installed the target if that was read before a newer version', async () => {
  const { trialId } = await answered([
    [600, target],
    [900, target],
    [3_000, newer],
  ])
  expect(await propose(trialId)).toMatchObject({
    outcome: 'installedAsExpected',
    certain: false,
    reasons: expect.arrayContaining([expect.stringMatching(/12\.1 .*and on 12\.1\.1 /)]),
  })
})

test('an imported OS does not count as a reading, however new it is', async () => {
  const { trialId } = await answered([[600, target, 'imported']])
  expect(await propose(trialId)).toMatchObject({
    outcome: 'acknowledgedNothingHappened',
    certain: false,
  })
})

test('an MDM server whose clock is behind does not date an install before its command', async () => {
  const sent = await answered([])
  const { id: deviceId } = sent.device
  const questions = ['DeviceInformation' as const]
  const asked = must(
    await queryDevice(lab.db, engineer, { deviceId, questions, trialId: sent.trialId }, later(600)),
    'asked',
  )
  await deliver(lab.db, fakeServer().servers, asked.commandUuid, () => later(600))
  const os =
    '<key>OSVersion</key><string>12.1</string><key>BuildVersion</key><string>16B92</string>'
  const keys = `<key>QueryResponses</key><dict>${os}</dict>`
  await answer(sent, asked.commandUuid, keys, later(-3_000), later(601))
  expect(await propose(sent.trialId)).toMatchObject({ outcome: 'installedAsExpected' })
  const [lost] =
    await lab.sql`select count(*)::int as n from outside_updates where device_id = ${deviceId}`
  expect(lost?.n).toBe(0)
})

test('a typing error that a later reading corrects raises no doubt about the outcome', async () => {
  const { trialId } = await answered([
    [500, newer, 'typed'],
    [600, target],
  ])
  expect(await propose(trialId)).toMatchObject({ outcome: 'installedAsExpected', certain: true })
})
