import type { PlistReading } from './plist/value'
import { rootOf, textOf, under } from './plist-fields'

/**
 * Why an enrollment ID must not be put into a URL; undefined if it may be. NanoMDM splits the *decoded* path at
 * commas, so even `%2C` would send to two devices; `device:user` is a user channel, to which no update command
 * may go:
 * https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/operations-guide.md
 */
export function enrollmentIdProblem(enrollmentId: string): string | undefined {
  if (enrollmentId === '') return 'the enrollment ID is empty'
  if (enrollmentId.length > 128) return 'the enrollment ID is longer than 128 characters'
  if (enrollmentId.includes(':')) return 'the enrollment ID is one of a user channel (it holds ":")'
  // Every device ID seen is a UDID or a UUID; the underscore is for simulators.
  if (!/^[A-Za-z0-9_-]+$/.test(enrollmentId))
    return 'the enrollment ID holds other characters than letters, digits, "-" and "_"'
  return undefined
}

/** NanoMDM's enrollment types of users: https://github.com/micromdm/nanomdm/blob/1d5fcf4/mdm/type.go */
const userTypes = new Set(['user', 'user enrollment', 'shared ipad'])
/** Keys that only messages of a user channel have: https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/tokenupdate.yaml */
const userKeys = ['UserID', 'EnrollmentUserID', 'UserShortName'] as const

export type UserChannel = {
  /** The enrollment ID of its device. */
  deviceId: string
  /** The short name, or else the user's ID; undefined if the message has neither. */
  user?: string
}

/** What the envelope of an event says about its sender. */
type Sender = {
  enrollmentId: string
  enrollmentType?: string
  parentId?: string
}

/**
 * The user channel that an event came from; undefined if it came from the device itself. Decided by the envelope
 * and by the plist, as MicroMDM sends no `ids` and gives the device's UDID for both channels.
 */
export function userChannelOf(event: Sender, plist: PlistReading): UserChannel | undefined {
  const [deviceId = event.enrollmentId, ofId] = event.enrollmentId.split(':')
  const reported = plist.ok ? keysOf(plist) : {}
  const isUser =
    userTypes.has((event.enrollmentType ?? '').toLowerCase()) ||
    event.parentId !== undefined ||
    ofId !== undefined ||
    userKeys.some((key) => reported[key] !== undefined)
  if (!isUser) return undefined
  const user = reported.UserShortName ?? ofId ?? reported.UserID ?? reported.EnrollmentUserID
  return { deviceId: event.parentId ?? deviceId, ...(user !== undefined && { user }) }
}

const keysOf = ({ value }: Extract<PlistReading, { ok: true }>) => {
  const root = rootOf(value, [])
  const texts = userKeys.map((key) => [key, textOf(under(root, key))?.trim() || undefined] as const)
  const found: Partial<Record<(typeof userKeys)[number], string>> = Object.fromEntries(texts)
  return found
}

/** XML syntax by which a key can be written without its letters standing in the bytes. */
const hiding = ['&#', '<![CDATA[', '<!--'] as const

/** Whether an unparsed payload may hold a key of a user channel. The Idle poll of a device holds none. */
export const holdsUserKey = (payload: Uint8Array): boolean => {
  const bytes = Buffer.from(payload)
  const holds = (text: string) => bytes.includes(text) || bytes.includes(text, 0, 'utf16le')
  return [...userKeys, ...hiding].some(holds)
}
