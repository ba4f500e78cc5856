import type { ErrorCode, ReplyEvidence } from './outcome-evidence'

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
  const told = codes
    .filter((code) => !isIn(progressCodes, code))
    .map(({ domain, code }) => `${domain} ${code}`)
  const statuses = (reply.updates ?? []).flatMap(({ status }) =>
    status !== undefined && troubled.test(status) ? [status] : [],
  )
  const bare = reply.status === 'Error' && codes.length === 0 ? ['Error without a code'] : []
  const malformed = reply.status === 'CommandFormatError' ? ['CommandFormatError'] : []
  return [...told, ...statuses, ...bare, ...malformed]
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

/** Whether a reply says that there is nothing to install: the top error of each chain says so, and nothing else is told. */
export function saysNothingToDo(reply: ReplyEvidence): boolean {
  const chains = chainsOf(reply)
  const told = (reply.updates ?? []).some(
    ({ status }) => status !== undefined && status !== 'Idle' && status !== 'Error',
  )
  return chains.length > 0 && !told && chains.every(([top]) => isIn(nothingToDoCodes, top))
}

/** Whether UpdateResults say that an install is under way; a scheduled one is reported in the same word. */
export const saysInstalling = (reply: ReplyEvidence): boolean =>
  claimOf(reply) === 'acknowledged' &&
  ((reply.updates ?? []).some(({ status }) => status === 'Installing') ||
    codesOf(reply).some((code) => isIn(installingCodes, code)))

/** Whether a reply says that the update is on the device. */
export const claimsDownloaded = (reply: ReplyEvidence): boolean =>
  codesOf(reply).some((code) => isIn(downloadedCodes, code))
