import type { TrialView } from '@/lib/db/queries/trials/trial-view'
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

/** A slot in words, its product named by what the device was offered at the release, or is offered now. */
export function slotWords(
  { trial: { startingState } }: TrialView,
  slot: SlotPlan,
  state?: DeviceState,
): string {
  const frozen = startingState?.availableUpdates?.value ?? []
  return describeSlotAmong(slot, [...frozen, ...(state?.availableUpdates?.value ?? [])])
}
