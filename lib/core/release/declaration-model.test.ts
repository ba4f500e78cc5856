import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { type Command, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { defaultMaxAges, readingFields } from '@/lib/domain/reading/reading'
import { commandTransitions } from '@/lib/domain/trial/command-slot'
import { attachSteps, type DeclarationStep } from '@/lib/domain/trial/declaration-step'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { casesOf, fc } from '@/lib/property.testing'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { readOrSetAside } from '../ingest/read-kept-event'
import { declaringServer, type StepFate, stepFates } from '../testing/declaration-server'
import { armedDeclaration, declarationPlan, releaseDeclared } from '../testing/declaration-trial'
import { engineer, later, lead } from '../testing/people'
import { proofOf } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { withdrawTrial } from '../trials/close-trial'
import { concludeTrial } from '../trials/conclude-trial'
import { armTrial } from '../trials/prepare-trial'
import { cancelRelease } from './cancel-release'
import { settleByDevice } from './settle-declaration'
import { withdrawDeclaration } from './withdraw-declaration'

// Whatever people, the worker, the server of declarations and the device do, in any order, and wherever a process dies: a set is
// attached at most once, never before its hold has ended; none that is attached is recorded as not sent; and an ended trial
// leaves nothing on the server.

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  const week = 7 * 24 * 60
  const maxAges = Object.fromEntries(Object.keys(readingFields).map((field) => [field, week]))
  const by = { changedAt: new Date(), changedBy: 'test' }
  await storeLabSetting(lab.db, 'maxAges', { ...defaultMaxAges, ...maxAges }, by)
})
afterAll(() => lab.drop())

type Slot = 1 | 2
type Step =
  | { do: 'arm' | 'withdrawTrial' | 'conclude' | 'arrive' | 'stranger' }
  | { do: 'release' | 'cancel' | 'fetch' | 'withdraw'; slot: Slot }
  | { do: 'wait'; seconds: number }
  | { do: 'work'; at: DeclarationStep; fate: StepFate }

// Object.keys loses the type of the keys.
const fates = Object.keys(stepFates) as StepFate[]
const slot = fc.constantFrom<Slot[]>(1, 2)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('arm') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('release'), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel', 'withdraw'), slot }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fetch'), slot }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(60, 121, 700) }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('work'),
      at: fc.constantFrom(...attachSteps, 'attachSet', 'detachSet', 'deleteActivation'),
      fate: fc.constantFrom(...fates),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('arrive') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('withdrawTrial', 'conclude', 'stranger') }),
  },
) as fc.Arbitrary<Step> // oneof widens the literals of `do`.

type Bench = Awaited<ReturnType<typeof armedDeclaration>> & {
  seconds: number
  mdm: ReturnType<typeof declaringServer>
  /** Requests to attach: when, and whether they provably had no effect. */
  asked: { set: string; at: number; provenNot: boolean }[]
}

async function openBench(): Promise<Bench> {
  const [one] = declarationPlan.slots
  if (!one) throw new Error('the plan has a slot')
  const plan = { ...declarationPlan, slots: [one, one] }
  const trial = await armedDeclaration(lab.db, { plan })
  const bench: Bench = {
    ...trial,
    seconds: 1,
    asked: [],
    mdm: declaringServer(),
  }
  const { server } = bench.mdm.state
  const { step } = server
  server.step = (name, e) => {
    const says = stepFates[bench.mdm.state.fates[name] ?? 'done'].says
    const provenNot = says === 'refused' || says === 'notConnected'
    if (name === 'attachSet') bench.asked.push({ set: e.set, at: bench.seconds, provenNot })
    return step(name, e)
  }
  return bench
}

const commandsOf = async ({ trialId }: Bench): Promise<Command[]> =>
  (await listCommandsOfTrial(lab.db, trialId)).filter((one) => one.purpose === 'intervention')

async function work(bench: Bench): Promise<void> {
  const clock = () => later(bench.seconds)
  const settlePausesMs: number[] = []
  const round = { db: lab.db, servers: bench.mdm.servers, clock, sending: { settlePausesMs } }
  await carryOn(round).catch(() => undefined)
  // Queries are answered at once, because this test is not about them.
  for (const command of await listCommandsOfTrial(lab.db, bench.trialId)) {
    if (command.purpose !== 'probe' || command.answeredAt) continue
    const { enrollmentId, commandUuid } = command
    const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at: clock() })
    const id = await keepEvent(lab.db, bench.device.mdmServerId, body, clock())
    await readOrSetAside(lab.db, id ?? 0, clock())
  }
}

