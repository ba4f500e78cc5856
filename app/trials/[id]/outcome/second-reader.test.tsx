import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOf } from '@/app/outcomes/page-text.testing'
import { readTrial } from '@/lib/core/record/read-record'
import { peer, reviewer } from '@/lib/core/record/review.testing'
import { openOutcome, recordSecondReading } from '@/lib/core/record/second-reading'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { later, lead, must } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { findReaderStanding } from '@/lib/db/queries/trials/second-readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { SecondReader } from './second-reader'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function shownTo(actor: Actor, trialId: string): Promise<string> {
  const { record } = must(await readTrial(lab.db, actor, { id: trialId }, later(2000)), 'shown')
  const reader = await findReaderStanding(lab.db, trialId, actor.id)
  return textOf(<SecondReader {...{ view: record.view, record, actor, reader }} />)
}

test('what each person is shown of the second reading, before and after', async () => {
  const plan = { ...twoSlots, secondReader: true }
  const { trialId } = await concludedTrial(lab.db, { plan, outcome: 'refused' })
  const blind = await shownTo(peer, trialId)
  expect(blind).toContain('Withheld until the second reading')
  expect(blind).toContain('Record the second reading… Open the outcome…')
  expect(blind).not.toMatch(/Refused by the device|seen on the bench/)
  const decider = await shownTo(lead, trialId)
  expect(decider).toContain('First reader: Refused by the device , decided by Lee')
  expect(decider).toContain('You decided its outcome: another person reads it.')
  must(await openOutcome(lab.db, reviewer, { trialId }, later(950)), 'opened')
  expect(await shownTo(reviewer, trialId)).toMatch(/Opened before the second reading: Rae/)

  const reason = 'the record shows nothing else'
  const reading = { trialId, outcome: 'lost' as const, reason }
  must(await recordSecondReading(lab.db, peer, reading, later(1000)), 'recorded')
  const after = await shownTo(peer, trialId)
  expect(after).toContain('Readers disagree')
  expect(after).toContain('Second reader: Lost , read by Pat')
  expect(after).toContain('The first said “Refused by the device”.')
  expect(after).toContain('This needs the role lead')
  expect(await shownTo(lead, trialId)).toContain('You are one of its two readers')
  expect(await shownTo(reviewer, trialId)).not.toContain('Decide between the readers :')
})
