/** To the second, in UTC: what two people on two benches mean by the same words. */
export const exactTime = (at: Date): string =>
  `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The clock's time in UTC, with its day where that is not today's: "14:03:12 UTC", "2026-11-27 14:03:12 UTC". */
export function clockTime(at: Date, now: Date): string {
  const [exact, today] = [exactTime(at), exactTime(now).slice(0, 10)]
  return exact.startsWith(today) ? exact.slice(11) : exact
}
