/**
 * Repeats `round` until `stopping` is aborted; each round returns the pause after it in ms. Resolves once the
 * current round has ended. A round must not reject.
 */
export async function repeat(stopping: AbortSignal, round: () => Promise<number>): Promise<void> {
  while (!stopping.aborted) await pause(await round(), stopping)
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stopping.addEventListener('abort', end)
  })
}

/** Whether `task` ends within `limitMs`; it keeps running if it does not. */
export async function endsWithin(task: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const inTime = await Promise.race([task.then(() => true as const), late])
  clearTimeout(timer)
  return inTime
}
