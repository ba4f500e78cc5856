import { setTimeout as sleep } from 'node:timers/promises'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { draw } from '@/lib/virtual-lab/chance'
import { carryOn } from '@/lib/worker/carry-on'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import { type Bench, type Lab, tolerate } from '../bench-trip'
import { type KillReport, postTo, settled, shortHoldClock } from '../kills'
import { type Processes, startProcesses } from '../processes'
import { allUp, beginKilling, endKilling, type Killing, killingOf } from './killing'
import { describeDeclared, findDeclaredProblems } from './oracle'
import {
  armAgain,
  declarationOf,
  endTrial,
  openDeclared,
  pressRelease,
  pressWithdraw,
} from './people'
import { startVirtualKmfddm, type VirtualKmfddm } from './virtual-kmfddm'

/** What happens to the program in one trial; follows from the seed. */
type Plan = {
  sending: Killing
  removing: Killing
  /** How the declaration is taken back: by a lead, or by the end of its trial. */
  end: 'withdraw' | 'conclude'
  /** Before the device has fetched it, with luck, or afterwards. */
  early: boolean
  /** A set of somebody else is attached to the device, which nothing may touch. */
  stranger: boolean
}

const planOf = (chance: () => number): Plan => ({
  sending: killingOf(chance),
  removing: killingOf(chance),
  end: chance() < 0.6 ? 'withdraw' : 'conclude',
  early: chance() < 0.4,
  stranger: chance() < 0.2,
})

type Stage = { lab: Lab; kmfddm: VirtualKmfddm; processes: Processes; chance: () => number }

/**
 * Runs trials of one declaration in which the worker, the web servers or the virtual lab with its KMFDDM are killed, until
 * `kills` have died. After each it compares the record with the log of the virtual KMFDDM and with what that holds.
 */
export async function runDeclaredKills(
  lab: Lab & { url: string },
  input: { kills: number; seed: string; say(line: string): void },
): Promise<KillReport> {
  const processes = await startProcesses(lab.url)
  const hook = { slug: '', acknowledged: [] as string[], chance: () => 0 }
  const kmfddm = await startVirtualKmfddm(async (body) => {
    const taken = await postTo(hook, processes, hook.chance, body)
    return taken ?? 502
  })
  const report: KillReport = { kills: 0, bodies: 0, sent: 0, failures: [] }
  for (let trial = 1; report.kills < input.kills; trial += 1) {
    let drawn = 0
    const chance = () => draw(`${input.seed} declared`, trial, drawn++)
    const plan = planOf(chance)
    hook.chance = chance
    const run = await oneTrial({ lab, kmfddm, processes, chance }, plan, hook)
    report.kills += run.died
    report.bodies += run.bodies
    report.sent += run.sent
    const words = JSON.stringify(plan)
    for (const wrong of run.problems)
      report.failures.push(`declaration ${trial}, ${words}: ${wrong}`)
    if (trial % 10 === 0) input.say(`${report.kills} killed in ${trial} trials of declarations`)
  }
  await kmfddm.close()
  await processes.close()
  return report
}

type Hook = { slug: string; acknowledged: string[] }
type Declared = Bench & { commandUuid: string }

