/** The findings that a check requests from the MDM server itself; the webhook's is settled a minute later. */
const serverFindingNames = [
  'reachable',
  'key',
  'pushCertificate',
  'storage',
  'declarationsReachable',
  'declarationsKey',
  'declarationsDelivered',
] as const
export type ServerFindingName = (typeof serverFindingNames)[number]

/** `unknown` is a valid result: nothing is claimed that was not seen. */
export type ServerFinding = {
  what: ServerFindingName
  found: 'yes' | 'no' | 'unknown'
  reason: string
}

export const serverFindingLabels: Record<ServerFindingName, string> = {
  reachable: 'Reachable',
  key: 'API key accepted',
  pushCertificate: 'Push certificate present',
  storage: 'Storage that suits real trials',
  declarationsReachable: 'Declarations: reachable',
  declarationsKey: 'Declarations: API key accepted',
  declarationsDelivered: 'Declarations: reach the devices',
}

/** How long a check waits for an event of the webhook. Lab policy: a device that is awake answers a push in seconds. */
export const listenForMs = 60_000

/** The result of the webhook part of a check. It claims no more than that an event was received, or was not. */
export type WebhookFinding = { found: 'yes' | 'no' | 'waiting' | 'unknown'; reason: string }

export function webhookFinding(
  check: { at: Date; contactAt: Date | null; settledAt: Date | null },
  now: Date,
): WebhookFinding {
  const seconds = listenForMs / 1000
  if (check.contactAt) {
    const after = Math.max(0, Math.round((check.contactAt.getTime() - check.at.getTime()) / 1000))
    return {
      found: 'yes',
      reason: `an event of this server arrived ${after} s after the check began`,
    }
  }
  if (check.settledAt)
    return {
      found: 'no',
      reason: `nothing was received within ${seconds} s: either no device polled or the webhook is not set`,
    }
  // The worker settles it. If it has not after twice the time, no worker is running.
  if (now.getTime() - check.at.getTime() > 2 * listenForMs)
    return { found: 'unknown', reason: 'this check was never completed: is the worker running?' }
  return {
    found: 'waiting',
    reason: `listening for ${seconds} s; the check sends nothing to any device`,
  }
}

/** What an event turned out to be after it was read. */
export const eventKinds = [
  'answer',
  'poll',
  'checkin',
  'declarations',
  'userChannel',
  'otherAnswer',
  'foreignUpdate',
  'other',
] as const
export type EventKind = (typeof eventKinds)[number]

export const eventKindWords: Record<EventKind, string> = {
  answer: 'Answer to a command of this lab',
  poll: 'Poll without a command',
  checkin: 'Check-in of the device',
  declarations: 'Declarative management',
  userChannel: 'User channel, not the device',
  otherAnswer: 'Answer to a command from another program',
  foreignUpdate: 'Answer to an update command that Oneway did not send',
  other: 'Topic that is stored and not used',
}

/** A first failure may be a restart, so the first wait is short. */
const firstWaitMs = 1_000
/** The longest wait, also after hours: a server that answers again must get its due commands soon. */
const maxWaitMs = 60_000

/** How long an MDM server is not contacted after `tries` unanswered requests in a row. */
export const silenceWaitMs = (tries: number): number =>
  Math.min(firstWaitMs * 2 ** Math.min(Math.max(tries, 1) - 1, 10), maxWaitMs)
