import { setTimeout as sleep } from 'node:timers/promises'
import { engineer, lead } from '@/lib/core/testing/people'
import { proofOf, releaseSigned } from '@/lib/core/testing/trial'
import { answerBody } from '@/lib/core/testing/webhook'
import { concludeTrial } from '@/lib/core/trials/conclude-trial'
import { minRealHoldSeconds } from '@/lib/domain/trial/release'
import { peekIdle } from '@/lib/mdm/event'
import { redactBody } from '@/lib/mdm/redact-body'
import { draw } from '@/lib/virtual-lab/chance'
import { type Bench, keysOf, type Lab, openBench, tolerate } from './bench-trip'
import { type Disturbance, disturb, disturbances, mayRefuse } from './disturb'
import { type EnqueueFault, type FaultMdm, startFaultMdm } from './fault-mdm'
import type { Point } from './faulty'
import { findProblems } from './oracle'
import { postSigned } from './post-signed'
import type { Death } from './process'
import { type Member, type Processes, startProcesses } from './processes'

/** Faults of the MDM server that are combined with a kill; the others have tests of their own. */
const faults: [EnqueueFault, ...EnqueueFault[]] = [
  'acceptThenReset',
  'acceptThenHang',
  'acceptThenHtml',
  'refuse',
]

/** What happens to the program in one trial; follows from the seed. */
type Plan = {
  victims: 'worker' | 'bothWorkers' | 'bothWebs'
  how: Death | { afterMs: number }
  fault: EnqueueFault
  disturbance: Disturbance
}

/** Where a worker can be killed, and how often a trial passes that point. */
const pointsOfWorker: [Point, number][] = [
  ['enqueue', 1],
  // Twice, because it is the worst moment.
  ['enqueued', 1],
  ['enqueued', 1],
  ['pushed', 1],
  ['begin', 8],
  ['commit', 8],
  ['committed', 8],
  ['queried', 120],
]
/** The same for a web server: after the body, around the first statement, between the commit and the 200. */
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
  const [at, passes] = pick(nonEmpty(victims === 'bothWebs' ? pointsOfWeb : pointsOfWorker))
  const how =
    chance() < 0.8
      ? { at, nth: 1 + Math.floor(chance() * passes) }
      : { afterMs: Math.floor(chance() * 400) }
  const fault = chance() < 0.2 ? pick(faults) : 'none'
  return { victims, how, fault, disturbance: pick(nonEmpty(disturbances)) }
}

export function nonEmpty<T>([first, ...rest]: readonly T[]): [T, ...T[]] {
  if (first === undefined) throw new Error('nothing to pick from')
  return [first, ...rest]
}

export type KillReport = { kills: number; bodies: number; sent: number; failures: string[] }

