'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import {
  answerHandOver,
  handOver,
  putBackDevice,
  takeDevice,
  withdrawHandOver,
} from '@/lib/core/devices/custody'
import { paths } from '@/lib/paths'

/** Generous: what is too long or of the wrong form is the service's to refuse, at its field. */
const typed = z.string().max(5000)
const about = z.object({ deviceId: z.uuid() })

const handOverSchema = about.extend({ toId: z.string().max(100), place: typed, note: typed })
const id = z.int().positive()
const overSchema = z.object({
  ...{ reason: typed, custodyId: id.nullable(), handOverId: id.nullable() },
})
const takeSchema = about.extend({ place: typed, over: overSchema.optional() })
const placeSchema = about.extend({ place: typed })
const reasonSchema = about.extend({ handOverId: id, reason: typed })
const answerSchema = z.discriminatedUnion('answer', [
  placeSchema.extend({ handOverId: id, answer: z.literal('accepted') }),
  reasonSchema.extend({ answer: z.literal('refused') }),
])

function showAnew() {
  revalidatePath(paths.devices(), 'layout')
  revalidatePath(paths.home())
}

export async function handOverAction(input: z.input<typeof handOverSchema>) {
  return authorizeAction('handOverDevice', handOverSchema, input, async ({ actor, db }, given) => {
    const result = await handOver(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function answerHandOverAction(input: z.input<typeof answerSchema>) {
  return authorizeAction('handOverDevice', answerSchema, input, async ({ actor, db }, given) => {
    const result = await answerHandOver(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function withdrawHandOverAction(input: z.input<typeof reasonSchema>) {
  return authorizeAction('handOverDevice', reasonSchema, input, async ({ actor, db }, given) => {
    const result = await withdrawHandOver(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function takeDeviceAction(input: z.input<typeof takeSchema>) {
  return authorizeAction('handOverDevice', takeSchema, input, async ({ actor, db }, given) => {
    const result = await takeDevice(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function putBackAction(input: z.input<typeof placeSchema>) {
  return authorizeAction('handOverDevice', placeSchema, input, async ({ actor, db }, given) => {
    const result = await putBackDevice(db, actor, given, new Date())
    showAnew()
    return result
  })
}
