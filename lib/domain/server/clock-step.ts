/** The settable clock and the monotonic clock at one moment, in milliseconds. */
export type ClockMoment = { wallMs: number; steadyMs: number }

/** A smaller difference is drift, or a gradual correction by a time service (ICH E6(R3) 4.2.2(d), rule R7). */
const minStepMs = 2_000

/** By how many milliseconds the server's clock was set forward, or back if negative; undefined if it was not set. */
export function clockStep(before: ClockMoment, now: ClockMoment): number | undefined {
  const stepMs = now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs)
  return Math.abs(stepMs) > minStepMs ? stepMs : undefined
}
