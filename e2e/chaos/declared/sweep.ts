import { expect } from 'vitest'
import { later } from '@/lib/core/testing/people'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { defaultMaxAges, readingFields } from '@/lib/domain/reading/reading'
import { mayBeReleasedAgain } from '@/lib/domain/trial/command-slot'
import { isClosed } from '@/lib/domain/trial/trial'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import { carryOn } from '@/lib/worker/carry-on'
import { type Bench, createProgram, type Program, tolerate } from '../bench-trip'
import { createFaults, type InjectFault, type Point } from '../faulty'
import { type Attempt, forEachCall, setAside, upTo } from '../sweep'
import { describeDeclared, findDeclaredProblems } from './oracle'
import {
  armAgain,
  declarationOf,
  endTrial,
  openDeclared,
  pressRelease,
  pressWithdraw,
} from './people'
import { type SteppedKmfddm, startSteppedKmfddm } from './stepped-kmfddm'

// The sweep of a trial with one declaration: released, sent, fetched, withdrawn and removed, with a fault at its requests,
// at its commits and at a part of its other statements. What the virtual KMFDDM has logged is compared with the record.

type Trial = { lab: TestDb; bench: Bench; kmfddm: SteppedKmfddm; at: { seconds: number } }

/** Probes have the other sweep; and no reading is too old to release again after a restart. */
async function openTrial(lab: TestDb): Promise<Trial> {
  const by = { changedAt: later(0), changedBy: 'sweep' }
  const dayMinutes = 24 * 60
  const maxAges = Object.fromEntries(Object.keys(readingFields).map((field) => [field, dayMinutes]))
  await storeLabSetting(lab.db, 'probeSeconds', 86_400, by)
  await storeLabSetting(lab.db, 'maxAges', { ...defaultMaxAges, ...maxAges }, by)
  const at = { seconds: 0 }
  const kmfddm = await startSteppedKmfddm(at)
  return { lab, bench: await openDeclared(lab, kmfddm, later(0)), kmfddm, at }
}

async function rounds({ kmfddm, bench, at }: Trial, program: Program, count: number) {
  for (let round = 0; round < count; round += 1) {
    await tolerate(() => carryOn(program))
    at.seconds += 5
    await kmfddm.come(program, bench)
  }
}

/** A person who sees an error presses again. */
async function twice(press: () => Promise<unknown>): Promise<void> {
  for (let presses = 0; presses < 2; presses += 1) await tolerate(press)
}

async function runDeclared(trial: Trial, inject?: InjectFault): Promise<void> {
  const { lab, bench, at } = trial
  const program = createProgram(lab, at, inject)
  await twice(() => pressRelease(program.db, program.servers, bench, later(at.seconds)))
  at.seconds += 121
  await rounds(trial, program, 2)
  const command = await declarationOf(lab.db, bench)
  if (!command) return
  await twice(() => pressWithdraw(program.db, bench, command.commandUuid, later(at.seconds)))
  await rounds(trial, program, 2)
}

/** Restarts the program long after the fault, lets it finish what it has begun, and ends the trial. */
async function recover(trial: Trial, inject?: InjectFault): Promise<string[]> {
  const { lab, bench, at } = trial
  at.seconds += 700
  const program = createProgram(lab, at, inject)
  await rounds(trial, program, 1)
  await releaseUnsent(trial, program)
  // Read what came last.
  await tolerate(() => carryOn(program))
  const problems = inject ? [] : await problemsOf(trial, false)
  await tolerate(() => endTrial(program.db, bench, later(at.seconds)))
  await rounds(trial, program, 1)
  // Once the first attach can no longer arrive, and once more.
  for (const seconds of [125, 1_500]) {
    at.seconds += seconds
    await rounds(trial, program, 1)
  }
  // Read the last check-ins.
  await tolerate(() => carryOn(program))
  return problems
}

/** What provably never left may be released, and is then sent. */
async function releaseUnsent(trial: Trial, program: Program): Promise<void> {
  const { lab, bench, at } = trial
  const command = await declarationOf(lab.db, bench)
  if (command && !mayBeReleasedAgain(command.state)) return
  await tolerate(() => armAgain(program.db, bench, later(at.seconds)))
  await tolerate(() => pressRelease(program.db, program.servers, bench, later(at.seconds)))
  at.seconds += 121
  await rounds(trial, program, 1)
}

async function problemsOf({ lab, bench, kmfddm }: Trial, ended: boolean): Promise<string[]> {
  const command = await declarationOf(lab.db, bench)
  if (!command) return neverReleased({ lab, bench, kmfddm })
  const declared = { lab, bench, kmfddm, commandUuid: command.commandUuid }
  const found = await findDeclaredProblems(declared, ended)
  return found.length > 0 ? [...found, await describeDeclared(declared)] : []
}

