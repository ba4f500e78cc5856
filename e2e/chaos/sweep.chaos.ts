import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { carryOn } from '@/lib/services/carry-on'
import { later } from '@/lib/services/testing'
import { type Bench, openBench, openRig, poll, tolerate, trip } from './bench-trip'
import { type FaultMdm, startFaultMdm } from './fault-mdm'
import { type Strike, strikes } from './faulty'
import { findWrongs } from './oracle'

// Every call of one trial to the database and the MDM server fails once, then it and all that follow
// until a restart, then once more while that is being recovered from. Model:
// https://www.sqlite.org/testing.html, "I/O Error Testing".

let mdm: FaultMdm
beforeAll(async () => {
  mdm = await startFaultMdm()
})
afterAll(() => mdm.close())

/** Trials left over from earlier strikes would be carried on too; a few share a database. */
const trialsPerDatabase = 10

/** Runs `attempt` for each of the given calls, a few to a database. */
async function forEachCall(calls: readonly number[], attempt: Attempt): Promise<string[]> {
  const wrongs: string[] = []
  for (let from = 0; from < calls.length; from += trialsPerDatabase) {
    const lab = await createTestDb()
    for (const call of calls.slice(from, from + trialsPerDatabase))
      for (const wrong of await attempt(lab, call)) wrongs.push(`call ${call}: ${wrong}`)
    await lab.drop()
  }
  return wrongs
}

type Attempt = (lab: TestDb, call: number) => Promise<string[]>

/** A healthy program starts long after the other has died, and does what is left to do. */
async function recover(lab: TestDb, bench: Bench, at: { seconds: number }, strike?: Strike) {
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

async function countCalls(): Promise<{ total: number; counts: object; recovery: number }> {
  const lab = await createTestDb()
  const bench = await openBench(lab, mdm)
  const at = { seconds: 0 }
  const counted = strikes(() => false)
  await trip(openRig(lab, at, counted.strike), bench, mdm, at)
  const later = strikes(() => false)
  await recover(lab, bench, at, later.strike)
  expect(await findWrongs(lab, bench, mdm)).toEqual([])
  await lab.drop()
  return { total: counted.total(), counts: counted.counts, recovery: later.total() }
}

const upTo = (count: number, step = 1) =>
  Array.from({ length: Math.ceil(count / step) }, (_, index) => 1 + index * step)

const struck =
  (when: (call: number) => (at: number) => boolean, again?: (call: number) => number): Attempt =>
  async (lab, call) => {
    const bench = await openBench(lab, mdm)
    const at = { seconds: 0 }
    await trip(openRig(lab, at, strikes(when(call)).strike), bench, mdm, at)
    if (again) await recover(lab, bench, at, strikes((n) => n === again(call)).strike)
    await recover(lab, bench, at)
    return findWrongs(lab, bench, mdm)
  }

test('F08, F09, F29: every call of a trial fails once, and for ever after, and again during recovery', async () => {
  const { total, counts, recovery } = await countCalls()
  console.log(`one trial makes ${total} calls: ${JSON.stringify(counts)}`)
  // Fewer would mean that the points are no longer passed.
  expect(total).toBeGreaterThan(100)

  const once = await forEachCall(
    upTo(total),
    struck((call) => (at) => at === call),
  )
  const forEver = await forEachCall(
    upTo(total),
    struck((call) => (at) => at >= call),
  )
  const compound = await forEachCall(
    upTo(total, 3),
    struck(
      (call) => (at) => at >= call,
      // Another call of the recovery each time, spread over all of it.
      (call) => 1 + ((call * 7) % recovery),
    ),
  )
  console.log(`${2 * total + upTo(total, 3).length} trials struck`)
  expect({ once, forEver, compound }).toEqual({ once: [], forEver: [], compound: [] })
}, 1_200_000)
