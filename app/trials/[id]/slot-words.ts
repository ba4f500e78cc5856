import { storedItemsOf } from '@/lib/core/release/stored-declaration'
import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { subscribedItems } from '@/lib/domain/declaration/subscribed-items'
import { parseVersion } from '@/lib/domain/device/os-version'
import type { DeviceState } from '@/lib/domain/reading/reading'
import { enforcementWords, localEnforcement } from '@/lib/domain/trial/enforcement-time'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import { describeSlotAmong } from '@/lib/domain/trial/offered-target'
import type { SlotPlan } from '@/lib/domain/trial/protocol'

/** When a declaration that is released at this moment is enforced on the device; empty for a command, or without a known zone. */
export function declaredTimeWords(slot: SlotPlan, { timeZone }: DeviceState, at: Date): string {
  if (!isDeclaration(slot) || timeZone?.value === undefined) return ''
  const found = localEnforcement(slot.when, timeZone.value, at)
  return found.ok ? `: TargetLocalDateTime ${enforcementWords(found)}` : ''
}

/** The status subscription that goes with the declaration of a slot; undefined where none does. */
export function subscriptionWords(
  { commands, device, version: { plan } }: TrialView,
  ordinal: number,
  { osVersion }: DeviceState,
): string | undefined {
  const slot = plan.slots[ordinal - 1]
  if (!slot || !isDeclaration(slot)) return undefined
  // Released again it has the bytes of its first release.
  const before = commands.find(({ slotOrdinal }) => slotOrdinal === ordinal)
  const os = osVersion?.value === undefined ? undefined : parseVersion(osVersion.value)
  const items = before ? storedItemsOf(before) : subscribedItems(device.platform, os)
  if (items.length === 0) return undefined
  return `a subscription to ${items.length} status items, such as softwareupdate.install-state: the device reports when they change. It enforces nothing, and goes when the declaration is withdrawn.`
}

/** A slot in words, its product named by what the device was offered at the release, or is offered now. */
export function slotWords(
  { trial: { startingState } }: TrialView,
  slot: SlotPlan,
  state?: DeviceState,
): string {
  const frozen = startingState?.availableUpdates?.value ?? []
  return describeSlotAmong(slot, [...frozen, ...(state?.availableUpdates?.value ?? [])])
}
