import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listClaimResults, listClaimVersions } from '@/lib/db/queries/claims'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ClaimContent, ClaimFinding } from '@/lib/domain/claim/claim'
import { scoreboard } from '@/lib/domain/claim/scoreboard'
import type { ClaimRef } from '@/lib/domain/trial/protocol'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, twoSlots } from '../testing/trial'
import { saveProtocol } from '../trials/save-protocol'
import { decideClaim, exportClaims, saveClaim } from './claims'
import { observe } from './observe'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const byScreen: ClaimContent = {
  statement: 'A prompt shows before the install.',
  ...{ source: 'community', sourceName: 'A post of 2018', url: 'https://example.org/post' },
  ...{ family: 'iOS', from: '11.3', check: 'screen', howTo: 'the screen after command 2' },
}
const byReply: ClaimContent = {
  ...byScreen,
  ...{ statement: 'IsDownloaded is a boolean.', check: 'reply', howTo: '' },
  ...{ requestType: 'OSUpdateStatus', path: 'OSUpdateStatus[].IsDownloaded' },
}
const outcome = 'installedAfterUserAction'
const write = async (content: ClaimContent): Promise<ClaimRef & { claimId: string }> => {
  const { claimId, version } = must(await saveClaim(lab.db, engineer, { content }, now), 'saved')
  const [claim] = await listClaimVersions(lab.db, claimId)
  return { claim: claim?.number ?? 0, version, claimId }
}
const ref = ({ claim, version }: ClaimRef): ClaimRef => ({ claim, version })
/** A concluded trial whose protocol names these claims. */
const tested = async (...named: ClaimRef[]) => {
  const plan = { ...twoSlots, claims: named.map(ref) }
  const { trialId } = await concludedTrial(lab.db, { plan, outcome })
  const results = await listClaimResults(lab.db, { trialId })
  return { trialId, results, versionOf: results[0]?.claimVersionId ?? 0 }
}
const reason = 'the prompt was seen by two people'
const decide = (
  trialId: string,
  claimVersionId: number,
  finding: ClaimFinding = 'supports',
  by = lead,
  why = reason,
) => decideClaim(lab.db, by, { trialId, claimVersionId, finding, reason: why }, later(1000))
const findingOf = async (trialId: string) =>
  (await listClaimResults(lab.db, { trialId }))[0]?.finding

test('a claim is written in versions, and a protocol keeps the one it names', async () => {
  const first = await write(byScreen)
  const next = { ...byScreen, statement: 'A prompt shows before every install.' }
  const edit = { claimId: first.claimId, basedOn: 1, content: next }
  expect(must(await saveClaim(lab.db, engineer, edit, now), 'saved').version).toBe(2)
  expect(await saveClaim(lab.db, engineer, edit, now)).toMatchObject({
    reason: expect.stringContaining('Version 2 was saved by Erin'),
  })
  const same = { ...edit, basedOn: 2 }
  expect(await saveClaim(lab.db, engineer, same, now)).toMatchObject({
    reason: 'Nothing has changed.',
  })
  const { results } = await tested({ ...first, version: 1 })
  expect(results).toMatchObject([{ claim: first.claim, version: 1, finding: undefined }])
})

test('a protocol cannot name a claim that nobody wrote, or one twice', async () => {
  const { claim } = await write(byScreen)
  const save = (claims: ClaimRef[]) =>
    saveProtocol(lab.db, engineer, { plan: { ...twoSlots, claims } }, now)
  expect(await save([{ claim, version: 7 }])).toMatchObject({ field: 'claims' })
  const twice = { claim, version: 1 }
  expect(await save([twice, twice])).toMatchObject({ field: 'claims' })
  const plan = JSON.stringify({ ...twoSlots, claims: [{ claim, version: 7 }] })
  await expect(
    lab.sql`insert into protocol_versions (protocol_id, version, plan, created_by, created_at)
      select id, 99, ${plan}::text::jsonb, 'Erin', now() from protocols limit 1`,
  ).rejects.toThrow(/no version 7/)
})

