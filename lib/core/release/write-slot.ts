import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  insertCommand,
  insertCommandEvent,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { subscribedItems } from '@/lib/domain/declaration/subscribed-items'
import type { OsVersion } from '@/lib/domain/device/os-version'
import { enforcementType, type OrderType, releasedAgainFrom } from '@/lib/domain/trial/command-slot'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan, SlotPlan } from '@/lib/domain/trial/protocol'
import { buildCommand } from '@/lib/mdm/command'
import { buildEnforcement } from '@/lib/mdm/declarations/build-enforcement'
import type { PlannedCommand } from '../kernel/sign'

/** The command of a slot before it is reserved: what the signature of the release names. */
export type SlotCommand = PlannedCommand & {
  requestType: OrderType
  plist: Uint8Array
  /** The existing row of a release that was cancelled, lapsed or never sent. */
  before: Command | undefined
}

type Slot = {
  trial: Trial
  device: DeviceRow
  plan: ProtocolPlan
  ordinal: number
  command: Command | undefined
  /** When a declaration asks for the install, as `declaredTime` gave it. */
  local: string | undefined
  /** The OS that the device is known to run. */
  os: OsVersion | undefined
}

/** A slot has one CommandUUID for ever: released again after a cancel or a failed send, it keeps UUID and bytes. */
export function planSlot({ device, plan, ordinal, command, local, os }: Slot): SlotCommand {
  if (command) {
    const { commandUuid, deviceId, mdmServerId, enrollmentId, plist, plistSha256 } = command
    const identity = { commandUuid, deviceId, mdmServerId, enrollmentId, plistSha256 }
    const { requestType } = command
    return { ...identity, purpose, requestType, slotOrdinal: ordinal, plist, before: command }
  }
  const slot = plan.slots[ordinal - 1]
  if (!slot || !device.mdmServerId || device.enrollmentId === null)
    throw new Error('a slot was reserved without a plan, server or enrollment ID')
  const commandUuid = randomUUID()
  const items = subscribedItems(device.platform, os)
  const built = builtOf(commandUuid, slot, { local, items })
  return {
    commandUuid,
    deviceId: device.id,
    mdmServerId: device.mdmServerId,
    enrollmentId: device.enrollmentId,
    slotOrdinal: ordinal,
    purpose,
    ...built,
    before: undefined,
  }
}

const purpose = 'intervention' as const

function builtOf(
  commandUuid: string,
  slot: SlotPlan,
  { local, items }: { local: string | undefined; items: readonly string[] },
): Pick<SlotCommand, 'requestType' | 'plist' | 'plistSha256'> {
  if (!isDeclaration(slot)) {
    const requestType = 'ScheduleOSUpdate' as const
    const { plist, sha256: plistSha256 } = buildCommand({ commandUuid, requestType, slot })
    return { requestType, plist, plistSha256 }
  }
  if (local === undefined) throw new Error('a declaration was reserved without its time')
  const built = buildEnforcement({ commandUuid, slot, local, items })
  const { stored: plist, sha256: plistSha256 } = built
  return { requestType: enforcementType, plist, plistSha256 }
}

/** The part of a command that the signed record of its release contains. */
export function plannedCommand({ plist: _, before: __, ...planned }: SlotCommand): PlannedCommand {
  return planned
}

type Reserved = {
  now: Date
  holdEndsAt: Date
  verdictHash: string
  signatureId: number
  counterSignatureId: number | null
  needsTwoPeople: boolean
}

/** Reserves the slot with its signatures. The database refuses a command that was not signed for this release. */
export async function writeSlot(
  tx: Db,
  actor: Actor,
  trial: Trial,
  slot: SlotCommand,
  { now, ...reserved }: Reserved,
): Promise<void> {
  const { commandUuid } = slot
  const again = {
    ...reserved,
    state: 'reserved' as const,
    reservedAt: now,
    reservedById: actor.id,
    reservedByName: actor.name,
  }
  if (slot.before) {
    const moved = await moveCommand(tx, commandUuid, releasedAgainFrom, again)
    if (!moved) throw new Error(`command ${commandUuid} moved while its device was locked`)
  } else {
    const { before: _, ...written } = slot
    await insertCommand(tx, { ...written, purpose, ...again, trialId: trial.id })
  }
  await insertCommandEvent(tx, { commandUuid, kind: 'reserved', at: now, byName: actor.name })
}
