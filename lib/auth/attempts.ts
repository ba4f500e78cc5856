type Limit = { max: number; windowMs: number }

/**
 * Counts failed attempts per key (an email address, a code) in this process, so that guessing gets slow
 * whatever address it comes from: better-auth's own limit goes by the client's IP, which a header can fake.
 */
export function createAttemptLimit({ max, windowMs }: Limit) {
  const failures = new Map<string, number[]>()

  const recent = (key: string, now: Date): number[] =>
    (failures.get(key) ?? []).filter((at) => at > now.getTime() - windowMs)

  return {
    /** Seconds until the next attempt is heard; undefined when it may come now. */
    waitSeconds(key: string, now: Date): number | undefined {
      const [oldest, ...others] = recent(key, now)
      if (oldest === undefined || others.length + 1 < max) return undefined
      return Math.ceil((oldest + windowMs - now.getTime()) / 1000)
    },
    failed(key: string, now: Date): void {
      if (failures.size > 10_000) forgetOld(now)
      failures.set(key, [...recent(key, now), now.getTime()].slice(-max))
    },
    succeeded(key: string): void {
      failures.delete(key)
    },
  }

  // Made-up addresses must not fill the memory.
  function forgetOld(now: Date) {
    for (const key of failures.keys()) if (recent(key, now).length === 0) failures.delete(key)
  }
}
