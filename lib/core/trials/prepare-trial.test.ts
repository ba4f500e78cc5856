import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { OfferedUpdate } from '@/lib/domain/reading/reading'
import { addDevice } from '../testing/device'
import { engineer, later, now } from '../testing/people'
import { reviewedProtocol } from '../testing/trial'
import { draftTrial } from './prepare-trial'

let lab: TestDb
let protocolVersionId: string
beforeAll(async () => {
  lab = await createTestDb()
  protocolVersionId = await reviewedProtocol(lab.db)
})
afterAll(() => lab.drop())

const update = (productKey: string, version?: string): OfferedUpdate => ({
  ...{ productKey, ...(version ? { version } : {}) },
  ...{ build: undefined, downloadBytes: undefined, installBytes: undefined },
  securityResponse: false,
})

async function draftWith(availableUpdates: OfferedUpdate[] | undefined, at = now) {
  const device = await addDevice(lab.db, { but: { availableUpdates } })
  const draft = { deviceId: device.id, protocolVersionId, expectation: 'It installs.' }
  return draftTrial(lab.db, engineer, draft, at)
}

test.each([
  ['at once', now],
  ['a day later', later(86_400)],
])(
  'a device that is offered another version is refused at the draft, with what it said and when: %s',
  async (_, at) => {
    expect(await draftWith([update('iPadOS22H217', '18.6')], at)).toMatchObject({
      ...{ status: 'refused', field: 'protocolVersionId' },
      reason: expect.stringMatching(/iOSUpdate16B92.*offered 18\.6, as it said at 20\d\d-/),
    })
  },
)

test.each<[string, OfferedUpdate[] | undefined]>([
  ['the update is offered beside another', [update('x', '18.6'), update('iOSUpdate16B92', '12.1')]],
  ['nothing is offered, which may be for now', []],
  ['what is offered is not known', undefined],
  ['its build is offered under another key', [{ ...update('x', '12.1'), build: '16B92' }]],
])('a trial is drafted where %s', async (_, offers) => {
  expect(await draftWith(offers)).toMatchObject({ status: 'done' })
})