test('a lead decides with a reason, and the newest decision counts', async () => {
  const { trialId, versionOf } = await tested(await write(byScreen))
  for (const by of [engineer, admin])
    expect(await decide(trialId, versionOf, 'supports', by)).toMatchObject({ status: 'refused' })
  expect(await decide(trialId, versionOf, 'supports', lead, 'seen')).toMatchObject({
    field: 'reason',
  })
  must(await decide(trialId, versionOf), 'decided')
  expect(await findingOf(trialId)).toBe('supports')
  must(await decide(trialId, versionOf, 'notObserved'), 'decided')
  expect(await findingOf(trialId)).toBe('notObserved')
})

test('a trial under way, a claim it does not test, and a version it is not about are refused', async () => {
  const claim = await write(byScreen)
  const plan = { ...twoSlots, claims: [ref(claim)] }
  const live = await armedTrial(lab.db, { plan })
  const { trialId, versionOf } = await tested(claim)
  expect(await decide(live.trialId, versionOf)).toMatchObject({
    reason: expect.stringContaining('once it is concluded'),
  })
  const other = await tested(await write(byScreen))
  expect(await decide(trialId, other.versionOf)).toMatchObject({
    reason: expect.stringContaining('does not name this claim'),
  })
  for (const but of [{ from: '12.1' }, { to: '11.4' }, { family: 'tvOS' as const }]) {
    const apart = await tested(await write({ ...byScreen, ...but }))
    expect(apart.results).toMatchObject([{ inRange: false }])
    expect(await decide(apart.trialId, apart.versionOf)).toMatchObject({
      reason: expect.stringContaining('is not about 12.0.1'),
    })
  }
})

test('a claim about one mechanism counts trials by that one alone', async () => {
  const declared = await tested(await write({ ...byScreen, mechanism: 'declaration' }))
  expect(declared.results).toMatchObject([
    { inRange: true, byItsMechanism: false, mechanism: 'command', aboutMechanism: 'declaration' },
  ])
  expect(scoreboard(declared.results)).toEqual([])
  expect(await decide(declared.trialId, declared.versionOf)).toMatchObject({
    reason: expect.stringContaining('updates by declaration alone, and this trial was by command'),
  })
  const commanded = await tested(await write({ ...byScreen, mechanism: 'command' }))
  must(await decide(commanded.trialId, commanded.versionOf), 'decided')
  expect(scoreboard(await listClaimResults(lab.db, { trialId: commanded.trialId }))).toMatchObject([
    { supports: 1 },
  ])
  const row = {
    ...{ trial_id: declared.trialId, claim_version_id: declared.versionOf, finding: 'supports' },
    ...{ reason, at: later(1000).toISOString(), by_id: 'l1', by_name: 'Lee', by_role: 'lead' },
  }
  await expect(lab.sql`insert into claim_decisions ${lab.sql(row)}`).rejects.toThrow(/is not about/)
  await expect(
    lab.sql`insert into claim_versions (claim_id, statement, source, source_name, url, family, from_version, "check", how_to, at, by_id, by_name, mechanism)
      select claim_id, statement, source, source_name, url, family, from_version, "check", how_to, at, by_id, by_name, 'both' from claim_versions limit 1`,
  ).rejects.toThrow(/known_mechanism/)
})

test('a corrected observation takes the decision away until a lead decides again', async () => {
  const { trialId, versionOf } = await tested(await write(byScreen))
  must(await decide(trialId, versionOf), 'decided')
  const [seen] =
    await lab.sql`select id from observations where trial_id = ${trialId} and kind = 'promptShown'`
  const correction = {
    ...{ trialId, kind: 'nothing' as const, text: '', observedAt: later(900) },
    ...{ nonce: randomUUID(), correctsId: Number(seen?.id), reason: 'that was another device' },
  }
  must(await observe(lab.db, engineer, correction, later(1100)), 'logged')
  expect(await findingOf(trialId)).toBeUndefined()
})

