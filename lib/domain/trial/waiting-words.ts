import type { RequestType } from './command-slot'

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
