import { nameOffer } from '../reading/describe-reading'
import type { OfferedUpdate } from '../reading/reading'
import { isDeclaration, type SlotMechanism, slotNoun } from '../trial/mechanism'
import type { SlotPlan } from '../trial/protocol'
import { isRemovedText } from './budget-view'
import { canUse } from './by-mechanism'
import { openQuestions, questionOf, questionsOf, type UnusedDevice } from './coverage'

/** A question that the device could answer today. */
export type LostQuestion = {
  mechanism: SlotMechanism
  target: string
  /** Other devices that could answer it. */
  others: number
}

/** What a trial uses up once its first command or declaration is sent. */
export type BlastRadius = {
  device: UnusedDevice
  /** Other devices at its version that could begin a trial; after this one they are what is left there. */
  left: number
  mechanism: SlotMechanism
  /** The version its command or declaration names, or the one update that is offered under its key; undefined if not known. */
  target: string | undefined
  /** Other devices that could answer the question of this trial; undefined without a target. */
  same: number | undefined
  /** What the device could answer now and cannot after it, the questions that no other device can answer first. */
  lost: LostQuestion[]
  /** Whether it leads to a version without the command: declarations are all that the device can be sent afterwards. */
  isLastCommand: boolean
}

/**
 * What a trial of this device uses up: its baseline, and with it each question that it could still answer. Undefined
 * where the device has no unused baseline, or what it offers is not known.
 */
export function blastRadius(
  deviceId: string,
  devices: readonly UnusedDevice[],
  slot: SlotPlan | undefined,
  offers: readonly OfferedUpdate[] | undefined,
  /** Whether the protocol sends commands and declarations: it answers the question of neither alone. */
  isBoth = false,
): BlastRadius | undefined {
  const device = devices.find(({ id }) => id === deviceId)
  if (!device) return undefined
  const others = devices.filter(({ id }) => id !== deviceId)
  const target = targetOf(slot, offers)
  const mechanism = slotNoun(slot)
  const able = (question: string) =>
    others.filter((one) => questionsOf(one).includes(question)).length
  const asked = target && !isBoth ? questionOf(device, target, mechanism) : undefined
  const lost = openQuestions(device).flatMap(({ id, ...question }) =>
    id === asked ? [] : [{ ...question, others: able(id) }],
  )
  return {
    device,
    left: others.length,
    ...{ mechanism, target },
    same: asked === undefined ? undefined : able(asked),
    lost: lost.toSorted(
      (a, b) =>
        a.others - b.others ||
        a.mechanism.localeCompare(b.mechanism) ||
        (a.target < b.target ? -1 : 1),
    ),
    isLastCommand:
      target !== undefined &&
      isRemovedText(target) &&
      canUse('command', device.platform, device.startVersion),
  }
}

function targetOf(
  slot: SlotPlan | undefined,
  offers: readonly OfferedUpdate[] | undefined,
): string | undefined {
  if (!slot) return undefined
  if (isDeclaration(slot)) return slot.targetVersion
  if (slot.productVersion) return slot.productVersion
  const named = (offers ?? []).filter(({ productKey }) => productKey === slot.productKey)
  return named.length === 1 && named[0] ? nameOffer(named[0]) : undefined
}
