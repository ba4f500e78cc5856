import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  listErrorNotes,
  listNewErrors,
  listReportedErrors,
} from '@/lib/db/queries/events/error-codes'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { admin, engineer, later, lead, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { noteError } from './note-error'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const item = (domain: string, code: number, text = '') =>
  `<dict><key>ErrorCode</key><integer>${code}</integer><key>ErrorDomain</key><string>${domain}</string>${text && `<key>USEnglishDescription</key><string>${text}</string>`}</dict>`

/** A trial whose command is answered with an error chain, in the reply or in one of its results. */
async function answeredWith(items: string, { simulated = false, inResult = false } = {}) {
  const { trialId, device, commandUuid } = await sentTrial(lab.db, { simulated })
  const chain = `<key>ErrorChain</key><array>${items}</array>`
  const keys = inResult
    ? `<key>UpdateResults</key><array><dict>${chain}<key>InstallAction</key><string>InstallASAP</string><key>Status</key><string>InstallFailed</string></dict></array>`
    : chain
  const body = answerBody({
    enrollmentId: device.enrollmentId,
    commandUuid,
    status: inResult ? 'Acknowledged' : 'Error',
    keys,
    at: later(130),
  })
  const id = (await keepEvent(lab.db, device.mdmServerId, body, later(130))) ?? 0
  expect(await readKeptEvent(lab.db, id, later(130))).toMatchObject({ readState: 'read' })
  return trialId
}

const received = async (code: number) =>
  (await listReportedErrors(lab.db, 'real')).find((one) => one.code === code)

test('every error of a chain is in the dictionary with its text, and so is one in a result', async () => {
  await answeredWith(item('Top', 1, 'It did not work') + item('Below', 2))
  await answeredWith(item('Result', 3, 'No power'), { inResult: true })
  expect(await received(1)).toMatchObject({ domain: 'Top', texts: ['It did not work'], trials: 1 })
  expect(await received(2)).toMatchObject({ domain: 'Below', texts: [] })
  expect(await received(3)).toMatchObject({ domain: 'Result', texts: ['No power'] })
})

test('an error is new on the first trial that received it, in each environment separately', async () => {
  const first = await answeredWith(item('New', 7))
  const second = await answeredWith(item('New', 7))
  const rehearsed = await answeredWith(item('New', 7), { simulated: true })
  expect(await listNewErrors(lab.db, first)).toMatchObject([{ domain: 'New', code: 7 }])
  expect(await listNewErrors(lab.db, second)).toEqual([])
  expect(await listNewErrors(lab.db, rehearsed)).toMatchObject([{ domain: 'New', code: 7 }])
})

test('a code too large for an integer of the database is recorded, and the answer is read', async () => {
  await answeredWith(item('Huge', 9_007_199_254_740_991))
  expect(await received(9_007_199_254_740_991)).toMatchObject({ domain: 'Huge' })
})

test('engineers and leads add notes, which are listed in order with author and time', async () => {
  await answeredWith(item('Noted', 11))
  const about = { domain: 'Noted', code: 11 }
  must(
    await noteError(lab.db, engineer, { ...about, text: ' It was low on power. ' }, later(1)),
    'recorded',
  )
  must(
    await noteError(lab.db, lead, { ...about, text: 'Reported.', radar: '45414737' }, later(2)),
    'recorded',
  )
  expect(await listErrorNotes(lab.db, [about])).toMatchObject([
    { text: 'It was low on power.', byName: engineer.name, at: later(1), radar: null },
    { text: 'Reported.', byName: lead.name, at: later(2), radar: '45414737' },
  ])
})

test('a note on a code of the built-in table needs no device that reported it', async () => {
  const about = { domain: 'MCMDMErrorDomain', code: 12051 }
  must(await noteError(lab.db, lead, { ...about, text: 'Seen in a talk.' }, later(3)), 'recorded')
})

test.each([
  [{}, admin, 'needs the role'],
  [{ text: ' ' }, engineer, 'three characters'],
  [{ text: 'x'.repeat(2001) }, engineer, 'at most 2000'],
  [{ radar: 'rdar://1' }, engineer, 'a number such as'],
  [{ code: 404 }, engineer, 'No device of this lab'],
])('a note %o is refused with the reason', async (change, actor, reason) => {
  await answeredWith(item('Refused', 12))
  const note = { domain: 'Refused', code: 12, text: 'A note', ...change }
  expect(await noteError(lab.db, actor, note, later(4))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining(reason),
  })
})

test.each(['error_sightings', 'error_notes'])(
  'rows of %s are never changed or deleted, whoever tries',
  async (table) => {
    await answeredWith(item('Kept', 13))
    await noteError(lab.db, lead, { domain: 'Kept', code: 13, text: 'A note' }, later(5))
    await expect(lab.sql.unsafe(`update ${table} set domain = 'x'`)).rejects.toThrow(/only grows/)
    await expect(lab.sql.unsafe(`delete from ${table}`)).rejects.toThrow(/only grows/)
    await expect(lab.sql.unsafe(`truncate ${table}`)).rejects.toThrow(/only grows/)
  },
)

test('the device of an error is copied from the command, whatever the writer says', async () => {
  const trialId = await answeredWith(item('Copied', 14))
  const [command] =
    await lab.sql`select command_uuid, device_id from commands where trial_id = ${trialId}`
  await lab.sql`insert into error_sightings (domain, code, place, command_uuid, device_id, request_type, at, simulated)
    values ('Copied', 15, 'reply', ${command?.command_uuid}, gen_random_uuid(), 'SecurityInfo', now(), true)`
  const [row] = await lab.sql`select * from error_sightings where code = 15`
  expect(row).toMatchObject({
    device_id: command?.device_id,
    request_type: 'ScheduleOSUpdate',
    trial_id: trialId,
    simulated: false,
  })
})
