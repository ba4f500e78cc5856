'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { holdDevice } from '@/lib/core/devices/hold-device'
import { acceptedHoldEnd, endOfDay } from '@/lib/domain/device/hold'
import { minNoteLength, noteLength } from '@/lib/domain/text/reason'
import { paths } from '@/lib/paths'

const idSchema = z.uuid()
const holdSchema = z.object({
  deviceId: idSchema,
  reason: z.string().trim().min(minNoteLength, `Say why, ${noteLength}.`).max(500),
  until: z.iso.date(`Say when it ends: ${acceptedHoldEnd}.`),
})

/** Devices, the plan and the verification calendar all show reservations. */
function showAnew() {
  revalidatePath(paths.devices(), 'layout')
  revalidatePath(paths.radarCalendar())
  revalidatePath(paths.plan())
}

export async function holdDeviceAction(input: z.input<typeof holdSchema>) {
  return authorizeAction(
    'holdDevice',
    holdSchema,
    input,
    async ({ actor, db }, { until, ...wanted }) => {
      const result = await holdDevice(db, actor, { ...wanted, until: endOfDay(until) }, new Date())
      showAnew()
      return result
    },
  )
}

export async function freeDeviceAction(deviceId: string) {
  return authorizeAction('holdDevice', idSchema, deviceId, async ({ actor, db }, id) => {
    const wanted = { deviceId: id, reason: undefined }
    const result = await holdDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}
