import type { OrderType } from './command-slot'

/**
 * The shortest hold of a command to a real device, in seconds: time to read the page and press Cancel. Lab policy,
 * enforced by the database (`a_real_hold_is_long_enough`). A rehearsal may have a shorter one.
 */
export const minRealHoldSeconds = 10

/** How long a release is held, in seconds: the lab's setting, and on a real device at least the minimum. */
export const holdSecondsFor = (setting: number, { simulated }: { simulated: boolean }): number =>
  simulated ? setting : Math.max(setting, minRealHoldSeconds)

/** How long the trial's own queries pause after the last report of an open release dialog. */
export const requestLastsMs = 90_000
/** How often an open release dialog reports itself: three times before the pause ends. */
export const renewRequestMs = 30_000

export type OpenCommand = { requestType: OrderType; sendingAt: Date | null; notNowCount: number }

/** What a release waits for if another command is open on the device, in words. */
export function waitingWords(open: OpenCommand, now: Date): string {
  const { requestType, sendingAt, notNowCount } = open
  if (!sendingAt) return `${requestType} is about to be sent; then you can release`
  const sent = `sent ${ago(now.getTime() - sendingAt.getTime())} ago`
  const notNow = notNowCount > 0 ? `, answered NotNow ${notNowCount} times` : ''
  return `waiting for the device's answer to ${requestType} (${sent}${notNow}), then you can release`
}

const ago = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`
}
