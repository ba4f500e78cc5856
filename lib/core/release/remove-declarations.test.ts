import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { findCommand } from '@/lib/db/queries/trials/commands'
import {
  listDeclarationSteps,
  listRemovals,
  listUnfinishedRemovals,
} from '@/lib/db/queries/trials/declaration-steps'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { mayStillArriveMs, notifyStep, removalSteps } from '@/lib/domain/trial/declaration-step'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { carryOn } from '@/lib/worker/carry-on'
import { declarationCheckin, receiveCheckin, statusCheckin } from '../ingest/declarations.testing'
import { declaringServer, type StepFate } from '../testing/declaration-server'
import { declarationPlan, releaseDeclared, releasedDeclaration } from '../testing/declaration-trial'
import { readingsOf } from '../testing/device'
import { engineer, later, lead, must } from '../testing/people'
import { proofOf } from '../testing/trial'
import { withdrawTrial } from '../trials/close-trial'
import { concludeTrial, reopenTrial } from '../trials/conclude-trial'
import { deliver } from './deliver'
import { settleByDevice } from './settle-declaration'
import { withdrawCommand } from './withdraw-command'
import { withdrawDeclaration } from './withdraw-declaration'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function sent(attachSet: StepFate = 'done') {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  mdm.state.fates = { attachSet }
  await deliver(lab.db, mdm.servers, trial.commandUuid, () => later(121))
  mdm.state.fates = {}
  mdm.state.made.length = 0
  return { ...trial, mdm }
}
type Sent = Awaited<ReturnType<typeof sent>>

async function withdraw({ commandUuid, trialId }: Sent, seconds = 200, by = lead) {
  const at = later(seconds)
  const proofId = await proofOf(lab.db, by, 'withdrawCommand', trialId, at)
  const reason = 'the question has changed'
  return withdrawDeclaration(lab.db, by, { commandUuid, reason, proofId }, at)
}

const round = ({ mdm }: Sent, seconds: number) =>
  carryOn({
    db: lab.db,
    servers: mdm.servers,
    clock: () => later(seconds),
    sending: { settlePausesMs: [] },
  })

const stateOf = async ({ commandUuid }: Sent) => {
  const [command, [removal], steps] = await Promise.all([
    findCommand(lab.db, commandUuid),
    listRemovals(lab.db, [commandUuid]),
    listDeclarationSteps(lab.db, [commandUuid]),
  ])
  return { command, removal, steps: steps.map(({ step, outcome }) => `${step} ${outcome}`) }
}

/** A removal in which nothing fails: the device is told once it is on the record that the set is detached. */
const removed = [
  ...['detachSet done', 'notifyDevice done'],
  ...removalSteps.slice(1).map((step) => `${step} done`),
]

test('a withdrawn declaration is detached, then cleared up, and nothing else is touched', async () => {
  const trial = await sent()
  const { state } = trial.mdm
  state.foreign = [{ set: 'everybody', declarations: [{ identifier: 'wifi', type: 'x' }] }]
  state.stored.set('theirs', '{}')
  expect(await withdraw(trial, 200, engineer)).toMatchObject({ status: 'refused' })
  must(await withdraw(trial), 'withdrawing')
  expect(await withdraw(trial, 201)).toMatchObject({ status: 'refused' })
  await round(trial, 202)
  expect(state.made.map(({ step }) => step)).toEqual([...removalSteps])
  expect([...state.stored.keys()]).toEqual(['theirs'])
  const { command, removal, steps } = await stateOf(trial)
  expect(steps.slice(-11)).toEqual([...removed, 'readBack notAttached'])
  expect(state.notified).toEqual([trial.device.enrollmentId])
  expect(removal).toMatchObject({
    detachedAt: later(202),
    finishedAt: later(202),
    seenGoneAt: null,
  })
  expect(command).toMatchObject({ state: 'queued', withdrawnBy: lead.name })
  state.made.length = 0
  await round(trial, 9000)
  expect(state.made).toEqual([])
})

