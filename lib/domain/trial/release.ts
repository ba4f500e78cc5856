import type { RequestType } from './command-slot'

/**
 * The shortest hold of a command to a real device, in seconds: time to read the page and press Cancel. Lab
 * policy, and the database holds it (`a_real_hold_is_long_enough`). A rehearsal may be quicker.
 */
export const minRealHoldSeconds = 10

/** How long a release is held: what the lab has set, and on a real device never less than the floor. */
export const holdSecondsFor = (setting: number, { simulated }: { simulated: boolean }): number =>
  simulated ? setting : Math.max(setting, minRealHoldSeconds)

/** How long the trial's own queries pause after an open release dialog was last reported. */
export const requestLastsMs = 90_000
/** An open release dialog reports itself this often: three times before the pause ends. */
export const renewRequestMs = 30_000

export type OpenCommand = { requestType: RequestType; sendingAt: Date | null; notNowCount: number }

/** What a release waits for while another command is open on the device. */
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
