import type { ErrorCode, ReplyEvidence } from './outcome-evidence'

/** The answers to one CommandUUID, split at the first final one. */
export type Answers = {
  /** Up to and including the first final answer; only these are about the command. */
  counted: readonly ReplyEvidence[]
  /** The first final answer; undefined while there is none or only NotNow. */
  final: ReplyEvidence | undefined
  /** The answers after it: the MDM server delivered the command again. */
  redelivered: readonly ReplyEvidence[]
}

/**
 * The statuses of a final answer. NotNow postpones the answer; Idle and undocumented statuses are stored and end
 * nothing
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/errors/).
 */
const finalStatuses = ['Acknowledged', 'Error', 'CommandFormatError']

const isFinal = ({ status }: ReplyEvidence): boolean => finalStatuses.includes(status)

/**
 * Splits the answers to one command. MDM servers deliver an unanswered command at every poll, and some deliver an
 * answered one again, even after the install: the answer to a redelivery never replaces the first answer
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/storage/kv/queue_ll.go).
 */
export function answersOf(replies: readonly ReplyEvidence[]): Answers {
  const first = replies.findIndex(isFinal)
  if (first === -1) return { counted: replies, final: undefined, redelivered: [] }
  return {
    counted: replies.slice(0, first + 1),
    final: replies[first],
    redelivered: replies.slice(first + 1).filter(({ status }) => status !== 'NotNow'),
  }
}

/** What the answers to redeliveries add, one sentence each, and whether one of them disagrees with the first answer. */
export function repeatsOf({ final, redelivered }: Answers, ordinal: number, changed: boolean) {
  if (final === undefined || redelivered.length === 0) return { reasons: [], disagree: false }
  const done = redelivered.filter(saysNothingToDo)
  const others = redelivered.filter((one) => !saysNothingToDo(one))
  const disagree = others.some((one) => claimOf(one) !== claimOf(final))
  const reasons = [
    ...(done.length > 0
      ? [
          changed
            ? `command ${ordinal} was delivered again and answered with "nothing to do", as a device that has installed does`
            : `command ${ordinal} was delivered again and answered with "nothing to do", which suggests an install: check the OS`,
        ]
      : []),
    ...(others.length > 0
      ? [
          `command ${ordinal} was delivered again after its answer and answered with ${words(others)}`,
        ]
      : []),
  ]
  return { reasons, disagree: disagree || (done.length > 0 && !changed) }
}

const words = (replies: readonly ReplyEvidence[]): string =>
  [
    ...new Set(
      replies.flatMap((one) => {
        const errors = errorsOf(one)
        return errors.length > 0 ? errors : [saysInstalling(one) ? 'Installing' : one.status]
      }),
    ),
  ].join(', ')

/** What a reply to an update command claims, in one word. */
export type ReplyClaim = 'acknowledged' | 'error' | 'notNow' | 'other'

/**
 * Error codes that mean progress: download in progress, download complete, install in progress. MCMDMErrorDomain by
 * Apple's MDM Protocol Reference of 2018 (https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference);
 * each DeviceManagement code corresponds to one of them.
 */
const progressCodes: Record<string, readonly number[]> = {
  MCMDMErrorDomain: [12051, 12052, 12058],
  'DeviceManagement.error': [2200, 2201, 2207],
}
const downloadedCodes: Record<string, readonly number[]> = {
  MCMDMErrorDomain: [12052],
  'DeviceManagement.error': [2201],
}

const installingCodes: Record<string, readonly number[]> = {
  MCMDMErrorDomain: [12058],
  'DeviceManagement.error': [2207],
}

/** Update statuses that report a problem, of those in Apple's schema (#L155-L168 at b6202ca). */
const troubled =
  /^(Download(Failed|RequiresComputer|Insufficient\w+)|Install(Failed|Insufficient\w+|PhoneCallInProgress)|Error)$/

/** All errors of a reply, of the command and of its UpdateResults, without those that mean progress. */
export function errorsOf(reply: ReplyEvidence): string[] {
  const codes = codesOf(reply)
  const reported = codes
    .filter((code) => !isIn(progressCodes, code))
    .map(({ domain, code }) => `${domain} ${code}`)
  const statuses = (reply.updates ?? []).flatMap(({ status }) =>
    status !== undefined && troubled.test(status) ? [status] : [],
  )
  const bare = reply.status === 'Error' && codes.length === 0 ? ['Error without a code'] : []
  const malformed = reply.status === 'CommandFormatError' ? ['CommandFormatError'] : []
  return [...reported, ...statuses, ...bare, ...malformed]
}

/** An Error whose codes all mean progress counts as acknowledged; an Acknowledged with an error inside as an error. */
export function claimOf(reply: ReplyEvidence): ReplyClaim {
  if (reply.status === 'NotNow') return 'notNow'
  if (errorsOf(reply).length > 0) return 'error'
  return reply.status === 'Acknowledged' || reply.status === 'Error' ? 'acknowledged' : 'other'
}

/**
 * Error codes for "nothing to install", which a device also answers after the install: no update available (12048, and
 * the corresponding 2213) and "up to date" of the software update service
 * (radar 39170807, https://github.com/lionheart/openradar-mirror/issues/19571).
 */
const nothingToDoCodes: Record<string, readonly number[]> = {
  MCMDMErrorDomain: [12048],
  'DeviceManagement.error': [2213],
  'com.apple.softwareupdateservices.errors': [3],
}

const chainsOf = ({ errors, updates }: ReplyEvidence) =>
  [errors ?? [], ...(updates ?? []).map((update) => update.errors ?? [])].filter(
    (chain) => chain.length > 0,
  )
const codesOf = (reply: ReplyEvidence): ErrorCode[] => chainsOf(reply).flat()

const isIn = (codes: Record<string, readonly number[]>, one: ErrorCode | undefined): boolean =>
  one !== undefined && (codes[one.domain]?.includes(one.code) ?? false)

/** Whether a reply only says that there is nothing to install: the top error of each chain does, and no update has another status. */
export function saysNothingToDo(reply: ReplyEvidence): boolean {
  const chains = chainsOf(reply)
  const reported = (reply.updates ?? []).some(
    ({ status }) => status !== undefined && status !== 'Idle' && status !== 'Error',
  )
  return chains.length > 0 && !reported && chains.every(([top]) => isIn(nothingToDoCodes, top))
}

/** Whether UpdateResults report an install under way; a scheduled one is reported with the same word. */
export const saysInstalling = (reply: ReplyEvidence): boolean =>
  claimOf(reply) === 'acknowledged' &&
  ((reply.updates ?? []).some(({ status }) => status === 'Installing') ||
    codesOf(reply).some((code) => isIn(installingCodes, code)))

/** Whether a reply reports that the update is downloaded. */
export const claimsDownloaded = (reply: ReplyEvidence): boolean =>
  codesOf(reply).some((code) => isIn(downloadedCodes, code))
