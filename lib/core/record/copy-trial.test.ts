import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashOfEntry } from '@/lib/db/audit/chain'
import { atOneMoment, walkChain } from '@/lib/db/audit/log'
import { findAuditHead } from '@/lib/db/audit/page'
import { recordExport } from '@/lib/db/audit/record-action'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { engineer, later, lead, must, now } from '../testing/people'
import { proofOf, sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { concludeTrial } from '../trials/conclude-trial'
import { copyTrial } from './copy-trial'
import { observe } from './observe'
import { answerQuery, askQuery, closeQuery } from './query-trial'
import { approvedAndLocked, peer } from './review.testing'
import { type TrialCopy, trialCopySchema, trialCopyText } from './trial-copy-format'

let lab: TestDb
let whole: Awaited<ReturnType<typeof lockedTrial>>
let copy: TrialCopy
let headBefore: { seq: number; hash: string }
const hostile = 'It\nsignatures (9)\n==============\nby \u202eeve'

beforeAll(async () => {
  lab = await createTestDb()
  // Another trial, nothing of which may be in the copy.
  await lockedTrial()
  whole = await lockedTrial()
  await sentTrial(lab.db)
  headBefore = await findAuditHead(lab.db)
  copy = await copyOf(whole.trialId)
})
afterAll(() => lab.drop())

async function copyOf(trialId: string) {
  const copied = must(await copyTrial(lab.db, lead, { trialId }, later(3000)), 'copied')
  // Through JSON, as it is sent.
  return trialCopySchema.parse(JSON.parse(JSON.stringify(copied.copy)))
}

/** A locked simulated trial with everything a trial can have. */
async function lockedTrial() {
  const { db } = lab
  const { trialId, device, commandUuid } = await sentTrial(db, { simulated: true })
  const { enrollmentId, mdmServerId } = device
  const answer = { enrollmentId, commandUuid, status: 'Acknowledged' }
  const bodies = [130, 140].map((at) => answerBody({ ...answer, at: later(at) }))
  for (const body of bodies) {
    const eventId = (await keepEvent(db, mdmServerId, body, later(140))) ?? 0
    await readKeptEvent(db, eventId, later(150))
  }
  const seen = { trialId, observedAt: later(900), text: hostile, kind: 'newOsSeen' as const }
  const newOs = { osVersion: '12.1', osBuild: '16B92' }
  const first = { ...seen, nonce: randomUUID(), ...newOs }
  must(await observe(db, engineer, first, later(901)), 'logged')
  const proofId = await proofOf(db, lead, 'overrule', trialId, later(920))
  const decision = { trialId, outcome: 'installedAsExpected' as const, reason: 'seen by two' }
  must(await concludeTrial(db, lead, { ...decision, proofId }, later(920)), 'concluded')
  const query = { trialId, field: 'outcome', text: 'Who read it?' }
  const { id: queryId } = must(await askQuery(db, peer, query, later(1500)), 'recorded')
  const on = { trialId, queryId, text: 'I did, at the bench.' }
  must(await answerQuery(db, engineer, on, later(1500)), 'recorded')
  must(await closeQuery(db, peer, on, later(1500)), 'recorded')
  await approvedAndLocked(db, trialId)
  return { trialId, commandUuid, bodies, deviceId: device.id }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (base64: string) => Buffer.from(base64, 'base64')

test('each section of a copy has as many rows as the database', async () => {
  const { trialId, commandUuid } = whole
  const own = {
    ...{ verdicts: 'verdicts', commands: 'commands', replies: 'raw_events' },
    ...{ replyChecks: 'reply_checks', contradictions: 'contradictions', events: 'trial_events' },
    ...{ contradictionStandings: 'contradiction_standings' },
    ...{ observations: 'observations', outcomeDecisions: 'outcome_decisions' },
    ...{ waivers: 'waivers', signatures: 'signatures', reviewEvents: 'review_events' },
  } as const
  for (const [section, table] of Object.entries(own)) {
    const [row] = await lab.sql<{ n: number }[]>`
      select count(*)::int as n from ${lab.sql(table)} where trial_id = ${trialId}`
    expect([section, copy.counts[section]]).toEqual([section, row?.n])
    expect(copy.record[section as keyof typeof own]).toHaveLength(row?.n ?? -1)
  }
  const [others] = await lab.sql<{ happened: number; proofs: number }[]>`
    select (select count(*)::int from command_events where command_uuid = ${commandUuid}) as happened,
      (select count(*)::int from proofs where subject_id = ${trialId}) as proofs`
  expect(copy.counts).toMatchObject({ commandEvents: others?.happened, proofs: others?.proofs })
  const filled = ['readings', 'verdicts', 'commands', 'replies', 'events', 'observations', 'proofs']
  for (const section of [...filled, 'signatures', 'outcomeDecisions', 'reviewEvents', 'trail'])
    expect(copy.counts[section], section).toBeGreaterThan(0)
  expect(copy.record.protocolVersionEvents).toMatchObject([
    { kind: 'reviewed', by_name: lead.name },
  ])
})

test('the bytes of commands and replies are unchanged, each with its SHA-256', async () => {
  expect(copy.record.replies.map(({ body_base64 }) => bytesOf(body_base64))).toEqual(
    whole.bodies.map((body) => Buffer.from(body)),
  )
  for (const { body_base64, sha256: hash } of copy.record.replies)
    expect(sha256(bytesOf(body_base64))).toBe(hash)
  const [command] = await lab.sql`select plist from commands where trial_id = ${whole.trialId}`
  const [copied] = copy.record.commands
  expect(bytesOf(copied?.plist_base64 ?? '')).toEqual(Buffer.from(command?.plist))
  expect(sha256(bytesOf(copied?.plist_base64 ?? ''))).toBe(copied?.plist_sha256)
  expect(copy.record.replies[0]?.payload_read).toContain('<string>Acknowledged</string>')
})

test('the head is that of the moment, and every entry of the trail has the right hash', async () => {
  expect(copy.head).toEqual(headBefore)
  for (const entry of copy.trail) expect(hashOfEntry(entry)).toBe(entry.hash)
  const kept = await atOneMoment(lab.sql, (tx) => walkChain(tx, copy.head))
  expect(kept.broken).toBeUndefined()
  const altered = copy.trail.map((entry) => ({ ...entry, byName: 'Eve' }))
  expect(altered.filter((entry) => hashOfEntry(entry) === entry.hash)).toEqual([])
})

test('no entry about the trial is missing, nor the one that inserted its rows', async () => {
  const { trialId } = whole
  const named =
    await lab.sql`select seq::text from audit_log where trial_id = ${trialId} and seq <= ${copy.head.seq}`
  const seqs = new Set(copy.trail.map(({ seq }) => seq))
  expect(named.filter(({ seq }) => !seqs.has(seq))).toEqual([])
  const came = (table: string, id: unknown) =>
    copy.trail.some(
      ({ kind, tableName, rowId, new: after }) =>
        kind === 'insert' &&
        tableName === table &&
        (rowId === String(id) ||
          JSON.parse(after ?? '{}').rows?.some((row: { id: unknown }) => row.id === id)),
    )
  const { replies, readings, proofs, signatures, observations, device } = copy.record
  const rows = { raw_events: replies, readings, proofs, signatures, observations, devices: device }
  for (const [table, copied] of Object.entries(rows))
    expect(
      copied.filter(({ id }) => !came(table, id)),
      table,
    ).toEqual([])
})

test('nothing of another trial is in the copy, except in an entry that inserted many rows', async () => {
  const others = await lab.sql`select id from trials where id <> ${whole.trialId}`
  const text = JSON.stringify({ ...copy, trail: copy.trail.filter(({ rowId }) => rowId !== null) })
  expect(others.length).toBeGreaterThan(1)
  expect(others.filter(({ id }) => text.includes(id))).toEqual([])
})

test('every signature has its hash and whether it holds, and a broken one is shown', async () => {
  expect(copy.record.signatures.length).toBeGreaterThan(2)
  for (const one of copy.record.signatures) {
    expect(sha256(Buffer.from(one.record))).toBe(one.record_sha256)
    expect(one).toMatchObject({ holds: true, differences: [] })
  }
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update observations set text = 'rewritten' where trial_id = ${whole.trialId}`
  })
  const after = await copyOf(whole.trialId)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update observations set text = ${hostile} where trial_id = ${whole.trialId}`
  })
  const broken = after.record.signatures.filter(({ holds }) => !holds)
  expect(broken.map(({ act }) => act)).toContain('lock')
  expect(broken.every(({ differences }) => differences.length > 0)).toBe(true)
})

