import { createHash } from 'node:crypto'
import type { VirtualDevice } from './virtual-device'
import { writePlist } from './wire'

/** Made up, as all push topics of this lab are. */
export const topic = 'com.apple.mgmt.External.3f5c1a2e-0000-4000-8000-6f6e65776179'

const bytesFor = (device: VirtualDevice, what: string, hash: 'sha256' | 'sha512') =>
  createHash(hash).update(`${device.enrollmentId} ${what}`).digest()

const pushMagic = (device: VirtualDevice) =>
  bytesFor(device, 'magic', 'sha256')
    .toString('hex')
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')

/** What a device sends when it enrols. */
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

/** What it sends right after, and again when its tokens change. The tokens are invented. */
export function tokenUpdate(device: VirtualDevice): string {
  return writePlist({
    MessageType: 'TokenUpdate',
    Topic: topic,
    UDID: device.enrollmentId,
    AwaitingConfiguration: false,
    PushMagic: pushMagic(device),
    Token: bytesFor(device, 'token', 'sha256'),
    UnlockToken: bytesFor(device, 'unlock', 'sha512'),
  })
}

export const idle = ({ enrollmentId }: VirtualDevice) =>
  writePlist({ Status: 'Idle', UDID: enrollmentId })