test.each(
  removalSteps
    .flatMap((step) =>
      (['cutAfter', 'cutBefore', 'refused', 'diesAfter'] as const).map(
        (fate) => [step, fate] as const,
      ),
    )
    .filter(([step, fate]) => step !== 'detachSet' || fate !== 'cutAfter'),
)('F53 a removal whose %s is %s is made again, harmlessly, to its end', async (step, fate) => {
  const trial = await sent()
  must(await withdraw(trial), 'withdrawing')
  trial.mdm.state.fates = { [step]: fate }
  await round(trial, 202).catch(() => undefined)
  expect((await stateOf(trial)).removal?.finishedAt).toBeNull()
  trial.mdm.state.fates = {}
  await round(trial, 500)
  const { removal, command } = await stateOf(trial)
  expect(removal?.finishedAt).toEqual(later(500))
  expect(command?.withdrawnAt).not.toBeNull()
  expect(trial.mdm.state.attached.size).toBe(0)
})

test('F53 a detach whose answer does not tell is read back at once, and the device is told once more', async () => {
  const trial = await sent()
  must(await withdraw(trial), 'withdrawing')
  trial.mdm.state.fates = { detachSet: 'cutAfter' }
  await round(trial, 202)
  const { removal, command, steps } = await stateOf(trial)
  expect(steps.slice(-12)).toEqual([
    ...['detachSet unsure', 'readBack notAttached', 'notifyDevice done'],
    ...removalSteps.slice(1).map((step) => `${step} done`),
    'readBack notAttached',
  ])
  expect(removal).toMatchObject({ detachedAt: later(202), finishedAt: later(202) })
  expect(command).toMatchObject({ withdrawnBy: lead.name })
  expect(trial.mdm.state.notified).toHaveLength(1)
})

test('F55 a device that asks for its list the moment it is told has been seen without the declaration', async () => {
  const trial = await sent()
  const { notify } = trial.mdm.state.server
  trial.mdm.state.server.notify = async (id) => {
    expect((await stateOf(trial)).removal?.detachedAt).toEqual(later(202))
    await receiveCheckin(lab, trial.device, declarationCheckin('declaration-items'), { at: 203 })
    return notify(id)
  }
  must(await withdraw(trial), 'withdrawing')
  await round(trial, 202)
  await round(trial, 205)
  expect((await stateOf(trial)).removal?.seenGoneAt).toEqual(later(203))
})

test.each(['diesBefore', 'diesAfter', 'refused', 'notConnected', 'cutBefore', 'cutAfter'] as const)(
  'F55 a device that was not told for certain, as %s, is told by the next round',
  async (fate) => {
    const trial = await sent()
    must(await withdraw(trial), 'withdrawing')
    trial.mdm.state.fates = { notifyDevice: fate }
    await round(trial, 202).catch(() => undefined)
    expect((await stateOf(trial)).removal).toMatchObject({
      detachedAt: later(202),
      finishedAt: null,
    })
    trial.mdm.state.fates = {}
    const before = trial.mdm.state.notified.length
    await round(trial, 500)
    expect(trial.mdm.state.notified).toHaveLength(before + 1)
    expect((await stateOf(trial)).removal?.finishedAt).toEqual(later(500))
  },
)

test('F55 whether the device could be told is no condition: what cannot be pushed is cleared up all the same', async () => {
  const trial = await sent()
  must(await withdraw(trial), 'withdrawing')
  trial.mdm.state.fates = { notifyDevice: 'cannotPush', removeActivation: 'cutBefore' }
  await round(trial, 202)
  trial.mdm.state.fates = {}
  await round(trial, 500)
  const { removal, steps } = await stateOf(trial)
  expect(removal?.finishedAt).toEqual(later(500))
  // It was told once, as far as anybody knows, and nothing has changed since.
  expect(steps.filter((step) => step.startsWith('notifyDevice'))).toEqual(['notifyDevice unsure'])
})

test('F55 a notification that is never answered is made three times, and then the removal goes on', async () => {
  const trial = await sent()
  must(await withdraw(trial), 'withdrawing')
  trial.mdm.state.fates = { notifyDevice: 'cutBefore' }
  for (const seconds of [202, 500, 900]) {
    expect((await stateOf(trial)).removal?.finishedAt).toBeNull()
    await round(trial, seconds)
  }
  const { removal, steps } = await stateOf(trial)
  expect(removal?.finishedAt).toEqual(later(900))
  expect(steps.filter((step) => step === 'notifyDevice unsure')).toHaveLength(3)
})

