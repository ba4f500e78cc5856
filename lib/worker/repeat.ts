/**
 * Does `round` again and again, each time after the pause in ms that the round before gave, until
 * `stopping` is aborted; resolves once the round under way has ended. A round must not reject.
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

/** Whether `task` has ended within `limitMs`; it goes on where it has not. */
export async function endsWithin(task: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const inTime = await Promise.race([task.then(() => true as const), late])
  clearTimeout(timer)
  return inTime
}
