'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import type { Refusal } from '@/lib/core/shared/result'
import { assessProtocolFits } from '@/lib/core/trials/assess'
import { findBookedByOther } from '@/lib/core/trials/booked-device'
import { draftTrial } from '@/lib/core/trials/prepare-trial'
import { listMissingFields } from '@/lib/db/queries/devices/custom-fields'
import { missingInWords } from '@/lib/domain/device/custom-field'
import type { ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { paths } from '@/lib/paths'
import { type DeviceChoice, findDeviceChoice, listDeviceChoices } from './device-choices'
import { type DraftInput, draftSchema, fitSchema, searchSchema } from './schema'

/** Devices for the form, as many as it shows. */
export async function searchDevicesAction(
  input: z.input<typeof searchSchema>,
): Promise<DeviceChoice[] | Refusal> {
  return authorizeAction('look', searchSchema, input, ({ db }, wanted) =>
    listDeviceChoices(db, wanted, new Date()),
  )
}

/** One device for the form, such as that of a restored draft; undefined if it is retired or not there. */
export async function findDeviceAction(input: z.input<typeof fitSchema>) {
  return authorizeAction('look', fitSchema, input, async ({ db }, { deviceId }) => ({
    status: 'looked' as const,
    found: await findDeviceChoice(db, deviceId, new Date()),
  }))
}

export type DeviceFits = {
  /** By the id of the version of the protocol. */
  fits: Record<string, ProtocolFit>
  /** The booking of somebody else that keeps the device now. */
  booked: { bookingId: string; words: string } | undefined
  /** What the lab requires of the device and it does not have, in words. */
  lacks: string | undefined
}

/** Whether a device qualifies for each protocol, and whether somebody else has booked it. */
export async function lookAtFitsAction(
  input: z.input<typeof fitSchema>,
): Promise<({ status: 'judged' } & DeviceFits) | Refusal> {
  return authorizeAction('look', fitSchema, input, async ({ actor, db }, device) => {
    const now = new Date()
    const [fits, booked, missing] = await Promise.all([
      assessProtocolFits(db, actor, device, now),
      findBookedByOther(db, actor, device, now),
      listMissingFields(db, [device.deviceId]),
    ])
    return {
      status: 'judged' as const,
      fits,
      booked,
      lacks: missingInWords(missing.get(device.deviceId)),
    }
  })
}

export async function draftAction(input: DraftInput) {
  return authorizeAction('draftTrial', draftSchema, input, async ({ actor, db }, given) => {
    const { arm: name, armReason, shownBooking: bookingId, takeOver: reason, ...wanted } = given
    const arm = name === '' ? undefined : { name, reason: armReason }
    const takeOver = bookingId && reason ? { bookingId, reason } : undefined
    const result = await draftTrial(db, actor, { ...wanted, takeOver, arm }, new Date())
    revalidatePath(paths.trials())
    return result
  })
}
