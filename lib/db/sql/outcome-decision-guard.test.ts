import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readingsOf } from '@/lib/core/testing/device'
import { later } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { insertReadings, type NewReading } from '../queries/devices/readings'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const supplemented: Partial<ReadingValues> = {
  osVersion: '12.0.1',
  osVersionExtra: '(a)',
  osBuild: '16A404',
  osSupplementalBuild: '16A990404a',
}

/** "Installed", written as the app's role after these readings, past all services and without a signature. */
async function decide(read: Partial<ReadingValues>, source: NewReading['source'], but = {}) {
  const { trialId, device } = await sentTrial(lab.db, { but, simulated: true })
  const readings = readingsOf(read, later(600)).map((one) => ({ ...one, source }))
  if (readings.length > 0) await insertReadings(lab.db, device.id, readings)
  return (decided: string) =>
    lab.db
      .execute(
        sql`insert into outcome_decisions (trial_id, proposed, reasons, function_version, decided, by_id, by_name, at)
          values (${trialId}, ${decided}, '[]', 'x', ${decided}, 'e1', 'Erin', ${later(900).toISOString()})`,
      )
      .then(
        () => 'written',
        (error: Error) => String((error.cause as Error | undefined)?.message ?? error.message),
      )
}

const refused: [
  what: string,
  read: Partial<ReadingValues>,
  source: NewReading['source'],
  but: Partial<ReadingValues>,
][] = [
  ['a file told', { osVersion: '12.1', osBuild: '16B92' }, 'imported', {}],
  ['nothing told', {}, 'mdm', {}],
  ['the start without its supplement told', { osVersion: '12.0.1' }, 'mdm', supplemented],
  ['the start in another spelling told', { osVersion: '12.0.1.0', osBuild: '16A404' }, 'mdm', {}],
  ['the start itself told', supplemented, 'typed', supplemented],
]

test.each(refused)('"installed" of which %s is no decision without a lead', async (...row) => {
  const [, read, source, but] = row
  const write = await decide(read, source, but)
  for (const decided of ['installedAsExpected', 'installedDespiteError', 'wrongVersionInstalled'])
    expect(await write(decided), decided).toMatch(/no other OS was read on the device/)
})

const written: [
  what: string,
  read: Partial<ReadingValues>,
  source: NewReading['source'],
  but: Partial<ReadingValues>,
][] = [
  ['the device', { osVersion: '12.1', osBuild: '16B92' }, 'mdm', {}],
  ['a person who looked', { osVersion: '12.1' }, 'typed', supplemented],
  [
    'a device whose supplement alone has changed',
    { ...supplemented, osVersionExtra: '(b)', osSupplementalBuild: '16A990405a' },
    'mdm',
    supplemented,
  ],
  [
    'a person who saw the letter of another supplement',
    { osVersion: '12.0.1', osVersionExtra: '(b)' },
    'typed',
    supplemented,
  ],
]

test.each(written)('"installed" as %s told is one', async (...row) => {
  const [, read, source, but] = row
  const write = await decide(read, source, but)
  expect(await write('installedAsExpected')).toBe('written')
})
