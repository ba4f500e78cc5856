/** Something to do for one lane, such as the sends through one MDM server. */
type Task = () => Promise<void>

export type Lanes = {
  /** Runs it in its lane after what stands there already; false where the lane is full. */
  add(lane: string, task: Task): boolean
  /** True while something runs or waits in this lane. */
  isBusy(lane: string): boolean
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>
  /** Forgets what waits; what runs is let finish. */
  drop(): void
}

type LaneOptions = {
  /** Of a task that failed. */
  report(error: unknown): void
  atOnce?: number
  deepest?: number
}

/**
 * One thing at a time in each lane, and so many lanes at once: who waits in one lane holds up no other.
 * Lanes take their turn in the order in which they were filled.
 */
export function createLanes({ report, atOnce = 16, deepest = 200 }: LaneOptions): Lanes {
  const lanes = new Map<string, Task[]>()
  const running = new Set<string>()
  let quiet: (() => void)[] = []

  const begin = () => {
    for (const [lane, tasks] of lanes) {
      if (running.size >= atOnce) return
      if (!running.has(lane)) void run(lane, tasks)
    }
    if (lanes.size === 0) {
      for (const tell of quiet) tell()
      quiet = []
    }
  }
  const run = async (lane: string, tasks: Task[]) => {
    running.add(lane)
    try {
      await tasks.shift()?.()
    } catch (error) {
      report(error)
    }
    running.delete(lane)
    // To the end of the row, so that a long lane takes no more turns than a short one.
    lanes.delete(lane)
    if (tasks.length > 0) lanes.set(lane, tasks)
    begin()
  }
  return {
    add(lane, task) {
      const tasks = lanes.get(lane) ?? []
      if (tasks.length >= deepest) return false
      tasks.push(task)
      lanes.set(lane, tasks)
      begin()
      return true
    },
    isBusy: (lane) => lanes.has(lane),
    idle: () => (lanes.size === 0 ? Promise.resolve() : new Promise((tell) => quiet.push(tell))),
    drop() {
      for (const [lane, tasks] of lanes) {
        tasks.length = 0
        if (!running.has(lane)) lanes.delete(lane)
      }
      begin()
    },
  }
}
