/** Something to do for one lane, such as the sends through one MDM server. */
type Task = () => Promise<void>

export type Lanes = {
  /** Runs a task after those that are in its lane already; false if the lane is full. */
  add(lane: string, task: Task): boolean
  /** True while something runs or waits in this lane. */
  isBusy(lane: string): boolean
  /** Resolves when nothing runs or waits any more. */
  idle(): Promise<void>
  /** Drops the waiting tasks; those that are running finish. */
  drop(): void
}

type LaneOptions = {
  /** Receives the error of a task that failed. */
  report(error: unknown): void
  /** Lanes that run at the same time. */
  maxRunning?: number
  /** Tasks in one lane, running or waiting. */
  maxDepth?: number
}

/**
 * Runs one task at a time in each lane and several lanes at once, so that a slow lane delays no other. When all
 * lanes are in use, the others run in the order in which they were filled.
 */
export function createLanes({ report, maxRunning = 16, maxDepth = 200 }: LaneOptions): Lanes {
  const lanes = new Map<string, Task[]>()
  const running = new Set<string>()
  let quiet: (() => void)[] = []

  const begin = () => {
    for (const [lane, tasks] of lanes) {
      if (running.size >= maxRunning) return
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
    // Back to the end of the order, so that a long lane runs no more often than a short one.
    lanes.delete(lane)
    if (tasks.length > 0) lanes.set(lane, tasks)
    begin()
  }
  return {
    add(lane, task) {
      const tasks = lanes.get(lane) ?? []
      if (tasks.length >= maxDepth) return false
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
