import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { fakeServer } from '../testing/mdm-server'
import { admin, engineer, later, must, now } from '../testing/people'
import { armedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { deliver } from './deliver'
import { pushAgain } from './push'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const released = async () => {
  const { trialId } = await armedTrial(lab.db)
  const seen = await seenSlot(lab.db, trialId)
  return must(await releaseSigned(lab.db, engineer, seen, now), 'released').commandUuid
}

test('a push for a waiting command wakes its device and enqueues nothing', async () => {
  const [commandUuid, server] = [await released(), fakeServer()]
  await deliver(lab.db, server.servers, commandUuid, () => later(121))
  const result = await pushAgain(lab.db, server.servers, engineer, { commandUuid }, later(130))
  expect(result).toEqual({ status: 'pushed' })
  expect(server.ledger.enqueued).toEqual([commandUuid])
  expect(server.ledger.pushed).toHaveLength(2)
  expect((await findCommand(lab.db, commandUuid))?.pushedAt).toEqual(later(130))
})

test('a push that fails again says why, and changes nothing of the command', async () => {
  const [commandUuid, server] = [await released(), fakeServer()]
  await deliver(lab.db, server.servers, commandUuid, () => later(121))
  const down = async () => ({
    ...(await server.servers()),
    push: async () => ({ ok: false as const, reason: 'APNs refused the certificate' }),
  })
  const result = await pushAgain(lab.db, down, engineer, { commandUuid }, later(130))
  expect(result).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('APNs refused the certificate'),
  })
  expect((await findCommand(lab.db, commandUuid))?.state).toBe('queued')
})

test('a held command, an unknown one and an admin push nothing', async () => {
  const [commandUuid, server] = [await released(), fakeServer()]
  const unknown = { commandUuid: randomUUID() }
  const results = [
    await pushAgain(lab.db, server.servers, engineer, { commandUuid }, later(10)),
    await pushAgain(lab.db, server.servers, engineer, unknown, later(10)),
    await pushAgain(lab.db, server.servers, admin, { commandUuid }, later(10)),
  ]
  expect(results).toMatchObject([
    { status: 'refused' },
    { status: 'refused' },
    { status: 'refused' },
  ])
  expect(server.ledger).toEqual({ enqueued: [], pushed: [] })
})