/** What was not released before its trial has ended never left. */
async function neverReleased({ lab, bench, kmfddm }: Omit<Trial, 'at'>): Promise<string[]> {
  const { declarations } = await kmfddm.holds(bench.device.enrollmentId)
  const trial = await findTrial(lab.db, bench.trialId)
  return [
    ...(trial && isClosed(trial.state) ? [] : ['it was never released']),
    ...(declarations.length > 0 ? ['what was never released is on the server (I2)'] : []),
  ]
}

/** The calls of a trial without a fault, by their points, and how many its recovery makes. */
async function countCalls() {
  const lab = await createTestDb()
  const trial = await openTrial(lab)
  const { bench, kmfddm } = trial
  const points: Point[] = []
  const counted = createFaults(() => false)
  await runDeclared(trial, (point, undone) => {
    if (!undone) points.push(point)
    counted.inject(point, undone)
  })
  // Without a fault it was sent, fetched, taken back and seen gone, before any recovery.
  const { commandUuid = '' } = (await declarationOf(lab.db, bench)) ?? {}
  await carryOn(createProgram(lab, trial.at))
  const [removal] = await listRemovals(lab.db, [commandUuid])
  expect((await findCommand(lab.db, commandUuid))?.answeredAt).toBeTruthy()
  expect(removal?.seenGoneAt).toBeTruthy()
  const recovering = createFaults(() => false)
  expect(await recover(trial, recovering.inject)).toEqual([])
  expect(await problemsOf(trial, true)).toEqual([])
  await kmfddm.close()
  await lab.drop()
  return { points, counts: counted.counts, recovery: recovering.total() }
}

/** Where something took effect whose answer is lost, and where a request to the server is not made at all. */
const effects: readonly Point[] = ['queried', 'committed', 'stepped', 'looked', 'pushed']
const requests: readonly Point[] = ['step', 'look', 'push']

/**
 * The calls at which a fault makes a difference. Of a transaction nothing remains whichever of its statements fails, so only
 * its commit fails in each, and every 24th of all statements besides.
 */
function chooseCalls(points: readonly Point[]) {
  const calls = upTo(points.length)
  const at = (...some: Point[]) =>
    calls.filter((call) => some.some((one) => one === points[call - 1]))
  const forEver = at(...effects, ...requests)
  const statements = at('begin', 'query').filter((_, index) => index % 24 === 0)
  return {
    once: [...forEver, ...at('commit'), ...statements],
    forEver,
    compound: forEver.filter((_, index) => index % 5 === 0),
  }
}

type When = (call: number) => (at: number) => boolean
type Tally = { trials: number; attached: number; seenGone: number }

const withFaults =
  (tally: Tally, when: When, again?: (call: number) => number): Attempt =>
  async (lab, call) => {
    const trial = await openTrial(lab)
    await runDeclared(trial, createFaults(when(call)).inject)
    if (again) await recover(trial, createFaults((n) => n === again(call)).inject)
    const early = await recover(trial)
    const problems = [...early, ...(await problemsOf(trial, true))]
    await count(trial, tally)
    await setAside(trial)
    await trial.kmfddm.close()
    return [...new Set(problems)]
  }

async function count({ lab, bench, kmfddm }: Trial, tally: Tally): Promise<void> {
  tally.trials += 1
  const command = await declarationOf(lab.db, bench)
  if (!command) return
  const { set } = enforcementNames(command.commandUuid)
  const [removal] = await listRemovals(lab.db, [command.commandUuid])
  if (kmfddm.wire(bench.device.enrollmentId, set).attached.length > 0) tally.attached += 1
  if (removal?.seenGoneAt) tally.seenGone += 1
}

/** Runs every second of the trials with faults, so that two processes share them. Returns the problems. */
export async function sweepDeclared(share: 'odd' | 'even'): Promise<Record<string, string[]>> {
  const { points, counts, recovery } = await countCalls()
  console.log(`one trial of a declaration makes ${points.length} calls: ${JSON.stringify(counts)}`)
  const chosen = chooseCalls(points)
  const own = (calls: readonly number[]) =>
    calls.filter((_, index) => index % 2 === (share === 'odd' ? 1 : 0))
  const tally = { trials: 0, attached: 0, seenGone: 0 }
  const fromThen: When = (call) => (at) => at >= call
  // A different call of the recovery each time.
  const again = (call: number) => 1 + ((call * 7) % recovery)

  const once = await forEachCall(
    own(chosen.once),
    withFaults(tally, (call) => (at) => at === call),
  )
  const forEver = await forEachCall(own(chosen.forEver), withFaults(tally, fromThen))
  const compound = await forEachCall(own(chosen.compound), withFaults(tally, fromThen, again))
  console.log(`${share} trials of a declaration with faults: ${JSON.stringify(tally)}`)
  // Otherwise the sweep would look at trials in which nothing happened.
  expect(tally.attached).toBeGreaterThan(tally.trials / 2)
  expect(tally.seenGone).toBeGreaterThan(tally.trials / 2)
  return { once, forEver, compound }
}
