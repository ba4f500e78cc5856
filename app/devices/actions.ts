'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { acknowledgeLoss } from '@/lib/services/acknowledge-loss'
import { askDevice } from '@/lib/services/ask-device'
import { holdDevice } from '@/lib/services/hold-device'
import { retireDevice } from '@/lib/services/retire-device'
import { saveDevice } from '@/lib/services/save-device'
import { typeReadings } from '@/lib/services/type-readings'
import {
  type DeviceText,
  deviceSchema,
  type ReadingsText,
  readingsSchema,
  reasonSchema,
} from './schema'

const showAnew = () => revalidatePath(paths.devices(), 'layout')

export async function saveDeviceAction(input: DeviceText) {
  return enterAction('editDevice', async ({ actor, db }) => {
    const { mdmServerId, existing, ...draft } = deviceSchema.parse(input)
    const wanted = { draft, existing, mdmServerId: mdmServerId || undefined }
    const result = await saveDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function typeReadingsAction(input: ReadingsText) {
  return enterAction('typeReading', async ({ actor, db }) => {
    const { deviceId, texts, minutesAgo } = readingsSchema.parse(input)
    const now = new Date()
    const seenAt = new Date(now.getTime() - minutesAgo * 60_000)
    const result = await typeReadings(db, actor, { deviceId, texts, seenAt }, now)
    showAnew()
    return result
  })
}

export async function askDeviceAction(deviceId: string) {
  return enterAction('askDevice', async ({ actor, db }) => {
    const result = await askDevice(db, actor, { deviceId: z.uuid().parse(deviceId) }, new Date())
    showAnew()
    return result
  })
}

export async function retireDeviceAction(
  input: z.input<typeof reasonSchema>,
  to: 'retired' | 'in use',
) {
  return enterAction('retireDevice', async ({ actor, db }) => {
    const wanted = { ...reasonSchema.parse(input), to: z.enum(['retired', 'in use']).parse(to) }
    const result = await retireDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function holdDeviceAction(input: z.input<typeof reasonSchema>) {
  return enterAction('holdDevice', async ({ actor, db }) => {
    const result = await holdDevice(db, actor, reasonSchema.parse(input), new Date())
    showAnew()
    return result
  })
}

export async function freeDeviceAction(deviceId: string) {
  return enterAction('holdDevice', async ({ actor, db }) => {
    const wanted = { deviceId: z.uuid().parse(deviceId), reason: undefined }
    const result = await holdDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function acknowledgeLossAction(id: number) {
  return enterAction('acknowledgeLoss', async ({ actor, db }) => {
    const wanted = { id: z.number().int().positive().parse(id) }
    const result = await acknowledgeLoss(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}
