/** Both clocks at one moment: the one that can be set, and the one that only runs. In milliseconds. */
export type ClockMoment = { wallMs: number; steadyMs: number }

/** A smaller difference is drift, or what a time service corrects bit by bit (ICH E6(R3) 4.2.2(d), rule R7). */
const minStepMs = 2_000

/**
 * By how many milliseconds the server's clock has moved more than time has passed; below zero where it was
 * set back. Undefined where it has just run on.
 */
export function clockStep(before: ClockMoment, now: ClockMoment): number | undefined {
  const stepMs = now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs)
  return Math.abs(stepMs) > minStepMs ? stepMs : undefined
}
