import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { pairAttachSteps, pairRemovalSteps } from '@/lib/domain/trial/declaration-step'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { carryOn } from '@/lib/worker/carry-on'
import { declarationCheckin, receiveCheckin } from '../ingest/declarations.testing'
import { declaringServer, type StepFate } from '../testing/declaration-server'
import { releasedDeclaration } from '../testing/declaration-trial'
import { later, lead, must } from '../testing/people'
import { proofOf } from '../testing/trial'
import { deliver } from './deliver'
import { withdrawDeclaration } from './withdraw-declaration'

// An older version released declarations without a status subscription: two lines of stored bytes.
vi.mock('@/lib/domain/declaration/subscribed-items', () => ({ subscribedItems: () => undefined }))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function sent(attachSet: StepFate) {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  mdm.state.fates = { attachSet }
  await deliver(lab.db, mdm.servers, trial.commandUuid, () => later(121))
  mdm.state.fates = {}
  return { ...trial, mdm }
}
type Sent = Awaited<ReturnType<typeof sent>>

const round = ({ mdm }: Sent, seconds: number) =>
  carryOn({
    db: lab.db,
    servers: mdm.servers,
    clock: () => later(seconds),
    sending: { settlePausesMs: [] },
  })

const stepsOf = async ({ commandUuid }: Sent) => {
  const rows = await listDeclarationSteps(lab.db, [commandUuid])
  return rows.map(({ step, outcome, ordinal }) => `${ordinal} ${step} ${outcome}`)
}

test('one that was released without a subscription is sent, settled and taken back in the steps of its time', async () => {
  const trial = await sent('cutAfter')
  const { commandUuid, mdm } = trial
  const before = await findCommand(lab.db, commandUuid)
  expect(Buffer.from(before?.plist ?? []).toString()).not.toContain('subscri')
  expect(before?.state).toBe('unconfirmed')
  expect(await stepsOf(trial)).toEqual([
    ...pairAttachSteps.slice(0, -1).map((step, index) => `${index + 1} ${step} done`),
    ...['0 checkBefore notAttached', '5 attachSet leaving', '5 attachSet unsure'],
  ])
  await round(trial, 122)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })

  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trial.trialId, later(200))
  const reason = 'the question has changed'
  must(
    await withdrawDeclaration(lab.db, lead, { commandUuid, reason, proofId }, later(200)),
    'withdrawing',
  )
  await round(trial, 202)
  const [detached, ...cleared] = pairRemovalSteps.map((step, at) => `${at + 1} ${step} done`)
  expect((await stepsOf(trial)).slice(-7)).toEqual([
    ...[detached, '0 notifyDevice done', ...cleared],
    '0 readBack notAttached',
  ])
  expect((await listRemovals(lab.db, [commandUuid]))[0]).toMatchObject({ finishedAt: later(202) })
  expect(mdm.state.stored.size).toBe(0)
  await round(trial, 9000)
  expect((await stepsOf(trial)).at(-1)).toBe('0 readBack notAttached')
})

test('the fetch of a subscription that it never had is no sign of it', async () => {
  const { device, commandUuid } = await sent('done')
  const { subscription, configuration } = enforcementNames(commandUuid)
  const named = async (identifier: string) => {
    const rows =
      await lab.sql`select command_uuid from declaration_events where identifier = ${identifier}`
    return rows.map((row) => row.command_uuid)
  }
  for (const identifier of [subscription, configuration])
    await receiveCheckin(lab, device, declarationCheckin(`declaration/configuration/${identifier}`))
  expect(await named(subscription)).toEqual([null])
  expect(await named(configuration)).toEqual([commandUuid])
})
