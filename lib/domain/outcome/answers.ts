import type { ErrorCode, ReplyEvidence } from './outcome-evidence'

/** The answers to one CommandUUID, split where the first final one came. */
export type Answers = {
  /** Up to and including the first final answer: these speak of the command. */
  speaking: readonly ReplyEvidence[]
  /** The first final answer; undefined while the device has only put it off or said nothing. */
  final: ReplyEvidence | undefined
  /** What came after it: the MDM server handed the command out again. */
  redelivered: readonly ReplyEvidence[]
}

/**
 * The statuses after which a device has nothing more to say of a command. NotNow puts the answer off;
 * Idle and what no schema has are kept as they came and end nothing
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/errors/).
 */
const finalStatuses = ['Acknowledged', 'Error', 'CommandFormatError']

const isFinal = ({ status }: ReplyEvidence): boolean => finalStatuses.includes(status)

/**
 * Splits the answers to one command, given in the order of time. MDM servers hand an unanswered command
 * out at every poll, and some hand out an answered one again, also after the install: the answer to a
 * repeat is about the repeat and never replaces the first
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/storage/kv/queue_ll.go).
 */
export function answersOf(replies: readonly ReplyEvidence[]): Answers {
  const first = replies.findIndex(isFinal)
  if (first === -1) return { speaking: replies, final: undefined, redelivered: [] }
  return {
    speaking: replies.slice(0, first + 1),
    final: replies[first],
    redelivered: replies.slice(first + 1).filter(({ status }) => status !== 'NotNow'),
  }
}

/** What answers to repeats of a command add, one sentence each, and whether one of them disagrees. */
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

/** What a reply to an intervention claims, in one word. */
export type ReplyClaim = 'acknowledged' | 'error' | 'notNow' | 'other'

/**
 * Codes that come as errors and mean that the wanted state is already reached: download in progress,
 * download complete, install in progress. MCMDMErrorDomain by Apple's MDM Protocol Reference of 2018
 * (https://github.com/erikberglund/Mobile-Device-Management-Protocol-Reference); the DeviceManagement
 * codes are their twins one to one.
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

/** Update statuses that report trouble; the list is that of Apple's schema (#L155-L168 at b6202ca). */
const troubled =
  /^(Download(Failed|RequiresComputer|Insufficient\w+)|Install(Failed|Insufficient\w+|PhoneCallInProgress)|Error)$/

/** Every error a reply carries, at either level, without those that mean progress. */
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
 * Codes that say that there is nothing to install, which a device also answers when it has installed:
 * no update available (12048 and its twin 2213) and "up to date" of the software update service
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

/** Whether a reply says that there is nothing to install: the top error of each chain says so, and it reports nothing else. */
export function saysNothingToDo(reply: ReplyEvidence): boolean {
  const chains = chainsOf(reply)
  const reported = (reply.updates ?? []).some(
    ({ status }) => status !== undefined && status !== 'Idle' && status !== 'Error',
  )
  return chains.length > 0 && !reported && chains.every(([top]) => isIn(nothingToDoCodes, top))
}

/** Whether UpdateResults say that an install is under way; a scheduled one is reported in the same word. */
export const saysInstalling = (reply: ReplyEvidence): boolean =>
  claimOf(reply) === 'acknowledged' &&
  ((reply.updates ?? []).some(({ status }) => status === 'Installing') ||
    codesOf(reply).some((code) => isIn(installingCodes, code)))

/** Whether a reply says that the update is on the device. */
export const claimsDownloaded = (reply: ReplyEvidence): boolean =>
  codesOf(reply).some((code) => isIn(downloadedCodes, code))
