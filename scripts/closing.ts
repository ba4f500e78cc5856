type Stop = () => Promise<void>

/** Stops what was started, in reverse order. */
export type Closing = {
  add(stop: Stop): void
  /** @throws Error once closing has begun; call it before starting something */
  check(): void
  /** Stops everything, including what is added meanwhile, and then throws the first error. */
  close(): Promise<void>
}

export function createClosing(): Closing {
  const stops: Stop[] = []
  let begun = false
  const close = async () => {
    begun = true
    const failures: unknown[] = []
    for (let stop = stops.pop(); stop; stop = stops.pop()) {
      // An error must not keep the others running.
      await stop().catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }
  const check = () => {
    if (begun) throw new Error('stopped before it was started')
  }
  return { add: (stop) => stops.push(stop), check, close }
}