test('F53 an attach that was read back as made cannot arrive later: its removal does not wait for it', async () => {
  const trial = await sent('cutAfter')
  await round(trial, 122)
  expect((await stateOf(trial)).command).toMatchObject({ state: 'queued' })
  must(await withdraw(trial), 'withdrawing')
  await round(trial, 202)
  const { removal, command } = await stateOf(trial)
  expect(removal?.finishedAt).toEqual(later(202))
  expect(command).toMatchObject({ state: 'queued', withdrawnAt: later(202) })
})

test('F53 a request to attach that arrives after the removal is found and taken back as well', async () => {
  const trial = await sent('cutBefore')
  must(await withdraw(trial), 'withdrawing')
  await round(trial, 202)
  expect((await stateOf(trial)).removal).toMatchObject({ finishedAt: null })
  expect((await stateOf(trial)).command?.withdrawnAt).toBeNull()
  trial.mdm.state.arrive()
  expect(trial.mdm.state.attached.size).toBe(1)
  const wait = 121 + mayStillArriveMs / 1000
  await round(trial, wait - 5)
  expect((await stateOf(trial)).removal?.finishedAt).toBeNull()
  await round(trial, wait + 1)
  expect(trial.mdm.state.attached.size).toBe(0)
  const { removal, command } = await stateOf(trial)
  expect(removal?.finishedAt).toEqual(later(wait + 1))
  expect(command).toMatchObject({ state: 'unconfirmed', withdrawnBy: lead.name })
})

test('F54 the end of a trial takes its declaration back by itself', async () => {
  const trial = await sent()
  const reason = 'we stop here, enough seen'
  const proofId = await proofOf(lab.db, lead, 'overrule', trial.trialId, later(300))
  const end = { trialId: trial.trialId, outcome: 'voidOperator' as const, reason, proofId }
  must(await concludeTrial(lab.db, lead, end, later(300)), 'concluded')
  await round(trial, 301)
  const { removal } = await stateOf(trial)
  expect(removal).toMatchObject({ cause: 'trialEnded', byName: 'Oneway', finishedAt: later(301) })
  expect(trial.mdm.state.attached.size).toBe(0)
})

test('F54 what a send that provably failed left on the server goes with its trial', async () => {
  const mdm = declaringServer()
  const trial = { ...(await releasedDeclaration(lab.db, mdm)), mdm }
  mdm.state.fates = { addActivation: 'refused' }
  await deliver(lab.db, mdm.servers, trial.commandUuid, () => later(121))
  expect(mdm.state.stored.size).toBe(4)
  mdm.state.fates = {}
  const why = { trialId: trial.trialId, reason: 'the plan has changed' }
  must(await withdrawTrial(lab.db, lead, why, later(300)), 'closed')
  await round(trial, 301)
  expect(mdm.state.stored.size).toBe(0)
  expect((await stateOf(trial)).command).toMatchObject({ state: 'notSent', withdrawnAt: null })
  // Nothing was ever attached, so there is nothing to tell.
  expect(mdm.state.notified).toEqual([])
})

test('what was provably never attached is not taken back while it can be released again', async () => {
  const mdm = declaringServer()
  const trial = { ...(await releasedDeclaration(lab.db, mdm)), mdm }
  mdm.state.fates = { addActivation: 'refused' }
  await deliver(lab.db, mdm.servers, trial.commandUuid, () => later(121))
  expect(await withdraw(trial)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('nothing of it is attached'),
  })
  await expect(lab.sql`insert into declaration_removals
    (command_uuid, requested_at, cause, by_id, by_name, reason, signature_id)
    select command_uuid, now(), 'person', 'x', 'x', 'a long enough reason', signature_id
    from commands where command_uuid = ${trial.commandUuid}`).rejects.toThrow(
    'cannot be taken back',
  )
})

