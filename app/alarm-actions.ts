'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { clearAlarm } from '@/lib/core/devices/clear-alarm'
import { endSendingStop } from '@/lib/core/release/sending-stop'
import { paths } from '@/lib/paths'
import { prose } from './text-schema'

const clearSchema = z.object({
  id: z.int().positive(),
  reason: prose(500),
  accepts: z.boolean().optional(),
})

export async function clearAlarmAction(input: z.input<typeof clearSchema>) {
  return authorizeAction('clearAlarm', clearSchema, input, async ({ actor, db }, wanted) => {
    const result = await clearAlarm(db, actor, wanted, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}

export async function endStopAction(input: z.input<typeof clearSchema>) {
  return authorizeAction('clearAlarm', clearSchema, input, async ({ actor, db }, wanted) => {
    const result = await endSendingStop(db, actor, wanted, new Date())
    revalidatePath(paths.servers(), 'layout')
    return result
  })
}
