import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps } from '@/lib/db/queries/trials/declaration-steps'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { attachSteps } from '@/lib/domain/trial/declaration-step'
import { configurationType, enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { carryOn } from '@/lib/worker/carry-on'
import { declaringServer, type StepFate } from '../testing/declaration-server'
import {
  armedDeclaration,
  releaseDeclared,
  releasedDeclaration,
} from '../testing/declaration-trial'
import { engineer, later, must } from '../testing/people'
import { releaseSigned, seenSlot } from '../testing/trial'
import { armTrial } from '../trials/prepare-trial'
import { deliver } from './deliver'
import { holdingsProblem, lookAtHoldings } from './server-holdings'
import { recoverCommands } from './settle-command'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const at = later(121)
const clock = () => at

async function sent(fates: Partial<Record<(typeof attachSteps)[number], StepFate>> = {}) {
  const mdm = declaringServer()
  const trial = await releasedDeclaration(lab.db, mdm)
  mdm.state.fates = fates
  const delivery = await deliver(lab.db, mdm.servers, trial.commandUuid, clock, {
    settlePausesMs: [],
  }).catch((error: Error) => error)
  const command = await findCommand(lab.db, trial.commandUuid)
  const steps = await listDeclarationSteps(lab.db, [trial.commandUuid])
  return {
    ...trial,
    mdm,
    delivery,
    command,
    steps: steps.map(({ step, outcome }) => `${step} ${outcome}`),
  }
}

test('a declaration leaves in nine steps, quiet until the last, and each is on the record', async () => {
  const { command, steps, mdm, trialId } = await sent()
  expect(steps).toEqual([
    'putConfiguration done',
    'putActivation done',
    'putSubscription done',
    'putSubscriptionActivation done',
    'addConfiguration done',
    'addActivation done',
    'addSubscription done',
    'addSubscriptionActivation done',
    'checkBefore notAttached',
    'attachSet leaving',
    'attachSet done',
  ])
  expect(command).toMatchObject({ state: 'queued', requestType: 'SoftwareUpdateEnforcement' })
  expect(command?.reason).toContain('Stored is not sent')
  expect(mdm.ledger.enqueued).toEqual([])
  expect(mdm.state.attaches).toHaveLength(1)
  expect((await findTrial(lab.db, trialId))?.state).toBe('observing')
})

const quiet = attachSteps.slice(0, -1)
test.each(
  quiet.flatMap((step) =>
    (['cutAfter', 'cutBefore', 'refused', 'notConnected'] as const).map(
      (fate) => [step, fate] as const,
    ),
  ),
)(
  'F49 %s %s: provably not sent, released again with the same bytes, and attached once',
  async (step, fate) => {
    const { command, mdm, commandUuid, trialId, device } = await sent({ [step]: fate })
    expect(command).toMatchObject({
      state: 'notSent',
      reason: expect.stringContaining('nothing was attached'),
    })
    expect(mdm.state.attaches).toEqual([])
    expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered', consumed: false })
    mdm.state.fates = {}
    const serialLast4 = device.serial.slice(-4)
    must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, later(129)), 'done')
    const again = must(await releaseDeclared(lab.db, mdm, trialId, later(130)), 'released')
    expect(again.commandUuid).toBe(commandUuid)
    await deliver(lab.db, mdm.servers, commandUuid, () => later(300))
    const after = await findCommand(lab.db, commandUuid)
    expect(after).toMatchObject({ state: 'queued', plistSha256: command?.plistSha256 })
    expect(mdm.state.attaches).toHaveLength(1)
  },
)

test.each([
  ['cutAfter', 'unconfirmed'],
  ['cutBefore', 'unconfirmed'],
  ['refused', 'refused'],
  ['notConnected', 'notSent'],
] as const)('attachSet %s is %s', async (fate, state) => {
  const { command } = await sent({ attachSet: fate })
  expect(command).toMatchObject({ state })
})

