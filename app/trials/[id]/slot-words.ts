import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import type { DeviceState } from '@/lib/domain/reading/reading'
import { describeSlotAmong } from '@/lib/domain/trial/offered-target'
import type { SlotPlan } from '@/lib/domain/trial/protocol'

/** A slot in words, its product named by what the device was offered at the release, or is offered now. */
export function slotWords(
  { trial: { startingState } }: TrialView,
  slot: SlotPlan,
  state?: DeviceState,
): string {
  const frozen = startingState?.availableUpdates?.value ?? []
  return describeSlotAmong(slot, [...frozen, ...(state?.availableUpdates?.value ?? [])])
}