async function carryOut(bench: Bench, step: Step): Promise<void> {
  const { trialId, device, mdm } = bench
  const [db, at] = [lab.db, later(bench.seconds)]
  switch (step.do) {
    case 'arm': {
      const serialLast4 = device.serial.slice(-4)
      return void (await armTrial(db, engineer, { trialId, serialLast4 }, at))
    }
    case 'release':
      // Refused in most states, also for want of a verdict.
      return void (await releaseDeclared(db, mdm, trialId, at, step.slot).catch(() => undefined))
    case 'cancel':
      return void (await cancelRelease(db, engineer, { trialId, ordinal: step.slot }, at))
    case 'wait':
      bench.seconds += step.seconds
      return
    case 'work':
      mdm.state.fates = { [step.at]: step.fate }
      await work(bench)
      mdm.state.fates = {}
      return
    case 'arrive':
      return mdm.state.arrive()
    case 'stranger': {
      const theirs = { identifier: 'theirs', type: 'com.example.wifi' }
      mdm.state.foreign = [{ set: 'everybody', declarations: [theirs] }]
      return
    }
    case 'fetch':
      return fetchAs(bench, step.slot)
    case 'withdraw': {
      const command = (await commandsOf(bench)).find((one) => one.slotOrdinal === step.slot)
      const proofId = await proofOf(db, lead, 'withdrawCommand', trialId, at)
      const input = { commandUuid: command?.commandUuid ?? '', reason: 'the plan changed', proofId }
      if (command) await withdrawDeclaration(db, lead, input, at)
      return
    }
    case 'withdrawTrial':
      return void (await withdrawTrial(db, lead, { trialId, reason: 'the plan has changed' }, at))
    case 'conclude':
      return conclude(bench)
  }
}

async function conclude({ trialId, seconds }: Bench): Promise<void> {
  const at = later(seconds)
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, at)
  const reason = 'we stop here, enough seen'
  await concludeTrial(lab.db, lead, { trialId, outcome: 'voidOperator', reason, proofId }, at)
}

/** A device fetches only what is attached to it. */
async function fetchAs(bench: Bench, ordinal: Slot): Promise<void> {
  const command = (await commandsOf(bench)).find((one) => one.slotOrdinal === ordinal)
  if (!command || !isAttached(bench, command)) return
  const { commandUuid } = command
  const at = later(bench.seconds)
  await settleByDevice(lab.db, { commandUuid, at, what: 'Asked' }, at)
}

const isAttached = ({ mdm }: Bench, { commandUuid, enrollmentId }: Command): boolean =>
  mdm.state.attached.has(`${enrollmentId} ${enforcementNames(commandUuid).set}`)

const unsent = ['reserved', 'cancelled', 'lapsed', 'notSent', 'refused']

async function check(bench: Bench, before: Command[]): Promise<Command[]> {
  const commands = await commandsOf(bench)
  for (const command of commands) {
    const { commandUuid, state, holdEndsAt } = command
    const requests = bench.asked.filter(({ set }) => set === enforcementNames(commandUuid).set)
    // Only what provably had no effect is asked for again.
    expect(requests.slice(0, -1).every(({ provenNot }) => provenNot)).toBe(true)
    const last = requests.at(-1)
    if (last && state !== 'reserved' && !last.provenNot)
      expect(later(last.at) >= holdEndsAt).toBe(true)
    if (isAttached(bench, command)) expect(unsent).not.toContain(state)
    const was = before.find((one) => one.commandUuid === commandUuid)?.state
    if (was && was !== state) expect(reachable(was)).toContain(state)
    const first = commands.find((one) => one.slotOrdinal === 1)
    if (first && isAttached(bench, first))
      expect((await findTrial(lab.db, bench.trialId))?.consumed).toBe(true)
  }
  return commands
}

/** One step may pass through several states. */
function reachable(from: Command['state'], seen = new Set<string>()): Set<string> {
  for (const to of commandTransitions[from]) if (!seen.has(to)) reachable(to, seen.add(to))
  return seen
}

/** Ends the trial; hours later nothing of it is on the server, whatever went wrong before. */
async function endOf(bench: Bench): Promise<void> {
  await carryOut(bench, { do: 'withdrawTrial' })
  await conclude(bench)
  bench.mdm.state.arrive()
  for (const seconds of [700, 1300, 3700, 7300, 7300]) {
    bench.seconds += seconds
    await work(bench)
  }
  const trial = await findTrial(lab.db, bench.trialId)
  expect(['concluded', 'withdrawn']).toContain(trial?.state)
  expect([...bench.mdm.state.attached]).toEqual([])
  expect([...bench.mdm.state.stored.keys()]).toEqual([])
  const uuids = (await commandsOf(bench)).map(({ commandUuid }) => commandUuid)
  const removals = await listRemovals(lab.db, uuids)
  expect(removals.every(({ finishedAt }) => finishedAt !== null)).toBe(true)
  // Each attach that the server got was announced before.
  const announced = (await listDeclarationSteps(lab.db, uuids)).filter(
    ({ outcome }) => outcome === 'leaving',
  )
  expect(announced).toHaveLength(bench.asked.length)
}

test('F50 I1, I2, I7: no order of steps attaches a set twice or too early, records one that is attached as not sent, or leaves one behind', async () => {
  const states = new Set<string>()
  for (const fate of fates)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
        const bench = await openBench()
        const begin: Step[] = [
          { do: 'release', slot: 1 },
          { do: 'wait', seconds: 121 },
          { do: 'work', at: 'attachSet', fate },
        ]
        let commands: Command[] = []
        for (const one of [...begin, ...steps]) {
          await carryOut(bench, one)
          commands = await check(bench, commands)
        }
        for (const { state } of commands) states.add(state)
        await endOf(bench)
      }),
      { numRuns: casesOf(4) },
    )
  // It came to each of these somewhere.
  expect([...states]).toEqual(expect.arrayContaining(['queued', 'unconfirmed', 'refused']))
}, 600_000)
