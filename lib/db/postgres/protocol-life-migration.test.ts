import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { engineer, must, now } from '../../core/testing/people'
import { armedTrial, twoSlots } from '../../core/testing/trial'
import { saveProtocol } from '../../core/trials/save-protocol'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('versions that trials were registered with are in use after the migration, and nobody is said to have reviewed them', async () => {
  const { trialId } = await armedTrial(lab.db)
  const unused = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  const [row] = await lab.sql`select protocol_version_id as id from trials where id = ${trialId}`
  const used = String(row?.id)
  const statements = readFileSync('drizzle/0020_protocol_life.sql', 'utf8').split(
    '--> statement-breakpoint',
  )
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`delete from protocol_version_events`
    await tx.unsafe(statements.at(-1) ?? '')
  })
  expect(await listVersionEvents(lab.db, [used, unused.versionId])).toMatchObject([
    { versionId: used, kind: 'usedBefore', byName: 'Oneway' },
  ])
})