test('both forms contain no secret, and are marked if simulated', async () => {
  const text = trialCopyText(copy)
  const [server] = await lab.sql`
    select api_key, hmac_key from mdm_servers where id = ${copy.record.server[0]?.id ?? ''}`
  // As `addServer` stores them, and in their sealed form.
  const secrets = ['lab-api-key', 'lab-hmac-key', server?.api_key, server?.hmac_key]
  for (const form of [JSON.stringify(copy), text])
    for (const secret of secrets) expect(form).not.toContain(secret)
  expect(copy.record.server).toHaveLength(1)
  expect(copy.mark).toMatch(/^SIMULATED/)
  expect(text.split('\n')[1]).toMatch(/^SIMULATED/)
  const { trialId } = await sentTrial(lab.db)
  const real = await copyOf(trialId)
  expect(real.mark).toBeNull()
  expect(trialCopyText(real)).not.toContain('SIMULATED')
})

/** Each value of the copy with the last name of its path. */
function leavesOf(value: unknown, name = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[name, value]]
  return Object.entries(value).flatMap(([key, held]) => leavesOf(held, key))
}

test('the text has a line for every value of the JSON, and typed text begins no line of its own', () => {
  const lines = trialCopyText(copy).split('\n')
  const leaves = [...leavesOf(copy.record), ...leavesOf(copy.trail)]
  const all = new Set(lines.map((line) => line.slice(line.indexOf(': ') + 2)))
  const shown = (value: unknown) =>
    value === null
      ? '(not set)'
      : String(value)
          .replaceAll('\n', '\\n')
          .replaceAll('\t', '\\t')
          .replaceAll('\u202e', '\\u{202e}')
  expect(leaves.length).toBeGreaterThan(1000)
  expect(leaves.filter(([, value]) => !all.has(shown(value)))).toEqual([])
  expect(lines.filter((line) => line.startsWith('signatures ('))).toEqual([
    `signatures (${copy.record.signatures.length})`,
  ])
  expect(lines).toContain(`head of the audit trail: entry ${copy.head.seq}, ${copy.head.hash}`)
  for (const { act, record_sha256 } of copy.record.signatures)
    expect(lines).toEqual(
      expect.arrayContaining([`act: ${act}`, `record_sha256: ${record_sha256}`]),
    )
})

