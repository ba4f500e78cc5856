import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { engineer, later, must } from '@/lib/core/testing/people'
import { armedTrial, releasedTrial, sentTrial } from '@/lib/core/testing/trial'
import { disarmTrial } from '@/lib/core/trials/prepare-trial'
import { createTestDb, pastTriggers, type TestDb } from '../testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** As the app's role writes it, past all services. */
const write = (id: string, column: string, value: string) =>
  lab.db.execute(
    sql`update devices set ${sql.identifier(column)} = ${value}${column === 'mdm_server_id' ? sql`::uuid` : sql``} where id = ${id}`,
  )

const causeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'it was written',
    (error: Error) => String((error.cause as Error | undefined)?.message ?? error.message),
  )

const columns = ['enrollment_id', 'mdm_server_id', 'serial', 'platform', 'model_identifier']

test.each(['armed', 'released', 'observing'] as const)(
  'which device it is does not change under a trial that is %s, whoever writes the row',
  async (state) => {
    const trial = { armed: armedTrial, released: releasedTrial, observing: sentTrial }[state]
    const { device } = await trial(lab.db)
    const other = await addServer(lab.db)
    const values = ['elsewhere', other, 'C39OTHER0001', 'tvOS', 'iPhone8,1']
    for (const [i, column] of columns.entries())
      expect(await causeOf(write(device.id, column, values[i] ?? '')), column).toMatch(
        new RegExp(`cannot change now: trial T-\\d+ is ${state}`),
      )
    // What is no word about which device it is may change at any time.
    await write(device.id, 'location', 'Bench 2')
  },
)

test('a free device may be corrected, and what is empty filled in at any time', async () => {
  const { id } = await addDevice(lab.db)
  await write(id, 'serial', 'C39RIGHT0001')
  const { device, trialId } = await armedTrial(lab.db)
  await pastTriggers(
    lab.sql,
    (tx) => tx`update devices set model_identifier = null where id = ${device.id}`,
  )
  await write(device.id, 'model_identifier', 'iPhone10,1')
  must(await disarmTrial(lab.db, engineer, { trialId }, later(1)), 'done')
  expect(await causeOf(write(device.id, 'serial', 'C39OTHER0002'))).toContain('is registered')
})

test('an edit of a device waits for a trial that is being armed, and is then refused', async () => {
  const { device, trialId } = await armedTrial(lab.db)
  await lab.sql`update trials set state = 'registered' where id = ${trialId}`
  await pastTriggers(lab.sql, (tx) => tx`update trials set state = 'draft' where id = ${trialId}`)
  let editing: Promise<string> | undefined
  await lab.sql.begin(async (tx) => {
    await tx`update trials set state = 'registered' where id = ${trialId}`
    editing = causeOf(write(device.id, 'serial', 'C39OTHER0003'))
    for (let waits = 0; waits === 0; ) {
      const [row] = await tx`
        select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      waits = row?.n
    }
  })
  expect(await editing).toContain('is registered')
})