test('F52 what a stranger attached blocks a release, and so does not knowing', async () => {
  const mdm = declaringServer()
  const { trialId } = await armedDeclaration(lab.db)
  const foreign = { identifier: 'com.example.update', type: configurationType }
  mdm.state.foreign = [{ set: 'everybody', declarations: [foreign] }]
  expect(await releaseDeclared(lab.db, mdm, trialId)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('com.example.update in the set everybody (not of this lab)'),
  })
  mdm.state.unreadable = 'no whole answer within 30000 ms'
  expect(await releaseDeclared(lab.db, mdm, trialId)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('unknown whether another'),
  })
  mdm.state.unreadable = undefined
  // Other kinds of declarations are shown and left alone.
  mdm.state.foreign = [
    { set: 'everybody', declarations: [{ identifier: 'wifi', type: 'com.example.wifi' }] },
  ]
  expect(await lookAtHoldings(lab.db, mdm.servers, engineer, { trialId }, clock)).toMatchObject({
    words: expect.stringContaining('everybody (wifi)'),
    problem: undefined,
  })
  must(await releaseDeclared(lab.db, mdm, trialId), 'released')
})

test('another enforcement in a set of the trial itself is a stranger too', () => {
  const commandUuid = '0f8b7a52-6d1c-4f7e-9a3b-2c4d5e6f7a8b'
  const { set, configuration } = enforcementNames(commandUuid)
  const holds = (identifier: string) => ({
    ...{ ok: true as const, leftOut: 0 },
    otherSets: [
      { set, declarations: [{ identifier, type: configurationType, aboutUpdates: true }] },
    ],
  })
  expect(holdingsProblem(holds(configuration), [set])).toBeUndefined()
  expect(holdingsProblem(holds(configuration), [])).toContain('not of this trial')
  expect(holdingsProblem(holds('theirs'), [set])).toContain('theirs in the set')
})

test('a release that nobody has looked for is refused', async () => {
  const { trialId } = await armedDeclaration(lab.db)
  expect(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('was not read'),
  })
})

test.each(['foreign', 'unreadable'] as const)(
  'F52 at the claim %s lapses the release, and nothing is stored',
  async (what) => {
    const mdm = declaringServer()
    const { commandUuid } = await releasedDeclaration(lab.db, mdm)
    if (what === 'unreadable') mdm.state.unreadable = 'connection refused'
    else
      mdm.state.foreign = [
        { set: 'x', declarations: [{ identifier: 'theirs', type: configurationType }] },
      ]
    const delivery = await deliver(lab.db, mdm.servers, commandUuid, clock)
    expect(delivery).toMatchObject({ status: 'lapsed' })
    expect(mdm.state.made).toEqual([])
    expect((await findCommand(lab.db, commandUuid))?.state).toBe('lapsed')
  },
)

test('F52 what a stranger attaches between the claim and the last step keeps the set from being attached', async () => {
  const mdm = declaringServer()
  const { commandUuid } = await releasedDeclaration(lab.db, mdm)
  const { step } = mdm.state.server
  mdm.state.server.step = async (one, e) => {
    if (one === 'addActivation')
      mdm.state.foreign = [
        { set: 'x', declarations: [{ identifier: 'theirs', type: configurationType }] },
      ]
    return step(one, e)
  }
  await deliver(lab.db, mdm.servers, commandUuid, clock)
  expect(mdm.state.attaches).toEqual([])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    state: 'notSent',
    reason: expect.stringContaining('theirs in the set x'),
  })
})

const round = (mdm: Awaited<ReturnType<typeof sent>>['mdm'], seconds: number) =>
  carryOn({
    db: lab.db,
    servers: mdm.servers,
    clock: () => later(seconds),
    sending: { settlePausesMs: [] },
  })

test.each([...attachSteps])(
  'F51 a process that dies at %s leaves it unconfirmed; it is never sent again, and only what is attached settles it',
  async (step) => {
    for (const fate of ['diesBefore', 'diesAfter'] as const) {
      const { mdm, delivery, commandUuid } = await sent({ [step]: fate })
      expect(delivery).toBeInstanceOf(Error)
      mdm.state.fates = {}
      await round(mdm, 121 + 601)
      const isAttached = step === 'attachSet' && fate === 'diesAfter'
      const after = await findCommand(lab.db, commandUuid)
      expect(after?.state).toBe(isAttached ? 'queued' : 'unconfirmed')
      // Whether the device was told died with the process.
      expect(mdm.state.notified).toHaveLength(isAttached ? 1 : 0)
      await round(mdm, 121 + 7200)
      expect(mdm.state.attaches).toHaveLength(isAttached ? 1 : 0)
      expect((await findCommand(lab.db, commandUuid))?.state).toBe(after?.state)
      expect(
        await releaseDeclared(lab.db, mdm, after?.trialId ?? '', later(8000)).catch(
          () => undefined,
        ),
      ).not.toMatchObject({ status: 'released' })
      await retire(commandUuid)
    }
  },
)

