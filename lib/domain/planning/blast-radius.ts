import { nameOffer } from '../reading/describe-reading'
import type { OfferedUpdate } from '../reading/reading'
import { isDeclaration } from '../trial/mechanism'
import type { SlotPlan } from '../trial/protocol'
import { isRemovedText } from './budget-view'
import { questionOf, questionsOf, type UnusedDevice } from './coverage'

/** A question that the device could answer today. */
export type LostQuestion = {
  target: string
  /** Other devices that could answer it. */
  others: number
}

/** What a trial uses up once its first command is sent. */
export type BlastRadius = {
  device: UnusedDevice
  /** Other devices at its version that could begin a trial; after this one they are what is left there. */
  left: number
  /** The version its command names, or the one update that is offered under its key; undefined if not known. */
  target: string | undefined
  /** Other devices that could answer the question of this trial; undefined without a target. */
  same: number | undefined
  /** What the device could answer now and cannot after it, the questions that no other device can answer first. */
  lost: LostQuestion[]
  /** Whether it leads to a version without the command, so that it is the last trial of the device. */
  isLast: boolean
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
): BlastRadius | undefined {
  const device = devices.find(({ id }) => id === deviceId)
  if (!device) return undefined
  const others = devices.filter(({ id }) => id !== deviceId)
  const target = targetOf(slot, offers)
  const able = (question: string) =>
    others.filter((one) => questionsOf(one).includes(question)).length
  const lost = [...new Set(device.offered ?? [])].flatMap((version) => {
    const question = version === target ? undefined : questionOf(device, version)
    return question === undefined ? [] : [{ target: version, others: able(question) }]
  })
  const asked = target && questionOf(device, target)
  return {
    device,
    left: others.length,
    target,
    same: asked === undefined ? undefined : able(asked),
    lost: lost.toSorted((a, b) => a.others - b.others || (a.target < b.target ? -1 : 1)),
    isLast: target !== undefined && isRemovedText(target),
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