test('a trial that is reopened does not release again what its end has taken back', async () => {
  const mdm = declaringServer()
  const [slot] = declarationPlan.slots
  if (!slot) throw new Error('the plan has no slot')
  const plan = { ...declarationPlan, slots: [slot, slot] }
  const trial = { ...(await releasedDeclaration(lab.db, mdm, { plan })), mdm }
  const { trialId, device, commandUuid } = trial
  await deliver(lab.db, mdm.servers, commandUuid, () => later(121))
  const saw = { commandUuid, at: later(150), what: 'Reported' } as const
  expect(await settleByDevice(lab.db, saw, later(155))).toBe(true)
  const configurations = [
    { identifier: enforcementNames(commandUuid).configuration, active: true, valid: 'valid' },
  ]
  const report = statusCheckin({ management: { declarations: { configurations } } })
  await receiveCheckin(lab, device, report, { at: 150 })
  await insertReadings(lab.db, device.id, readingsOf({ updateActivity: 'none' }, later(158)))
  const again = must(await releaseDeclared(lab.db, mdm, trialId, later(170), 2), 'released')
  mdm.state.fates = { addActivation: 'refused' }
  await deliver(lab.db, mdm.servers, again.commandUuid, () => later(300))
  mdm.state.fates = {}
  const second = { ...trial, commandUuid: again.commandUuid }
  expect((await stateOf(second)).command?.state).toBe('notSent')
  const reason = 'we stop here, enough seen'
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(310))
  const end = { trialId, outcome: 'voidOperator' as const, reason, proofId }
  must(await concludeTrial(lab.db, lead, end, later(310)), 'concluded')
  await round(trial, 311)
  expect((await stateOf(second)).removal?.cause).toBe('trialEnded')
  must(await reopenTrial(lab.db, lead, { trialId, reason }, later(320)), 'reopened')
  expect(await releaseDeclared(lab.db, mdm, trialId, later(330), 2)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('taken back'),
  })
  const { commandUuid: uuid } = second
  await expect(
    lab.sql`update commands set state = 'reserved' where command_uuid = ${uuid}`,
  ).rejects.toThrow('is not released again')
  expect(mdm.state.attached.size).toBe(0)
})

test('the fetch of a device settles an unconfirmed declaration, and the device is free for other commands', async () => {
  const trial = await sent('cutAfter')
  const { commandUuid } = trial
  const saw = { commandUuid, at: later(125), what: 'Asked' } as const
  expect(await settleByDevice(lab.db, saw, later(126))).toBe(true)
  expect(await settleByDevice(lab.db, saw, later(127))).toBe(false)
  expect((await stateOf(trial)).command).toMatchObject({
    state: 'queued',
    answeredAt: later(125),
    answerStatus: 'Asked',
  })
})

test('a check-in that contradicts the identity of its device settles nothing', async () => {
  const trial = await sent()
  const { device, commandUuid } = trial
  const { configuration } = enforcementNames(commandUuid)
  const fetched = declarationCheckin(`declaration/configuration/${configuration}`)
  await receiveCheckin(lab, device, declarationCheckin('tokens'), { at: 140 })
  await receiveCheckin(lab, device, () => fetched('of-another-device'), { at: 150 })
  await round(trial, 151)
  expect((await stateOf(trial)).command?.answeredAt).toBeNull()
  await receiveCheckin(lab, device, fetched, { at: 160 })
  await round(trial, 161)
  expect((await stateOf(trial)).command?.answeredAt).toEqual(later(160))
  must(await withdraw(trial), 'withdrawing')
  await round(trial, 202)
  await receiveCheckin(lab, device, () => declarationCheckin('declaration-items')('of-another'), {
    at: 300,
  })
  await round(trial, 301)
  expect((await stateOf(trial)).removal).toMatchObject({ finishedAt: later(202), seenGoneAt: null })
})

test('a declaration is not abandoned like a command: it is withdrawn', async () => {
  const { commandUuid, trialId } = await sent()
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(200))
  const input = { commandUuid, reason: 'it never answered us', proofId }
  expect(await withdrawCommand(lab.db, lead, input, later(200))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('withdraw the declaration'),
  })
})