/**
 * Runs trials in which processes of the program are killed, until `kills` have died. After each trial it
 * compares the record with what the MDM server accepted.
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
    const { died, problems, bench } = await oneTrial({
      lab,
      mdm,
      elsewhere,
      processes,
      plan,
      chance,
    })
    report.kills += died
    report.bodies += bench.acknowledged.length
    const words = JSON.stringify(plan)
    for (const wrong of problems) report.failures.push(`trial ${trial}, ${words}: ${wrong}`)
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
  await processes.allRestarted()
  const clock = shortHoldClock(chance)
  const bench = await openBench(lab, mdm, clock())
  const answering = startAnswering(bench, mdm, processes, chance)
  mdm.fault = plan.fault
  const victims = processes.alive(plan.victims === 'bothWebs' ? 'web' : 'worker')
  if (plan.victims === 'worker') victims.length = 1
  for (const victim of victims) scheduleDeath(victim, plan.how)
  const { disturbance } = plan
  const post = async (body: Uint8Array) => void (await postTo(bench, processes, chance, body))
  const [release, problems] = await Promise.all([
    releaseSigned(lab.db, engineer, bench.seen, clock()),
    disturb(disturbance, { lab, bench, mdm, elsewhere, post, chance }),
  ])
  if (release.status !== 'released' && !mayRefuse(disturbance))
    problems.push(`not released: ${JSON.stringify(release)}`)
  problems.push(...(await settled(lab, bench, 'release')))
  mdm.fault = 'none'
  // Concluding the trial ends its probes; then wait for those under way.
  const conclusion = {
    trialId: bench.trialId,
    outcome: 'voidOperator' as const,
    reason: 'the program was killed under it',
    proofId: await proofOf(lab.db, lead, 'overrule', bench.trialId, new Date()),
  }
  await tolerate(() => concludeTrial(lab.db, lead, conclusion, new Date()))
  problems.push(...(await settled(lab, bench)))
  problems.push(...(await findLastingProblems(lab, bench, mdm, answering)))
  if (elsewhere.requests.length > 0)
    problems.push('a request went to an address that no release was signed for')
  const died = victims.filter((victim) => !victim.isAlive()).length
  // A victim that has not reached its point must not die in the next trial.
  for (const victim of victims) victim.send({ death: { nth: Number.MAX_SAFE_INTEGER } })
  return { died, problems, bench }
}

/**
 * A clock for the release, so far behind the worker's that the hold ends within a second: kills and
 * disturbances then happen around the sending, not during ten seconds of waiting.
 */
export function shortHoldClock(chance: () => number): () => Date {
  const behindMs = 1000 * (minRealHoldSeconds - chance())
  return () => new Date(Date.now() - behindMs)
}

/** The problems that remain after several looks: an answer that is under way may arrive a moment later. */
async function findLastingProblems(
  lab: Lab,
  bench: Bench,
  mdm: FaultMdm,
  answering: { end(): Promise<void> },
): Promise<string[]> {
  let problems: string[] = []
  for (let look = 0; look < 4; look += 1) {
    await answering.end()
    problems = [...(await settled(lab, bench)), ...(await findProblems(lab, bench, mdm))]
    if (problems.length === 0) break
  }
  return problems
}

export function scheduleDeath(victim: Member, how: Plan['how']): void {
  if ('afterMs' in how) setTimeout(() => victim.kill(), how.afterMs)
  else victim.send({ death: how })
}

/** Posts once, to either web server: like a real MDM server it does not repeat a failed request. */
export async function postTo(
  bench: Pick<Bench, 'slug' | 'acknowledged'>,
  processes: Processes,
  chance: () => number,
  body: Uint8Array,
): Promise<number | undefined> {
  const members = processes.alive('web')
  const member = members[Math.floor(chance() * members.length)]
  const status = member && (await postSigned(member.port, bench.slug, body))
  // Of an idle poll only the time is kept, and of a body with secrets its redacted form.
  if (status === 200 && peekIdle(body) === undefined)
    bench.acknowledged.push(Buffer.from(redactBody(body) ?? body).toString('hex'))
  return status
}

/** The device: answers each command a little later, sometimes twice, sometimes with NotNow first. */
function startAnswering(bench: Bench, mdm: FaultMdm, processes: Processes, chance: () => number) {
  const working = new Set<Promise<void>>()
  const { enrollmentId } = bench.device
  const post = (body: Uint8Array) => postTo(bench, processes, chance, body)
  // A device may never answer an update; then only the record shows what was sent.
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
    const task = work(accepted.commandUuid, accepted.requestType)
    working.add(task)
    void task.finally(() => working.delete(task))
  }
  return {
    end: async () => {
      while (working.size > 0) await Promise.all(working)
    },
  }
}

/** Longer than the pause after a server did not answer: lib/domain/server/server-check.ts. */
const deadlineMs = 240_000

/**
 * Waits until nothing is under way; returns what is stuck. During an observation a probe follows the last
 * one at once, so before the trial is concluded this can wait for the release only.
 */
export async function settled(
  { sql }: Lab,
  { device }: Pick<Bench, 'device'>,
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