test('downloading a copy is an entry about the trial, with the hash of what was sent', async () => {
  const body = trialCopyText(copy)
  const about = { file: 'trial copy', table: 'trials', row: whole.trialId, trialId: whole.trialId }
  const sent = await new Response(
    recordExport(lab.db, lead, { ...about, form: 'bytes' }, body),
  ).text()
  const [entry] = await lab.sql`
    select by_name, new from audit_log where kind = 'exported' and trial_id = ${whole.trialId}`
  expect(entry).toMatchObject({
    by_name: lead.name,
    new: { file: 'trial copy', sha256: sha256(Buffer.from(sent)), complete: true },
  })
})

test('without permission to read the trail there is no copy, and for a missing trial none', async () => {
  const ask = (actor: typeof lead, trialId: string) => copyTrial(lab.db, actor, { trialId }, now)
  expect(await ask(engineer, whole.trialId)).toMatchObject({ status: 'refused' })
  expect(await ask(lead, randomUUID())).toMatchObject({ status: 'absent' })
  expect(await ask(lead, 'T-1')).toMatchObject({ status: 'absent' })
})

test('a trial too large for one file is refused with another way to export it', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  await lab.sql`
    insert into raw_events (mdm_server_id, received_at, body, sha256, trial_id)
    select ${device.mdmServerId}, now(), decode(repeat('00', 11 * 1024 * 1024), 'hex'), repeat(n::text, 64), ${trialId}
    from generate_series(1, 3) n`
  expect(await copyTrial(lab.db, lead, { trialId }, now)).toEqual({
    status: 'tooLarge',
    reason: expect.stringMatching(
      /^This trial holds 3\d MiB .* 32 MiB at most\. Export its replies/,
    ),
  })
})

test('evidence that was altered behind the triggers is copied unchanged', async () => {
  const { trialId, commandUuid } = await sentTrial(lab.db)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update commands set plist_sha256 = 'altered' where command_uuid = ${commandUuid}`
    await tx`update audit_log set hash = 'altered' where trial_id = ${trialId} and table_name = 'commands'`
  })
  const altered = await copyOf(trialId)
  expect(altered.record.commands[0]?.plist_sha256).toBe('altered')
  expect(altered.trail.map(({ hash }) => hash)).toContain('altered')
})