/** What the detector would have stored of a reply on this version. */
const compared = (trialId: string, on: string, kind?: string) =>
  lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [row] = await tx`select coalesce(max(raw_event_id), 1000000) + 1 as id from reply_checks`
    const [trial] = await tx`select device_id from trials where id = ${trialId}`
    await tx`insert into reply_checks (raw_event_id, device_id, trial_id, request_type, platform, os_version, documentation, judged, created_at)
      values (${row?.id}, ${trial?.device_id}, ${trialId}, 'OSUpdateStatus', 'iOS', ${on}, 'lists', ${['OSUpdateStatus[].IsDownloaded']}, now())`
    if (kind)
      await tx`insert into contradictions (raw_event_id, device_id, trial_id, request_type, platform, os_version, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, documentation, created_at)
        values (${row?.id}, ${trial?.device_id}, ${trialId}, 'OSUpdateStatus', 'iOS', ${on}, 'OSUpdateStatus[].IsDownloaded', ${kind}, 'integer', 'boolean', 'x', ${`p ${kind}`}, 'OSUpdateStatus[].IsDownloaded', '[]', '[]', 'lists', now())`
  })

test('where replies decide: no reply is no support, and one that differs contradicts', async () => {
  const claim = await write(byReply)
  const { trialId, versionOf } = await tested(claim)
  expect(await findingOf(trialId)).toBe('notObserved')
  expect(await decide(trialId, versionOf)).toMatchObject({
    reason: expect.stringContaining('decide about C-'),
  })
  // After the update it runs another version, about which this trial says nothing.
  await compared(trialId, '12.1', 'typeDiffers')
  expect(await findingOf(trialId)).toBe('notObserved')
  await compared(trialId, '12.0.1')
  expect(await findingOf(trialId)).toBe('supports')
  await compared(trialId, '12.0.1', 'documentationInconsistent')
  expect(await findingOf(trialId)).toBe('notObserved')
  await compared(trialId, '12.0.1', 'typeDiffers')
  expect(await findingOf(trialId)).toBe('contradicts')
})

test('the database refuses what the service refuses', async () => {
  const claim = await write(byScreen)
  const { trialId, versionOf } = await tested(claim)
  const row = {
    ...{ trial_id: trialId, claim_version_id: versionOf, finding: 'supports', reason },
    ...{ at: later(1000).toISOString(), by_id: 'l1', by_name: 'Lee', by_role: 'lead' },
  }
  const insert = (but: Record<string, unknown> = {}) =>
    lab.sql`insert into claim_decisions ${lab.sql({ ...row, ...but } as typeof row)}`
  await expect(insert({ by_role: 'engineer' })).rejects.toThrow(/by_a_lead/)
  await expect(insert({ reason: 'seen' })).rejects.toThrow(/reason/)
  await expect(insert({ finding: 'perhaps' })).rejects.toThrow(/did_not_observe/)
  const other = await tested(await write(byReply))
  await expect(insert({ claim_version_id: other.versionOf })).rejects.toThrow(/does not name/)
  await expect(
    insert({ trial_id: other.trialId, claim_version_id: other.versionOf }),
  ).rejects.toThrow(/replies of T-\d+ decide/)
  await insert()
  for (const table of ['claim_decisions', 'claim_versions'])
    await expect(lab.sql`delete from ${lab.sql(table)}`).rejects.toThrow(/only grows/)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`delete from observations where trial_id = ${trialId}`
  })
  await expect(insert()).rejects.toThrow(/nothing was observed/)
  expect(await decide(trialId, versionOf)).toMatchObject({ field: 'finding' })
  await insert({ finding: 'notObserved' })
})

test('the file has a row for each trial and claim, and no formula', async () => {
  const { trialId, versionOf } = await tested(
    await write({ ...byScreen, statement: '=1+1 is asked first.' }),
  )
  must(await decide(trialId, versionOf), 'decided')
  const file = must(
    await exportClaims(lab.db, lead, { environment: 'real', bom: false }, now),
    'ready',
  )
  const rows = parse(file.body, { columns: true }) as Record<string, string>[] // With columns: true every record is an object of texts.
  const own = rows.filter(({ statement }) => statement?.includes('1+1'))
  expect(own).toMatchObject([
    {
      ...{ statement: "'=1+1 is asked first.", start_os: '12.0.1', in_range: 'true' },
      ...{ finding: 'supports', reason, decided_by: 'Lee', environment: 'real' },
      ...{ about_mechanism: '', by_its_mechanism: 'true' },
    },
  ])
  const simulated = must(
    await exportClaims(lab.db, lead, { environment: 'simulated', bom: false }, now),
    'ready',
  )
  expect(parse(simulated.body)).toHaveLength(1)
})
