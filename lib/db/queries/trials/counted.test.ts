import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportOutcomes } from '@/lib/core/record/export-charts'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, later, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { errorThoughStartedPrint } from '@/lib/domain/contradiction/error-though-started'
import { type Counted, readCounted } from '@/lib/domain/statistics/counted'
import { countSeen, listSeen, listTrialPrints } from './counted'

let lab: TestDb
let versionId: string
beforeAll(async () => {
  lab = await createTestDb()
  versionId = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved').versionId
})
afterAll(() => lab.drop())

const print = 'OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers integer'
const path = 'OSUpdateStatus[].IsDownloaded'

type Replied = { on: string; type?: string; judged: string[]; found?: string }
type Given = {
  startOs: string
  outcome?: string
  observations?: { kind: string; at?: number; corrected?: string }[]
  passcode?: boolean
  replies?: Replied[]
  /** The status of the answer to the first command, at 200 s. */
  answer?: string
  /** Seconds after which OSUpdateStatus was answered. */
  askedAt?: number
  simulated?: boolean
}

/** A concluded trial written as rows, its first command sent at 100 s; how one gets there is tested elsewhere. */
async function concluded(given: Given) {
  const { startOs, outcome = 'refused', observations = [], replies = [], simulated = false } = given
  const device = await addDevice(lab.db, { simulated })
  const id = randomUUID()
  const state = given.passcode === undefined ? {} : { passcodePresent: { value: given.passcode } }
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (id, device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, sent_at, concluded_at, starting_state)
      values (${id}, ${device.id}, ${versionId}, 'concluded', ${simulated}, ${now.toISOString()}, 'Erin', 'x', ${startOs}, ${device.serial}, true, ${outcome}, ${later(100).toISOString()}, ${later(9000).toISOString()}, ${JSON.stringify(state)}::text::jsonb)`
    await tx`select recount_outcomes()`
    for (const { kind, at = 300, corrected } of observations) {
      const [row] =
        await tx`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce, simulated)
        values (${id}, ${kind}, ${later(at).toISOString()}, 'e1', 'Erin', ${randomUUID()}, ${simulated}) returning id`
      if (corrected !== undefined)
        await tx`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce, corrects_id, reason)
          values (${id}, ${corrected}, ${later(at).toISOString()}, 'e1', 'Erin', ${randomUUID()}, ${row?.id}, 'it was another one')`
    }
    for (const { on, type = 'OSUpdateStatus', judged, found } of replies) {
      event += 1
      await tx`insert into reply_checks (raw_event_id, device_id, trial_id, request_type, platform, os_version, documentation, judged, created_at, simulated)
        values (${event}, ${device.id}, ${id}, ${type}, 'iOS', ${on}, 'lists', ${judged}, ${now.toISOString()}, ${simulated})`
      if (found !== undefined)
        await tx`insert into contradictions (raw_event_id, device_id, trial_id, request_type, platform, os_version, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, documentation, created_at, simulated)
          values (${event}, ${device.id}, ${id}, ${type}, 'iOS', ${on}, 'x', ${found.split(' ')[2] ?? ''}, 'x', 'x', 'x', ${found}, ${judged[0] ?? ''}, '[]', '[]', 'lists', ${now.toISOString()}, ${simulated})`
    }
    const commands: [string, string, number][] = [
      ...(given.answer
        ? [['ScheduleOSUpdate', given.answer, 200] as [string, string, number]]
        : []),
      ...(given.askedAt
        ? [['OSUpdateStatus', 'Acknowledged', given.askedAt] as [string, string, number]]
        : []),
    ]
    for (const [type, status, at] of commands)
      await tx`insert into commands (command_uuid, device_id, mdm_server_id, enrollment_id, trial_id, slot_ordinal, purpose, request_type, plist, plist_sha256, state, reserved_at, reserved_by_id, reserved_by_name, hold_ends_at, answered_at, answer_status)
        values (${randomUUID()}, ${device.id}, ${device.mdmServerId}, ${device.enrollmentId}, ${id}, ${type === 'ScheduleOSUpdate' ? 1 : null}, ${type === 'ScheduleOSUpdate' ? 'intervention' : 'probe'}, ${type}, '', 'x', 'answered', ${now.toISOString()}, 'e1', 'Erin', ${later(120).toISOString()}, ${later(at).toISOString()}, ${status})`
  })
}
let event = 0

const counted = (text: string): Counted => {
  const read = readCounted(text)
  if (!read) throw new Error(`${text} is nothing that can be counted`)
  return read
}

/** "seen 2, notSeen 1" of the real trials that started on a version. */
async function tally(text: string, version: string): Promise<Record<string, number>> {
  const rows = await countSeen(lab.db, 'real', { version }, counted(text))
  return Object.fromEntries(rows.map(({ seen, trials }) => [seen, trials]))
}

test('a trial without an observation after its first command says nothing about the prompt', async () => {
  const startOs = '11.2'
  await concluded({ startOs, observations: [{ kind: 'promptShown' }, { kind: 'screenDark' }] })
  await concluded({ startOs, observations: [{ kind: 'screenDark' }] })
  await concluded({ startOs })
  await concluded({ startOs, observations: [{ kind: 'promptShown', at: 50 }] })
  await concluded({ startOs, observations: [{ kind: 'promptShown', corrected: 'screenDark' }] })
  await concluded({ startOs, outcome: 'voidOperator', observations: [{ kind: 'promptShown' }] })
  await concluded({ startOs, observations: [{ kind: 'promptShown' }], simulated: true })
  expect(await tally('observation:promptShown', startOs)).toEqual({
    ...{ seen: 1, notSeen: 2, unknown: 2, void: 1 },
  })
})

test('a device without a passcode cannot ask for it; an unknown passcode is counted', async () => {
  const startOs = '11.2.5'
  const seen = [{ kind: 'passcodeAsked' }]
  await concluded({ startOs, passcode: true, observations: seen })
  await concluded({ startOs, observations: [{ kind: 'promptShown' }] })
  await concluded({ startOs, passcode: false, observations: [{ kind: 'promptShown' }] })
  expect(await tally('observation:passcodeAsked', startOs)).toEqual({
    ...{ seen: 1, notSeen: 1, impossible: 1 },
  })
})

test('a contradiction counts out of the trials with such a reply on the starting version', async () => {
  const compared = { judged: [path] }
  for (const on of ['11.3', '11.3', '11.3'])
    await concluded({ startOs: '11.3', replies: [{ ...compared, on, found: print }] })
  for (const on of ['12', '12.0'])
    await concluded({ startOs: '12.0', replies: [{ ...compared, on }] })
  // An empty list, a reply that came after the update, and no reply at all.
  await concluded({ startOs: '12.0', replies: [{ on: '12.0', judged: ['OSUpdateStatus'] }] })
  await concluded({ startOs: '12.0', replies: [{ ...compared, on: '12.1', found: print }] })
  await concluded({ startOs: '12.0' })
  expect(await tally(`contradiction:${print}`, '11.3')).toEqual({ seen: 3 })
  expect(await tally(`contradiction:${print}`, '12.0')).toEqual({ notSeen: 2, unknown: 3 })
  expect(await listTrialPrints(lab.db, 'real')).toEqual([print])
  expect(await listTrialPrints(lab.db, 'simulated')).toEqual([])
})

test('an error after which nobody looked says nothing about a start', async () => {
  const startOs = '11.4'
  const replies = [{ on: '11.4', type: 'ScheduleOSUpdate', judged: ['(reply)'] }]
  const answer = 'Error'
  await concluded({ startOs, answer, replies })
  await concluded({ startOs, answer, replies, observations: [{ kind: 'nothing', at: 150 }] })
  await concluded({ startOs, answer, replies, observations: [{ kind: 'nothing' }] })
  await concluded({ startOs, answer, replies, askedAt: 400 })
  await concluded({ startOs, answer: 'Acknowledged', replies })
  const [reply] = replies
  if (reply)
    await concluded({ startOs, answer, replies: [{ ...reply, found: errorThoughStartedPrint }] })
  expect(await tally(`contradiction:${errorThoughStartedPrint}`, startOs)).toEqual({
    ...{ seen: 1, notSeen: 3, unknown: 2 },
  })
})

test('the dots say the same as the counts, and a fingerprint nobody saw is unknown everywhere', async () => {
  const dots = await listSeen(
    lab.db,
    'real',
    { version: '11.3' },
    counted(`contradiction:${print}`),
    'version',
  )
  expect(dots.map(({ row, seen }) => `${row} ${seen}`)).toEqual([
    '11.3 seen',
    '11.3 seen',
    '11.3 seen',
  ])
  expect(
    await tally('contradiction:OSUpdateStatus Never.Seen typeDiffers integer', '11.3'),
  ).toEqual({ unknown: 3 })
})

test('the file has the rates of what is counted, or of the primary outcome', async () => {
  const query = {
    environment: 'real',
    filter: { version: '11.3' },
    bom: false,
    rows: 'version',
  } as const
  const file = async (text?: string) =>
    must(
      await exportOutcomes(
        lab.db,
        engineer,
        { ...query, counted: text === undefined ? undefined : counted(text) },
        now,
      ),
      'ready',
    ).body.split('\r\n')
  expect((await file())[1]).toMatch(
    /^installed,primaryOutcome,version,11\.3,3,0,0,0,0\.56\d+,0,0\.70\d+,0,NA,real$/,
  )
  expect((await file(`contradiction:${print}`))[1]).toMatch(
    new RegExp(
      String.raw`^installed,contradiction:${print.replaceAll(/[.[\]]/g, String.raw`\$&`)},version,11\.3,3,3,1,0\.43\d+,1,0\.29\d+,1,0,0,real$`,
    ),
  )
})
