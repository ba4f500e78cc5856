import { expect } from 'vitest'
import { later } from '@/lib/core/testing/people'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { carryOn } from '@/lib/worker/carry-on'
import { type Bench, createProgram, openBench, poll, runTrial, tolerate } from './bench-trip'
import { type FaultMdm, startFaultMdm } from './fault-mdm'
import { createFaults, type InjectFault } from './faulty'
import { findProblems } from './oracle'

// Runs a trial for each of its calls to the database and the MDM server. Only that call fails; or it and all
// later ones until a restart; or, in addition, one call of the recovery. After "I/O Error Testing" in
// https://www.sqlite.org/testing.html.

/** Creating a database takes as long as a trial, but trials are slow in a large one. */
const trialsPerDatabase = 40

/** Trials that run in parallel: each waits for the database half of the time. */
const lanes = 2

/** Runs `attempt` for each call; returns the problems. */
export async function forEachCall(calls: readonly number[], attempt: Attempt): Promise<string[]> {
  const problems: string[] = []
  const each = Math.min(trialsPerDatabase, Math.ceil(calls.length / lanes))
  const starts = upTo(calls.length, each).values()
  const lane = async () => {
    for (const start of starts) {
      const lab = await createTestDb()
      for (const call of calls.slice(start - 1, start - 1 + each))
        for (const wrong of await attempt(lab, call)) problems.push(`call ${call}: ${wrong}`)
      await lab.drop()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return problems
}

export type Attempt = (lab: TestDb, call: number) => Promise<string[]>

type FaultyTrial = { lab: TestDb; bench: Bench; mdm: FaultMdm }

/** Restarts the program long after the fault, and lets it finish the trial. */
async function recover(
  { lab, bench, mdm }: FaultyTrial,
  at: { seconds: number },
  inject?: InjectFault,
): Promise<void> {
  at.seconds += 300
  const program = createProgram(lab, at, inject)
  for (let round = 0; round < 4; round += 1) {
    await tolerate(() => carryOn(program))
    at.seconds += 5
    await poll(program, bench, mdm, later(at.seconds))
  }
  // Read the last answers.
  await tolerate(() => carryOn(program))
}

async function countCalls(mdm: FaultMdm) {
  const lab = await createTestDb()
  const bench = await openBench(lab, mdm)
  const at = { seconds: 0 }
  const counted = createFaults(() => false)
  await runTrial(createProgram(lab, at, counted.inject), bench, mdm, at)
  const recovering = createFaults(() => false)
  await recover({ lab, bench, mdm }, at, recovering.inject)
  expect(await findProblems(lab, bench, mdm)).toEqual([])
  await lab.drop()
  return { total: counted.total(), counts: counted.counts, recovery: recovering.total() }
}

export const upTo = (count: number, step = 1) =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => 1 + index * step)

type When = (call: number) => (at: number) => boolean

const withFaults =
  (mdm: FaultMdm, when: When, again?: (call: number) => number): Attempt =>
  async (lab, call) => {
    const bench = await openBench(lab, mdm)
    const at = { seconds: 0 }
    await runTrial(createProgram(lab, at, createFaults(when(call)).inject), bench, mdm, at)
    const trial = { lab, bench, mdm }
    if (again) await recover(trial, at, createFaults((n) => n === again(call)).inject)
    await recover(trial, at)
    const problems = await findProblems(lab, bench, mdm)
    await setAside(trial)
    return problems
  }

/** Ends the trial: otherwise the worker would also carry on this one during all later trials. */
export const setAside = ({ lab, bench }: Pick<FaultyTrial, 'lab' | 'bench'>) =>
  pastTriggers(lab.sql, (tx) => tx`update trials set state = 'void' where id = ${bench.trialId}`)

/** Runs the sweep for the odd or the even calls, so that two processes share it. Returns the problems. */
export async function sweep(share: 'odd' | 'even'): Promise<Record<string, string[]>> {
  const mdm = await startFaultMdm()
  const { total, counts, recovery } = await countCalls(mdm)
  console.log(`one trial makes ${total} calls: ${JSON.stringify(counts)}`)
  // Fewer would mean that calls bypass the fault injection.
  expect(total).toBeGreaterThan(100)
  const isOwn = (call: number) => call % 2 === (share === 'odd' ? 1 : 0)
  const every = upTo(total).filter(isOwn)
  const everyThird = upTo(total, 3).filter(isOwn)
  const fromThen: When = (call) => (at) => at >= call
  // A different call of the recovery each time.
  const again = (call: number) => 1 + ((call * 7) % recovery)

  const once = await forEachCall(
    every,
    withFaults(mdm, (call) => (at) => at === call),
  )
  const forEver = await forEachCall(every, withFaults(mdm, fromThen))
  const compound = await forEachCall(everyThird, withFaults(mdm, fromThen, again))
  console.log(`${2 * every.length + everyThird.length} trials with faults, at ${share} calls`)
  await mdm.close()
  return { once, forEver, compound }
}
