import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { readKeptEvent } from '@/lib/core/ingest/read-kept-event'
import { withdrawCommand } from '@/lib/core/release/withdraw-command'
import { later, lead, must } from '@/lib/core/testing/people'
import { proofOf, sentTrial } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { countUnconfirmed, listUnconfirmed } from './unconfirmed'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const lost = { outcome: 'unconfirmed', reason: 'no answer within 30 s' } as const
const listed = async () =>
  (await listUnconfirmed(lab.db, 'real')).map(({ command }) => command.commandUuid)

test('a send nobody is sure of is listed with what is known, in its own environment only', async () => {
  const { commandUuid, device } = await sentTrial(lab.db, { result: lost })
  expect(await listUnconfirmed(lab.db, 'real')).toMatchObject([
    { command: { commandUuid, reason: lost.reason, slotOrdinal: 1 }, deviceId: device.id },
  ])
  expect(await countUnconfirmed(lab.db, 'real')).toBe(1)
  expect(await listUnconfirmed(lab.db, 'simulated')).toEqual([])
  expect(await countUnconfirmed(lab.db, 'simulated')).toBe(0)
})

test('the device’s own answer settles it, and so does a lead who gives up waiting', async () => {
  const answered = await sentTrial(lab.db, { result: lost })
  const given = await sentTrial(lab.db, { result: lost })
  expect(await listed()).toEqual(expect.arrayContaining([answered.commandUuid, given.commandUuid]))

  const { enrollmentId, mdmServerId } = answered.device
  const { commandUuid, trialId } = given
  const body = answerBody({
    enrollmentId,
    commandUuid: answered.commandUuid,
    status: 'Acknowledged',
    at: later(300),
  })
  const id = await keepEvent(lab.db, mdmServerId, body, later(300))
  await readKeptEvent(lab.db, id ?? 0, later(300))
  expect(await listed()).not.toContain(answered.commandUuid)

  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(300))
  const reason = 'the MDM server was rebuilt from an older copy'
  must(
    await withdrawCommand(lab.db, lead, { commandUuid, reason, proofId }, later(300)),
    'withdrawn',
  )
  expect(await listed()).not.toContain(commandUuid)
})
