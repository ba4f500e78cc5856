import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { ownIdentifier } from '@/lib/domain/declaration/own-identifier'
import { receiveCheckin, statusCheckin } from '../ingest/declarations.testing'
import { declaringServer } from '../testing/declaration-server'
import { declarationPlan, releaseDeclared, releasedDeclaration } from '../testing/declaration-trial'
import { readingsOf } from '../testing/device'
import { engineer, later, must } from '../testing/people'
import { deliver } from './deliver'
import { previewSlot } from './preview-slot'
import { settleByDevice } from './settle-declaration'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const command = { installAction: 'InstallASAP', productVersion: '18.2' } as const
const plan = { ...declarationPlan, slots: [...declarationPlan.slots, command] }

/** A trial of both whose declaration is on the server; the device had a configuration of another kind before. */
async function declared() {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm, { plan })
  await deliver(lab.db, mdm.servers, trial.commandUuid, () => later(121))
  const own = ownIdentifier(trial.commandUuid, 'enforce')
  return { ...trial, mdm, own, subscription: ownIdentifier(trial.commandUuid, 'subscribe') }
}
type Declared = Awaited<ReturnType<typeof declared>>

const active = (identifier: string) => ({ identifier, active: true, valid: 'valid' })
const reports = ({ device }: Declared, at: number, names: string[]) => {
  const configurations = names.map(active)
  const items = { management: { declarations: { configurations } } }
  return receiveCheckin(lab, device, statusCheckin(items), { at })
}

const q9 = async ({ trialId }: Declared, at: number) => {
  const { qualification } = must(
    await previewSlot(lab.db, engineer, { trialId, ordinal: 2 }, later(at)),
    'judged',
  )
  return qualification.findings.find(({ ruleId }) => ruleId === 'Q9')
}

test('the command waits for the device’s report, and is released once that names only this trial’s', async () => {
  const trial = await declared()
  expect(await q9(trial, 130)).toMatchObject({ verdict: 'unknown' })
  await reports(trial, 150, [trial.own, trial.subscription])
  const saw = { commandUuid: trial.commandUuid, at: later(150), what: 'Reported' } as const
  expect(await settleByDevice(lab.db, saw, later(155))).toBe(true)
  // What was under way before the declaration says nothing of now.
  await insertReadings(lab.db, trial.device.id, readingsOf({ updateActivity: 'none' }, later(158)))
  expect(await q9(trial, 160)).toMatchObject({ verdict: 'pass' })
  expect(await releaseDeclared(lab.db, trial.mdm, trial.trialId, later(170), 2)).toMatchObject({
    status: 'released',
  })
})

test('what came after it and is of another program stops the command', async () => {
  const trial = await declared()
  await reports(trial, 150, [trial.own, 'other.program.enforce'])
  const found = await q9(trial, 160)
  expect(found).toMatchObject({ verdict: 'fail' })
  expect(found?.reason).toContain('other.program.enforce')
  const saw = { commandUuid: trial.commandUuid, at: later(150), what: 'Reported' } as const
  expect(await settleByDevice(lab.db, saw, later(155))).toBe(true)
  const refused = await releaseDeclared(lab.db, trial.mdm, trial.trialId, later(170), 2)
  expect(refused).toMatchObject({
    ...{ status: 'refused', reason: expect.stringContaining('does not qualify') },
  })
})
