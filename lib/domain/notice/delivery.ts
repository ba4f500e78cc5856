/** The states of a delivery. Only a waiting one is tried; a person can queue one again that was given up. */
export const deliveryStates = ['waiting', 'delivered', 'givenUp', 'discarded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export const deliveryLabels: Readonly<Record<DeliveryState, string>> = {
  waiting: 'Waiting',
  delivered: 'Delivered',
  givenUp: 'Given up',
  discarded: 'Discarded',
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000]

/**
 * The pause after each failed try; after the last one it is given up, about 32 hours after the first. These are the
 * first eight tries that Standard Webhooks recommends.
 * https://github.com/standard-webhooks/standard-webhooks/blob/03f5f8c/spec/standard-webhooks.md
 */
export const retryPauses: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
]
export const maxTries = retryPauses.length + 1

/** How long a delivery stays in the list: one that arrived, any other that has ended, and one that waits for its target. */
export const keptDays = { delivered: 30, ended: 90, waiting: 7 } as const

/** How a try ended. `gone`: the receiver wants no more of them. */
export type TryResult = {
  result: 'delivered' | 'failed' | 'gone'
  /** The HTTP status, if there was one. */
  status?: number | undefined
  /** In our own words: nothing that the receiver wrote is stored. */
  reason: string
}

export type AfterTry =
  | { state: 'waiting'; dueAt: Date; endedAt: null }
  | { state: 'delivered' | 'givenUp'; endedAt: Date }

/**
 * What follows from a try.
 * @param tries how many there have been, with this one
 */
export function afterTry({ result }: TryResult, tries: number, now: Date): AfterTry {
  if (result === 'delivered') return { state: 'delivered', endedAt: now }
  const pause = retryPauses[tries - 1]
  if (result === 'gone' || pause === undefined) return { state: 'givenUp', endedAt: now }
  return { state: 'waiting', dueAt: new Date(now.getTime() + pause), endedAt: null }
}

/** By the status alone: every 2xx is a delivery, 410 says that the receiver is no longer there. */
export function resultOfStatus(status: number): TryResult {
  if (status >= 200 && status < 300) return { result: 'delivered', status, reason: 'accepted' }
  if (status === 410)
    return { result: 'gone', status, reason: 'the receiver is gone for good (410)' }
  if (status >= 300 && status < 400)
    return { result: 'failed', status, reason: 'it redirects, which is not followed' }
  return { result: 'failed', status, reason: `the receiver answered ${status}` }
}