test('F50 a cut connection is settled by reading back, and a set that is not attached is no proof', async () => {
  const arrived = await sent({ attachSet: 'cutAfter' })
  arrived.mdm.state.fates = {}
  await round(arrived.mdm, 122)
  expect(await findCommand(lab.db, arrived.commandUuid)).toMatchObject({
    state: 'queued',
    reason: expect.stringContaining('read back'),
  })
  expect(arrived.mdm.state.notified).toHaveLength(1)
  await retire(arrived.commandUuid)

  const late = await sent({ attachSet: 'cutBefore' })
  late.mdm.state.fates = {}
  await round(late.mdm, 122)
  expect((await findCommand(lab.db, late.commandUuid))?.state).toBe('unconfirmed')
  const read = (await listDeclarationSteps(lab.db, [late.commandUuid])).at(-1)
  expect(read).toMatchObject({ step: 'readBack', outcome: 'notAttached' })
  expect(read?.reason).toContain('That is no proof')
  // It arrives after all.
  late.mdm.state.arrive()
  await round(late.mdm, 200)
  expect((await findCommand(lab.db, late.commandUuid))?.state).toBe('queued')
  await retire(late.commandUuid)
})

test('the database refuses a second attach of one declaration, and one that was not announced', async () => {
  const { commandUuid, command } = await sent()
  const releaseId = command?.signatureId ?? 0
  const row = (outcome: string) => lab.sql`insert into declaration_steps
    (command_uuid, release_id, ordinal, step, outcome, at, reason)
    values (${commandUuid}, ${releaseId}, 9, 'attachSet', ${outcome}, now(), 'again')`
  await expect(row('leaving')).rejects.toThrow('is not being sent under this release')
  await expect(row('done')).rejects.toThrow('one_attach_per_command')
  const other = await sent({ addActivation: 'refused' })
  await expect(lab.sql`insert into declaration_steps
    (command_uuid, release_id, ordinal, step, outcome, at, reason)
    values (${other.commandUuid}, ${other.command?.signatureId ?? 0}, 9, 'attachSet', 'done', now(), 'x')`).rejects.toThrow(
    'was not announced',
  )
})

test('F51 a process that stood still while it announced the attach does not make it', async () => {
  const mdm = declaringServer()
  const { commandUuid } = await releasedDeclaration(lab.db, mdm)
  const { read } = mdm.state.server
  let looked = 0
  mdm.state.server.read = (e) => {
    if (mdm.state.made.some(({ step }) => step === 'addSubscriptionActivation')) looked = 1
    return read(e)
  }
  // The reading and the announcement are written in time; an hour passes before that is committed.
  const stands = () => (looked > 0 && ++looked > 3 ? later(121 + 3600) : at)
  await deliver(lab.db, mdm.servers, commandUuid, stands)
  expect(mdm.state.attaches).toEqual([])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    state: 'notSent',
    reason: expect.stringContaining('took too long'),
  })
  const steps = await listDeclarationSteps(lab.db, [commandUuid])
  expect(steps.slice(-2)).toMatchObject([{ outcome: 'leaving' }, { outcome: 'refused' }])
})

/** Keeps later rounds from continuing this trial. */
async function retire(commandUuid: string): Promise<void> {
  await lab.sql`update commands set withdrawn_at = now(), withdrawn_reason = 'the test has ended', withdrawn_by = 'test' where command_uuid = ${commandUuid}`
  await lab.sql`update trials set state = 'withdrawn' where id = (select trial_id from commands where command_uuid = ${commandUuid})`
  await lab.sql`insert into declaration_removals (command_uuid, requested_at, cause, by_id, by_name, reason, detached_at, finished_at)
    values (${commandUuid}, now(), 'trialEnded', 'test', 'test', 'the test has ended', now(), now())`
}

test('F51 a process that was taken for dead and wakes up attaches nothing', async () => {
  const mdm = declaringServer()
  const { commandUuid } = await releasedDeclaration(lab.db, mdm)
  const { step } = mdm.state.server
  mdm.state.server.step = async (one, e) => {
    if (one === 'addActivation') await recoverCommands(lab.db, later(9000))
    return step(one, e)
  }
  await deliver(lab.db, mdm.servers, commandUuid, clock)
  expect(mdm.state.attaches).toEqual([])
  expect((await findCommand(lab.db, commandUuid))?.state).toBe('unconfirmed')
  await retire(commandUuid)
})
