import { setTimeout as sleep } from 'node:timers/promises'
import { engineer, lead } from '@/lib/core/testing/people'
import { proofOf, releaseSigned } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { concludeTrial } from '@/lib/core/trials/conclude-trial'
import { minRealHoldSeconds } from '@/lib/domain/trial/release'
import { draw } from '@/lib/virtual-lab/chance'
import { type Bench, keysOf, type Lab, openBench, tolerate } from './bench-trip'
import { type Disturbance, disturb, disturbances, mayRefuse } from './disturb'
import { type EnqueueFault, type FaultMdm, startFaultMdm } from './fault-mdm'
import type { Point } from './faulty'
import { findWrongs } from './oracle'
import { postSigned } from './post-signed'
import type { Death } from './process'
import { type Member, type Processes, startProcesses } from './processes'

/** Faults of the MDM server that go together with a kill; the others have tests of their own. */
const faults: [EnqueueFault, ...EnqueueFault[]] = [
  'acceptThenReset',
  'acceptThenHang',
  'acceptThenHtml',
  'refuse',
]

/** What is done to the program in one trial; all of it follows from the seed. */
type Plan = {
  victims: 'worker' | 'bothWorkers' | 'bothWebs'
  how: Death | { afterMs: number }
  fault: EnqueueFault
  disturbance: Disturbance
}

/** Where a worker dies: before and after the request, the push, each commit; and how often it comes there in a trial. */
const pointsOfWorker: [Point, number][] = [
  ['enqueue', 1],
  // The worst of all moments, so it comes more often than the others.
  ['enqueued', 1],
  ['enqueued', 1],
  ['pushed', 1],
  ['begin', 8],
  ['commit', 8],
  ['committed', 8],
  ['queried', 120],
]
/** Between the body and the first statement, around it, between the commit and the 200. */
const pointsOfWeb: [Point, number][] = [
  ['begin', 1],
  ['query', 2],
  ['queried', 2],
  ['committed', 1],
]

function planOf(chance: () => number): Plan {
  const pick = <T>(from: readonly [T, ...T[]]): T =>
    from[Math.floor(chance() * from.length)] ?? from[0]
  const victims = pick(['worker', 'bothWorkers', 'bothWebs'] as const)
  const [at, often] = pick(asSome(victims === 'bothWebs' ? pointsOfWeb : pointsOfWorker))
  const how =
    chance() < 0.8
      ? { at, nth: 1 + Math.floor(chance() * often) }
      : { afterMs: Math.floor(chance() * 400) }
  const fault = chance() < 0.2 ? pick(faults) : 'none'
  return { victims, how, fault, disturbance: pick(asSome(disturbances)) }
}

function asSome<T>([first, ...rest]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new Error('nothing to pick from')
  return [first, ...rest]
}

export type KillReport = { kills: number; bodies: number; sent: number; failures: string[] }

/**
 * Runs trials while the program's processes are killed, each once in a trial, until so many have died,
 * and holds the record against the MDM server's own ledger after each.
 */
export async function runKills(
  lab: Lab & { url: string },
  input: { kills: number; seed: string; say(line: string): void },
): Promise<KillReport> {
  const mdm = await startFaultMdm()
  const elsewhere = await startFaultMdm()
  const processes = await startProcesses(lab.url)
  const report: KillReport = { kills: 0, bodies: 0, sent: 0, failures: [] }
  for (let trial = 1; report.kills < input.kills; trial += 1) {
    let drawn = 0
    const chance = () => draw(input.seed, trial, drawn++)
    const plan = planOf(chance)
    const { died, wrongs, bench } = await oneTrial({ lab, mdm, elsewhere, processes, plan, chance })
    report.kills += died
    report.bodies += bench.acknowledged.length
    const words = JSON.stringify(plan)
    for (const wrong of wrongs) report.failures.push(`trial ${trial}, ${words}: ${wrong}`)
    if (trial % 10 === 0) input.say(`${report.kills} killed in ${trial} trials`)
  }
  report.sent = mdm.ledger.filter((one) => one.requestType === 'ScheduleOSUpdate').length
  await processes.close()
  await mdm.close()
  await elsewhere.close()
  return report
}

type OneTrial = {
  lab: Lab
  mdm: FaultMdm
  elsewhere: FaultMdm
  processes: Processes
  plan: Plan
  chance: () => number
}

