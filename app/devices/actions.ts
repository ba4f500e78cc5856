'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { acknowledgeLoss } from '@/lib/core/devices/acknowledge-loss'
import { keepUsb, previewUsb } from '@/lib/core/devices/read-usb'
import { retireDevice } from '@/lib/core/devices/retire-device'
import { saveDevice } from '@/lib/core/devices/save-device'
import { typeReadings } from '@/lib/core/devices/type-readings'
import { readKeptReports } from '@/lib/core/ingest/read-kept-reports'
import { lookAtDeclarations } from '@/lib/core/release/look-at-declarations'
import { queryDevice } from '@/lib/core/release/query-device'
import { startQueryRun, stopQueryRun } from '@/lib/core/release/query-many'
import { paths } from '@/lib/paths'
import { mdmServersOf } from '@/lib/worker/mdm-servers'
import {
  type DeviceText,
  deviceSchema,
  idSchema,
  lossIdSchema,
  type ReadingsText,
  readingsSchema,
  retireSchema,
  type StartRun,
  startRunSchema,
  stopRunSchema,
  type UsbText,
  usbSchema,
} from './schema'

const showAnew = () => revalidatePath(paths.devices(), 'layout')

export async function saveDeviceAction(input: DeviceText) {
  return authorizeAction('editDevice', deviceSchema, input, async ({ actor, db }, given) => {
    const { mdmServerId, existing, ...draft } = given
    const wanted = { draft, existing, mdmServerId: mdmServerId || undefined }
    const result = await saveDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function typeReadingsAction(input: ReadingsText) {
  return authorizeAction('typeReading', readingsSchema, input, async ({ actor, db }, given) => {
    const { deviceId, texts, minutesAgo } = given
    const now = new Date()
    const seenAt = new Date(now.getTime() - minutesAgo * 60_000)
    const result = await typeReadings(db, actor, { deviceId, texts, seenAt }, now)
    showAnew()
    return result
  })
}

export async function previewUsbAction(input: UsbText) {
  return authorizeAction('typeReading', usbSchema, input, async ({ actor, db }, given) =>
    previewUsb(db, actor, given, new Date()),
  )
}

export async function keepUsbAction(input: UsbText) {
  return authorizeAction('typeReading', usbSchema, input, async ({ actor, db }, given) => {
    const result = await keepUsb(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function askDeviceAction(deviceId: string) {
  return authorizeAction('askDevice', idSchema, deviceId, async ({ actor, db }, id) => {
    const result = await queryDevice(db, actor, { deviceId: id }, new Date())
    showAnew()
    return result
  })
}

export async function lookAtDeclarationsAction(deviceId: string) {
  return authorizeAction('askDevice', idSchema, deviceId, async ({ actor, db }, id) =>
    lookAtDeclarations(db, mdmServersOf(db), actor, { deviceId: id }, () => new Date()),
  )
}

/** Both the device and its trial show what was found. */
export async function readKeptReportsAction(deviceId: string) {
  return authorizeAction('askDevice', idSchema, deviceId, async ({ actor, db }, id) => {
    const clock = () => new Date()
    const read = await readKeptReports(db, mdmServersOf(db), actor, { deviceId: id }, clock)
    showAnew()
    revalidatePath(paths.trials(), 'layout')
    return read
  })
}

export async function retireDeviceAction(input: z.input<typeof retireSchema>) {
  return authorizeAction('retireDevice', retireSchema, input, async ({ actor, db }, wanted) => {
    const result = await retireDevice(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function acknowledgeLossAction(id: number) {
  return authorizeAction('acknowledgeLoss', lossIdSchema, id, async ({ actor, db }, lossId) => {
    const result = await acknowledgeLoss(db, actor, { id: lossId }, new Date())
    showAnew()
    return result
  })
}

export async function startQueryRunAction(input: StartRun) {
  return authorizeAction('askDevice', startRunSchema, input, async ({ actor, db }, wanted) => {
    const result = await startQueryRun(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function stopQueryRunAction(runId: number) {
  return authorizeAction('askDevice', stopRunSchema, runId, async ({ actor, db }, id) => {
    const result = await stopQueryRun(db, actor, { runId: id }, new Date())
    showAnew()
    return result
  })
}
