type Stop = () => Promise<void>

/** What has to be stopped, in the reverse order of its start. */
export type Closing = {
  add(stop: Stop): void
  /** @throws Error once closing has begun, so that nothing more is started */
  check(): void
  /** Stops all that was added, also what is added meanwhile; the first failure is thrown at the end. */
  close(): Promise<void>
}

export function createClosing(): Closing {
  const stops: Stop[] = []
  let begun = false
  const close = async () => {
    begun = true
    const failures: unknown[] = []
    for (let stop = stops.pop(); stop; stop = stops.pop()) {
      // One that fails to stop must not keep the others running.
      await stop().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
  const check = () => {
    if (begun) throw new Error('stopped before it was started')
  }
  return { add: (stop) => stops.push(stop), check, close }
}