async function oneTrial({ lab, mdm, elsewhere, processes, plan, chance }: OneTrial) {
  await processes.whole()
  const clock = holdAheadClock(chance)
  const bench = await openBench(lab, mdm, clock())
  const answering = answer(bench, mdm, processes, chance)
  mdm.fault = plan.fault
  const victims = processes.alive(plan.victims === 'bothWebs' ? 'web' : 'worker')
  if (plan.victims === 'worker') victims.length = 1
  for (const victim of victims) strikeDown(victim, plan.how)
  const { disturbance } = plan
  const post = (body: Uint8Array) => postTo(bench, processes, chance, body)
  const [release, wrongs] = await Promise.all([
    releaseSigned(lab.db, engineer, bench.seen, clock()),
    disturb(disturbance, { lab, bench, mdm, elsewhere, post, chance }),
  ])
  if (release.status !== 'released' && !mayRefuse(disturbance))
    wrongs.push(`not released: ${JSON.stringify(release)}`)
  wrongs.push(...(await settled(lab, bench, 'release')))
  mdm.fault = 'none'
  // Nobody is asked any more, and what was on its way arrives.
  const conclusion = {
    trialId: bench.trialId,
    outcome: 'voidOperator' as const,
    reason: 'the program was killed under it',
    proofId: await proofOf(lab.db, lead, 'overrule', bench.trialId, new Date()),
  }
  await tolerate(() => concludeTrial(lab.db, lead, conclusion, new Date()))
  wrongs.push(...(await settled(lab, bench)))
  wrongs.push(...(await findLasting(lab, bench, mdm, answering)))
  if (elsewhere.requests.length > 0)
    wrongs.push(`a request went to an address that no release was signed for`)
  const died = victims.filter((victim) => !victim.isAlive()).length
  // Who has not come to its point by now must not die in the next trial.
  for (const victim of victims) victim.tell({ death: { nth: Number.MAX_SAFE_INTEGER } })
  return { died, wrongs, bench }
}

/**
 * The clock of the person who releases, so far behind the worker's that the hold of a real device ends within the
 * next second: kills and disturbances then meet the sending, and not ten seconds in which nothing happens.
 */
function holdAheadClock(chance: () => number): () => Date {
  const behindMs = 1000 * (minRealHoldSeconds - chance())
  return () => new Date(Date.now() - behindMs)
}

/** What is wrong and stays so: a question that was under way may bring its answer a moment later. */
async function findLasting(
  lab: Lab,
  bench: Bench,
  mdm: FaultMdm,
  answering: { end(): Promise<void> },
): Promise<string[]> {
  let wrongs: string[] = []
  for (let look = 0; look < 4; look += 1) {
    await answering.end()
    wrongs = [...(await settled(lab, bench)), ...(await findWrongs(lab, bench, mdm))]
    if (wrongs.length === 0) break
  }
  return wrongs
}

function strikeDown(victim: Member, how: Plan['how']): void {
  if ('afterMs' in how) setTimeout(() => victim.kill(), how.afterMs)
  else victim.tell({ death: how })
}

/** To either web server; what is not answered 200 is not repeated, as with a real MDM server. */
async function postTo(bench: Bench, processes: Processes, chance: () => number, body: Uint8Array) {
  const members = processes.alive('web')
  const member = members[Math.floor(chance() * members.length)]
  if (member && (await postSigned(member.port, bench.slug, body)) === 200)
    bench.acknowledged.push(Buffer.from(body).toString('hex'))
}

/**
 * The device: takes each command and answers it a little later, by chance also twice or first with
 * NotNow.
 */
function answer(bench: Bench, mdm: FaultMdm, processes: Processes, chance: () => number) {
  const under = new Set<Promise<void>>()
  const { enrollmentId } = bench.device
  const post = (body: Uint8Array) => postTo(bench, processes, chance, body)
  // An update may keep a device from ever answering; then nothing but the record tells what was sent.
  const silent = chance() < 0.3
  const work = async (commandUuid: string, requestType: string) => {
    if (silent && requestType === 'ScheduleOSUpdate') return
    const say = (status: string, keys = '') =>
      post(answerBody({ enrollmentId, commandUuid, status, keys, at: new Date() }))
    await sleep(5 + chance() * 60)
    if (chance() < 0.1) await say('NotNow')
    const body = answerBody({
      enrollmentId,
      commandUuid,
      status: 'Acknowledged',
      keys: keysOf[requestType] ?? '',
      at: new Date(),
    })
    await post(body)
    if (chance() < 0.15) await post(body)
  }
  mdm.onAccepted = (accepted) => {
    if (accepted.enrollmentId !== enrollmentId) return
    const working = work(accepted.commandUuid, accepted.requestType)
    under.add(working)
    void working.finally(() => under.delete(working))
  }
  return {
    end: async () => {
      while (under.size > 0) await Promise.all(under)
    },
  }
}

/** Longer than a server that did not answer is left alone: lib/domain/server/server-check.ts. */
const deadlineMs = 75_000

/**
 * Waits until nothing is on its way; says what is stuck. While the trial is observed a question follows the
 * last one at once, and one that a silent MDM server delays is under way at nearly every look: until the
 * trial is concluded only the release can be waited for.
 */
async function settled(
  { sql }: Lab,
  { device }: Bench,
  which: 'everything' | 'release' = 'everything',
): Promise<string[]> {
  const begun = Date.now()
  for (let quiet = 0; quiet < 2; ) {
    const [row] = await sql<{ commands: number; events: number }[]>`select
      (select count(*)::int from commands where device_id = ${device.id} and state in ('reserved', 'sending')
         and (purpose <> 'probe' or ${which === 'everything'})) as commands,
      (select count(*)::int from raw_events where mdm_server_id = ${device.mdmServerId} and read_state = 'unread') as events`
    quiet = row?.commands === 0 && row.events === 0 ? quiet + 1 : 0
    if (Date.now() - begun > deadlineMs)
      return [`stuck: ${row?.commands} commands under way, ${row?.events} events unread`]
    await sleep(60)
  }
  return []
}
