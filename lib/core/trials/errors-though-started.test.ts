import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  listContradictionGroups,
  listContradictionsOfTrial,
} from '@/lib/db/queries/events/contradictions'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import { observe } from '../record/observe'
import { concludedTrial } from '../record/trial-trip.testing'
import { proposeRadar } from '../record/write-radar'
import { engineer, later, must } from '../testing/people'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const outcome = 'installedDespiteError'
const found = async (trialId: string) =>
  (await listContradictionsOfTrial(lab.db, trialId)).filter(
    ({ kind }) => kind === 'errorThoughStarted',
  )
const reasons = async (trialId: string) => (await found(trialId)).map(({ reason }) => reason)

let count = 0
/** Corrects the newest observation of a kind. */
const correct = async (trialId: string, kind: ObservationKind, to: ObservationKind, at: number) => {
  const [row] =
    await lab.sql`select id from observations o where trial_id = ${trialId} and kind = ${kind}
    and not exists (select from observations c where c.corrects_id = o.id) order by id desc limit 1`
  count += 1
  const reason = `it was another device, ${count}`
  const os = to === 'newOsSeen' ? { osVersion: '12.1', osBuild: '16B92' } : {}
  const entry = {
    ...{ trialId, kind: to, text: 'as seen', observedAt: later(at), nonce: randomUUID() },
    ...{ correctsId: Number(row?.id), reason, ...os },
  }
  must(await observe(lab.db, engineer, entry, later(2000 + count)), 'logged')
}

test('an observation corrected after the conclusion withdraws what rested on it, and nothing else', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome, answer: 'Error' })
  expect(await reasons(trialId)).toEqual([expect.stringContaining('the prompt was seen')])
  const shown = async () => (await listContradictionGroups(lab.db, 'real')).map(({ kind }) => kind)
  expect(await shown()).toContain('errorThoughStarted')
  const [contradiction] = await found(trialId)
  const contradictionId = contradiction?.id ?? 0

  // The new OS that was seen still shows it.
  await correct(trialId, 'promptShown', 'nothing', 900)
  expect(await reasons(trialId)).toEqual([expect.stringContaining('the new OS was seen')])

  await correct(trialId, 'newOsSeen', 'nothing', 900)
  expect(await reasons(trialId)).toEqual([])
  expect(await shown()).not.toContain('errorThoughStarted')
  expect(await proposeRadar(lab.db, engineer, { contradictionId })).toMatchObject({
    status: 'refused',
  })
  const [exported] = await lab.sql`select contradictions from trial_export where trial_id = (
    select 'T-' || number from trials where id = ${trialId})`
  expect(exported?.contradictions).not.toContain('errorThoughStarted')

  // It stands again if the correction is corrected; the record has every step.
  await correct(trialId, 'nothing', 'newOsSeen', 900)
  expect(await reasons(trialId)).toEqual([expect.stringContaining('the new OS was seen')])
  const steps =
    await lab.sql`select stands from contradiction_standings where trial_id = ${trialId} order by id`
  expect(steps.map(({ stands }) => stands)).toEqual([true, false, true])
})

test('a correction can also show what nobody had recorded', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'refused', answer: 'Error' })
  await correct(trialId, 'promptShown', 'nothing', 900)
  await correct(trialId, 'newOsSeen', 'nothing', 900)
  expect(await reasons(trialId)).toEqual([])
  await correct(trialId, 'nothing', 'progressBar', 800)
  expect(await reasons(trialId)).toEqual([expect.stringContaining('the progress bar was seen')])
})

test('a radar is written from the newest reply of a trial, which has its steps, and not from a later query', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome, answer: 'Error' })
  const [own] = await found(trialId)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into reply_checks select (k).* from (select jsonb_populate_record(k, '{"raw_event_id": 900000, "trial_id": null}') as k
      from reply_checks k where raw_event_id = ${own?.rawEventId ?? 0}) as copied`
    await tx`insert into contradictions (raw_event_id, device_id, request_type, platform, os_version, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, documentation, created_at)
      select 900000, device_id, request_type, platform, os_version, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, documentation, created_at
      from contradictions where id = ${own?.id ?? 0}`
  })
  const group = (await listContradictionGroups(lab.db, 'real')).find(
    ({ fingerprint }) => fingerprint === own?.fingerprint,
  )
  expect(group?.newestId).toBeGreaterThan(own?.id ?? 0)
  expect(group?.reportedId).toBe(own?.id)
})

test('the steps only grow, and the database takes no reason for what does not stand', async () => {
  await expect(lab.sql`delete from contradiction_standings`).rejects.toThrow(/only grows/)
  const insert = (stands: boolean, reason: string) =>
    lab.sql`insert into contradiction_standings (contradiction_id, trial_id, stands, reason, at)
      select id, trial_id, ${stands}, ${reason}, now() from contradictions limit 1`
  await expect(insert(false, 'seen')).rejects.toThrow(/has_a_reason/)
  await expect(insert(true, '')).rejects.toThrow(/has_a_reason/)
})
