import { createHash } from 'node:crypto'
import type { VirtualDevice } from './virtual-device'
import { writePlist } from './wire'

/** The push topic of this lab; invented. */
export const topic = 'com.apple.mgmt.External.3f5c1a2e-0000-4000-8000-6f6e65776179'

const bytesFor = (id: string, what: string, hash: 'sha256' | 'sha512') =>
  createHash(hash).update(`${id} ${what}`).digest()

/** The device's push token. */
export const pushToken = (id: string): Buffer => bytesFor(id, 'token', 'sha256')

const pushMagic = (device: VirtualDevice) =>
  bytesFor(device.enrollmentId, 'magic', 'sha256')
    .toString('hex')
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** The message that a device sends when it enrols. */
export function authenticate(device: VirtualDevice): string {
  return writePlist({
    MessageType: 'Authenticate',
    Topic: topic,
    UDID: device.enrollmentId,
    OSVersion: device.osVersion,
    BuildVersion: device.osBuild,
    ProductName: device.productName,
    SerialNumber: device.serial,
  })
}

/** The message that it sends right after, and again when its tokens change. The tokens are invented. */
export function tokenUpdate(device: VirtualDevice): string {
  return writePlist({
    MessageType: 'TokenUpdate',
    Topic: topic,
    UDID: device.enrollmentId,
    AwaitingConfiguration: false,
    PushMagic: pushMagic(device),
    Token: pushToken(device.enrollmentId),
    UnlockToken: bytesFor(device.enrollmentId, 'unlock', 'sha512'),
  })
}

export const idle = ({ enrollmentId }: VirtualDevice) =>
  writePlist({ Status: 'Idle', UDID: enrollmentId })