test('"removed" is what the device shows: it asks for its declarations after the detach, or reports it gone', async () => {
  for (const plist of [
    declarationCheckin('declaration-items'),
    (udid: string) =>
      statusCheckin({
        management: {
          declarations: {
            configurations: [
              { identifier: enforcementNames(current).configuration, _removed: true },
            ],
          },
        },
      })(udid),
  ]) {
    const trial = await sent()
    const { device, commandUuid } = trial
    current = commandUuid
    const identifier = enforcementNames(commandUuid).configuration
    const fetched = declarationCheckin(`declaration/configuration/${identifier}`)
    await receiveCheckin(lab, device, fetched, { at: 150 })
    await round(trial, 151)
    expect((await stateOf(trial)).command).toMatchObject({ answerStatus: 'Asked' })
    await receiveCheckin(lab, device, declarationCheckin('declaration-items'), { at: 190 })
    must(await withdraw(trial, 200), 'withdrawing')
    await round(trial, 202)
    // By the clock of its server it was later; it arrived before the set was detached.
    await receiveCheckin(lab, device, declarationCheckin('declaration-items'), {
      at: 300,
      received: 201,
    })
    await round(trial, 301)
    expect((await stateOf(trial)).removal?.seenGoneAt).toBeNull()
    // The subscription beside it can go alone.
    const { subscription } = enforcementNames(commandUuid)
    const configurations = [{ identifier: subscription, _removed: true }]
    const alone = statusCheckin({ management: { declarations: { configurations } } })
    await receiveCheckin(lab, device, alone, { at: 350 })
    await round(trial, 351)
    expect((await stateOf(trial)).removal?.seenGoneAt).toBeNull()
    await receiveCheckin(lab, device, plist, { at: 400 })
    await round(trial, 401)
    expect((await stateOf(trial)).removal?.seenGoneAt).toEqual(later(400))
  }
})

const asksForList = ({ device }: Sent, at: number) =>
  receiveCheckin(lab, device, declarationCheckin('declaration-items'), { at })

/** Withdrawn and detached; then the request to attach arrives late, and the device gets a list with it. */
async function listedLate(trial: Sent) {
  must(await withdraw(trial), 'withdrawing')
  await round(trial, 202)
  expect((await stateOf(trial)).removal?.detachedAt).toEqual(later(202))
  trial.mdm.state.arrive()
  await asksForList(trial, 300)
}

/** Its removal has come to its end, and only a list that is asked for afterwards shows the device without it. */
async function seenOnlyAfter(trial: Sent, finished: number) {
  expect((await stateOf(trial)).removal?.finishedAt).toEqual(later(finished))
  await round(trial, finished + 500)
  expect((await stateOf(trial)).removal?.seenGoneAt).toBeNull()
  await asksForList(trial, finished + 599)
  await round(trial, finished + 600)
  expect((await stateOf(trial)).removal?.seenGoneAt).toEqual(later(finished + 599))
}

test('a list asked for before a detach whose answer was lost is no sign that it is gone', async () => {
  const trial = await sent('cutBefore')
  const { mdm } = trial
  await listedLate(trial)
  const wait = 121 + mayStillArriveMs / 1000
  mdm.state.fates = { detachSet: 'cutAfter' }
  await round(trial, wait + 1)
  mdm.state.fates = {}
  await seenOnlyAfter(trial, wait + 1)
})

test('where an attach may have arrived between two rounds, the device is told again, and an earlier list is no sign', async () => {
  const trial = await sent('cutBefore')
  const { mdm, commandUuid } = trial
  await listedLate(trial)
  // It was detached by a process that has left no record of it, or by hand.
  mdm.state.attached.clear()
  const wait = 121 + mayStillArriveMs / 1000
  await round(trial, wait + 1)
  const steps = await listDeclarationSteps(lab.db, [commandUuid])
  expect(steps.filter(({ step }) => step === notifyStep)).toHaveLength(2)
  await seenOnlyAfter(trial, wait + 1)
})

test('many that cannot be finished at one server keep none of another server from its turn', async () => {
  const stuck = await sent()
  const waiting = await sent()
  must(await withdraw(waiting), 'withdrawing')
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`create temporary table copies on commit drop as
      select c.* from commands c, generate_series(1, 30) where c.command_uuid = ${stuck.commandUuid}`
    await tx`update copies set command_uuid = gen_random_uuid(), signature_id = null, withdrawn_at = now(),
      slot_ordinal = 100 + (random() * 1e9)::int`
    await tx`insert into commands select * from copies`
    await tx`insert into declaration_removals (command_uuid, requested_at, cause, by_id, by_name, reason)
      select command_uuid, '2020-01-01', 'trialEnded', 'test', 'test', 'the test has ended' from copies`
  })
  const listed = await listUnfinishedRemovals(lab.db)
  expect(listed.map(({ commandUuid }) => commandUuid)).toContain(waiting.commandUuid)
  expect(listed.length).toBeLessThan(30)
})

let current = ''
