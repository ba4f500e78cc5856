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

const isProgress = ({ domain, code }: ErrorCode) => progressCodes[domain]?.includes(code) ?? false

/** Update statuses that report trouble; the list is that of Apple's schema (#L155-L168 at b6202ca). */
const troubled =
  /^(Download(Failed|RequiresComputer|Insufficient\w+)|Install(Failed|Insufficient\w+|PhoneCallInProgress)|Error)$/

/** Every error a reply carries, at either level, without those that mean progress. */
export function errorsOf(reply: ReplyEvidence): string[] {
  const chains = [reply.errors ?? [], ...(reply.updates ?? []).map(({ errors }) => errors ?? [])]
  const codes = chains.flat()
  const told = codes
    .filter((code) => !isProgress(code))
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

/** Whether a reply says that the update is on the device. */
export const claimsDownloaded = (reply: ReplyEvidence): boolean =>
  [...(reply.errors ?? []), ...(reply.updates ?? []).flatMap(({ errors }) => errors ?? [])].some(
    ({ domain, code }) => downloadedCodes[domain]?.includes(code) ?? false,
  )