async function oneTrial(stage: Stage, plan: Plan, hook: Hook) {
  const { lab, kmfddm, chance } = stage
  await allUp(stage)
  const clock = shortHoldClock(chance)
  const bench = await openBench(stage, hook, clock())
  const strange = plan.stranger ? await kmfddm.attachStrange(bench.device.enrollmentId) : undefined

  const sending = await beginKilling(stage, plan.sending)
  const released = await releaseOften(stage, bench, clock)
  const problems = await settled(lab, bench, 'release')
  let died = await endKilling(stage, sending)
  const declared: Declared = { ...bench, commandUuid: released }
  if (!plan.early) await fetched(stage, declared)
  problems.push(...(await lasting(stage, declared, false)))
  const isNotSent = (await findCommand(lab.db, released))?.state === 'notSent'
  if (isNotSent && plan.early) await releaseAgain(stage, declared)

  const removing = await beginKilling(stage, plan.removing)
  if (plan.end === 'withdraw')
    await tolerate(() => pressWithdraw(lab.db, bench, released, new Date()))
  else await endTrial(lab.db, bench, new Date())
  await sleep(700)
  died += await endKilling(stage, removing)
  await allUp(stage)
  await endTrial(lab.db, bench, new Date())
  problems.push(...(await settled(lab, bench)))
  problems.push(...(await lasting(stage, declared, false)))
  // Once the first attach can no longer arrive, and once more an hour later.
  for (const seconds of [125, 1_500, 5_500]) await roundIn(stage, seconds)
  problems.push(...(await lasting(stage, declared, true)))
  const { attached } = await kmfddm.holds(bench.device.enrollmentId)
  if (strange !== undefined && !attached.includes(strange))
    problems.push('what somebody else had attached to the device is gone')
  await kmfddm.tell({ away: bench.device.enrollmentId })
  const wire = kmfddm.wire(bench.device.enrollmentId, `lab.oneway.${released}`)
  // The same problem may have been found by each of the looks.
  const found = [...new Set(problems)]
  if (found.length > 0)
    found.push(await describeDeclared({ ...stage, bench, commandUuid: released }))
  return {
    died,
    problems: found,
    bodies: bench.acknowledged.length,
    sent: wire.attached.length,
  }
}

/** An armed trial, whose device sends to the webhook of its server. */
async function openBench({ lab, kmfddm }: Stage, hook: Hook, at: Date): Promise<Bench> {
  const bench = await openDeclared(lab, kmfddm, at)
  Object.assign(hook, { slug: bench.slug, acknowledged: bench.acknowledged })
  return bench
}

/** Two people press Release, and again where the server of declarations did not answer. @returns the CommandUUID */
async function releaseOften({ lab, kmfddm }: Stage, bench: Bench, clock: () => Date) {
  const press = () => pressRelease(lab.db, mdmServersOf(lab.db), bench, clock())
  for (let tries = 0; tries < 20; tries += 1) {
    await kmfddm.isUp()
    await Promise.all([tolerate(press), tolerate(press)])
    const command = await declarationOf(lab.db, bench)
    if (command) return command.commandUuid
  }
  throw new Error(`not released: ${JSON.stringify(await press())}`)
}

/** What provably never left may be released again, with the same bytes. */
async function releaseAgain(stage: Stage, bench: Declared): Promise<void> {
  const { lab } = stage
  const clock = shortHoldClock(stage.chance)
  await armAgain(lab.db, bench, clock())
  await releaseOften(stage, bench, clock)
  await settled(lab, bench, 'release')
}

/** Waits a moment for the device, which comes soon after the push; where that was lost, it may never come. */
async function fetched({ lab }: Stage, { commandUuid }: Declared): Promise<void> {
  for (let looks = 0; looks < 15; looks += 1) {
    if ((await findCommand(lab.db, commandUuid))?.answeredAt) return
    await sleep(60)
  }
}

/** One round of the worker's work as it is due in so many seconds, beside the workers that run. */
async function roundIn({ lab }: Stage, seconds: number): Promise<void> {
  const clock = () => new Date(Date.now() + seconds * 1000)
  const round = { db: lab.db, servers: mdmServersOf(lab.db), clock }
  await tolerate(() => carryOn(round))
}

/** The problems that remain after several looks: an answer that is under way may arrive a moment later. */
async function lasting(stage: Stage, bench: Declared, ended: boolean): Promise<string[]> {
  const { lab, kmfddm } = stage
  const { commandUuid } = bench
  let problems: string[] = []
  // A busy machine may take seconds to read what has just come in; what stays so for this long is a problem.
  for (const until = Date.now() + 60_000; Date.now() < until; ) {
    await allUp(stage)
    problems = await findDeclaredProblems({ lab, bench, kmfddm, commandUuid }, ended)
    if (problems.length === 0) break
    await sleep(300)
  }
  return problems
}
