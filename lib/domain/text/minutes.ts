const [hour, day] = [60, 24 * 60]

/** A time in minutes in the unit that suits it: "0.5 min", "45 min", "3.2 h", "2.5 d". */
export function minutesInWords(minutes: number): string {
  const short = (value: number) => String(Number(value.toPrecision(value < 100 ? 2 : 3)))
  if (minutes < 2 * hour) return `${short(minutes)} min`
  return minutes < 2 * day ? `${short(minutes / hour)} h` : `${short(minutes / day)} d`
}

const steps = [
  1,
  2,
  5,
  10,
  20,
  30,
  60,
  120,
  240,
  480,
  720,
  day,
  2 * day,
  5 * day,
  7 * day,
  14 * day,
]

/** Round times from 0 to at least `longest`, at most seven; in minutes. */
export function minuteTicks(longest: number): number[] {
  const wanted = Math.max(longest, 1) / 6
  const step = steps.find((one) => one >= wanted) ?? Math.ceil(wanted / (28 * day)) * 28 * day
  return Array.from({ length: Math.ceil(Math.max(longest, 1) / step) + 1 }, (_, at) => at * step)
}
