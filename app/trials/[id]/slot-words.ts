import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { describeSlotAmong } from '@/lib/domain/offered-target'
import type { CommandSlotPlan } from '@/lib/domain/protocol'
import type { DeviceState } from '@/lib/domain/reading'

/** A command in words, its product named by what the device was offered at the release, or is offered now. */
export function slotWords(
  { trial: { startingState } }: TrialView,
  slot: CommandSlotPlan,
  state?: DeviceState,
): string {
  const frozen = startingState?.availableUpdates?.value ?? []
  return describeSlotAmong(slot, [...frozen, ...(state?.availableUpdates?.value ?? [])])
}
