import { expect } from 'vitest'
import { later } from '@/lib/core/testing/people'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { carryOn } from '@/lib/worker/carry-on'
import { type Bench, openBench, openRig, poll, tolerate, trip } from './bench-trip'
import { type FaultMdm, startFaultMdm } from './fault-mdm'
import { type Strike, strikes } from './faulty'
import { findWrongs } from './oracle'

// Each call of one trial to the database and the MDM server fails once; then that call and every later one fail
// until a restart; then one more call fails during the recovery. Model: https://www.sqlite.org/testing.html,
// "I/O Error Testing".

/** A new database costs as much as a trial; in one that grows too large, each trial takes longer. */
const trialsPerDatabase = 40

/** Trials that run at the same time, because each waits for the database about half of the time. */
const lanes = 2

/** Runs `attempt` for each of the given calls, a few to a database. */
async function forEachCall(calls: readonly number[], attempt: Attempt): Promise<string[]> {
  const wrongs: string[] = []
  const starts = upTo(calls.length, trialsPerDatabase).values()
  const lane = async () => {
    for (const start of starts) {
      const lab = await createTestDb()
      for (const call of calls.slice(start - 1, start - 1 + trialsPerDatabase))
        for (const wrong of await attempt(lab, call)) wrongs.push(`call ${call}: ${wrong}`)
      await lab.drop()
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return wrongs
}

type Attempt = (lab: TestDb, call: number) => Promise<string[]>

type Struck = { lab: TestDb; bench: Bench; mdm: FaultMdm }

/** A healthy program starts long after the other has died, and does what is left to do. */
async function recover(
  { lab, bench, mdm }: Struck,
  at: { seconds: number },
  strike?: Strike,
): Promise<void> {
  at.seconds += 300
  const rig = openRig(lab, at, strike)
  for (let round = 0; round < 4; round += 1) {
    await tolerate(() => carryOn(rig))
    at.seconds += 5
    await poll(rig, bench, mdm, later(at.seconds))
  }
  // The last answers have come and are still to be read.
  await tolerate(() => carryOn(rig))
}

async function countCalls(mdm: FaultMdm) {
  const lab = await createTestDb()
  const bench = await openBench(lab, mdm)
  const at = { seconds: 0 }
  const counted = strikes(() => false)
  await trip(openRig(lab, at, counted.strike), bench, mdm, at)
  const recovering = strikes(() => false)
  await recover({ lab, bench, mdm }, at, recovering.strike)
  expect(await findWrongs(lab, bench, mdm)).toEqual([])
  await lab.drop()
  return { total: counted.total(), counts: counted.counts, recovery: recovering.total() }
}

const upTo = (count: number, step = 1) =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => 1 + index * step)

type When = (call: number) => (at: number) => boolean

const struck =
  (mdm: FaultMdm, when: When, again?: (call: number) => number): Attempt =>
  async (lab, call) => {
    const bench = await openBench(lab, mdm)
    const at = { seconds: 0 }
    await trip(openRig(lab, at, strikes(when(call)).strike), bench, mdm, at)
    const trial = { lab, bench, mdm }
    if (again) await recover(trial, at, strikes((n) => n === again(call)).strike)
    await recover(trial, at)
    const wrongs = await findWrongs(lab, bench, mdm)
    await setAside(trial)
    return wrongs
  }

/** The worker carries on every trial under observation: without this, each trial would make more calls than the last. */
const setAside = ({ lab, bench }: Struck) =>
  pastTriggers(lab.sql, (tx) => tx`update trials set state = 'void' where id = ${bench.trialId}`)

/**
 * Strikes every second call, the odd or the even ones, so that two processes share the sweep. Gives what
 * went wrong, in words; empty is right.
 */
export async function sweep(share: 'odd' | 'even'): Promise<Record<string, string[]>> {
  const mdm = await startFaultMdm()
  const { total, counts, recovery } = await countCalls(mdm)
  console.log(`one trial makes ${total} calls: ${JSON.stringify(counts)}`)
  // Fewer would mean that the points are no longer passed.
  expect(total).toBeGreaterThan(100)
  const isOwn = (call: number) => call % 2 === (share === 'odd' ? 1 : 0)
  const every = upTo(total).filter(isOwn)
  const everyThird = upTo(total, 3).filter(isOwn)
  const fromThen: When = (call) => (at) => at >= call
  // Another call of the recovery each time, spread over all of it.
  const again = (call: number) => 1 + ((call * 7) % recovery)

  const once = await forEachCall(
    every,
    struck(mdm, (call) => (at) => at === call),
  )
  const forEver = await forEachCall(every, struck(mdm, fromThen))
  const compound = await forEachCall(everyThird, struck(mdm, fromThen, again))
  console.log(`${2 * every.length + everyThird.length} trials struck, at ${share} calls`)
  await mdm.close()
  return { once, forEver, compound }
}
