import type { PlistReading } from './plist/value'
import { rootOf, textOf, under } from './plist-fields'

/** The enrollment types that NanoMDM gives to a user: https://github.com/micromdm/nanomdm/blob/1d5fcf4/mdm/type.go */
const userTypes = new Set(['user', 'user enrollment', 'shared ipad'])
/** What only a message of a user channel has: https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/tokenupdate.yaml */
const userKeys = ['UserID', 'EnrollmentUserID', 'UserShortName'] as const

export type UserChannel = {
  /** The enrollment ID of its device. */
  deviceId: string
  /** The short name, else the user's ID; undefined where neither is told. */
  user?: string
}

/** What the envelope of an event says of its sender. */
type Sender = {
  enrollmentId: string
  enrollmentType?: string
  parentId?: string
}

/**
 * Whether an event is of a user, who is not the device: by what the server says, and by the plist, as
 * MicroMDM sends no `ids` and gives the device's UDID for both.
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

/** XML in which a key may be written otherwise than by its letters. */
const hiding = ['&#', '<![CDATA[', '<!--'] as const

/** The same of bytes that nobody has read: an Idle poll holds such a key only where it is a user's. */
export const holdsUserKey = (payload: Uint8Array): boolean => {
  const bytes = Buffer.from(payload)
  const holds = (text: string) => bytes.includes(text) || bytes.includes(text, 0, 'utf16le')
  return [...userKeys, ...hiding].some(holds)
}
