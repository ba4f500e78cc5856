import type { Point } from '../faulty'
import { nonEmpty, scheduleDeath } from '../kills'
import type { Death } from '../process'
import type { Member, Processes } from '../processes'
import { type LabDeath, labMoments, type VirtualKmfddm } from './virtual-kmfddm'

/** What dies in one half of a trial: while its declaration is sent, or while it is taken back. */
export type Killing = {
  victims: 'worker' | 'bothWorkers' | 'bothWebs' | 'lab'
  how: Death | { afterMs: number }
  labHow: LabDeath | { afterMs: number }
}

/** Where a worker can be killed, and how often half a trial passes that point. */
const pointsOfWorker: [Point, number][] = [
  ['step', 10],
  // Twice, because it is the worst moment.
  ['stepped', 10],
  ['stepped', 10],
  ['looked', 2],
  ['pushed', 1],
  ['begin', 12],
  ['commit', 12],
  ['committed', 12],
  ['queried', 120],
]
const pointsOfWeb: [Point, number][] = [
  ['begin', 3],
  ['query', 5],
  ['committed', 3],
]

/** Draws what dies, and when. */
export function killingOf(chance: () => number): Killing {
  const pick = <T>(from: readonly [T, ...T[]]): T =>
    from[Math.floor(chance() * from.length)] ?? from[0]
  const nth = (passes: number) => 1 + Math.floor(chance() * passes)
  const victims = pick(['worker', 'bothWorkers', 'bothWebs', 'lab', 'lab'] as const)
  const [at, passes] = pick(nonEmpty(victims === 'bothWebs' ? pointsOfWeb : pointsOfWorker))
  const afterMs = Math.floor(chance() * 600)
  const timed = chance() < 0.2
  return {
    victims,
    how: timed ? { afterMs } : { at, nth: nth(passes) },
    labHow: timed ? { afterMs } : { at: pick(labMoments), nth: nth(9) },
  }
}

type Stage = { kmfddm: VirtualKmfddm; processes: Processes }

type Begun = { victims: Member[]; labPid: number | undefined; killing: Killing }

/** Schedules the deaths. */
export async function beginKilling({ kmfddm, processes }: Stage, killing: Killing): Promise<Begun> {
  if (killing.victims === 'lab') {
    const { labHow } = killing
    const { pid } = await kmfddm.isUp()
    if ('afterMs' in labHow) setTimeout(() => void kmfddm.kill(), labHow.afterMs)
    else await kmfddm.die(labHow)
    return { victims: [], labPid: pid, killing }
  }
  const victims = processes.alive(killing.victims === 'bothWebs' ? 'web' : 'worker')
  if (killing.victims === 'worker') victims.length = 1
  for (const victim of victims) scheduleDeath(victim, killing.how)
  return { victims, labPid: undefined, killing }
}

/** Nobody that has not reached its point dies later. @returns how many have died */
export async function endKilling({ kmfddm }: Stage, { victims, labPid }: Begun): Promise<number> {
  for (const victim of victims) victim.send({ death: { nth: Number.MAX_SAFE_INTEGER } })
  const died = victims.filter((victim) => !victim.isAlive()).length
  if (labPid === undefined) return died
  const { pid } = await kmfddm.isUp()
  await kmfddm.die({ at: 'arrives', nth: Number.MAX_SAFE_INTEGER })
  return pid === labPid ? died : died + 1
}

/** Resolves when every process runs again. */
export async function allUp({ kmfddm, processes }: Stage): Promise<void> {
  await processes.allRestarted()
  await kmfddm.isUp()
}
