import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { later } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { listReportedErrors } from './error-codes'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const chain =
  '<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>2208</integer><key>ErrorDomain</key><string>DeviceManagement.error</string></dict></array>'

async function answeredWithError(simulated: boolean) {
  const { trialId, device, commandUuid } = await sentTrial(lab.db, { simulated })
  const { enrollmentId, mdmServerId } = device
  const body = answerBody({
    enrollmentId,
    commandUuid,
    status: 'Error',
    keys: chain,
    at: later(130),
  })
  await readKeptEvent(
    lab.db,
    (await keepEvent(lab.db, mdmServerId, body, later(130))) ?? 0,
    later(130),
  )
  return trialId
}

test('an error that devices answered is counted once a device, with its versions, in its own environment', async () => {
  await answeredWithError(false)
  const newest = await answeredWithError(false)
  await answeredWithError(true)
  expect(await listReportedErrors(lab.db, 'real')).toEqual([
    expect.objectContaining({
      domain: 'DeviceManagement.error',
      code: 2208,
      requestTypes: ['ScheduleOSUpdate'],
      devices: 2,
      versions: ['12.0.1'],
      concluded: 0,
      moved: 0,
      trialId: newest,
    }),
  ])
  expect(await listReportedErrors(lab.db, 'simulated')).toMatchObject([{ devices: 1 }])
})
