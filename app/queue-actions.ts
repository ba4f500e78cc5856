'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { joinQueue, leaveQueue, moveInQueue } from '@/lib/core/trials/queue'
import { paths } from '@/lib/paths'
import { joinSchema } from './queue-schema'

const leaveSchema = z.object({
  entryId: z.uuid(),
  reason: z.string().trim().max(500).optional(),
})
const moveSchema = z.object({ entryId: z.uuid(), to: z.enum(['up', 'down']) })

function showAnew() {
  revalidatePath(paths.devices(), 'layout')
  revalidatePath(paths.planQueue())
}

export async function joinQueueAction(input: z.input<typeof joinSchema>) {
  return authorizeAction('bookTrial', joinSchema, input, async ({ actor, db }, wanted) => {
    const result = await joinQueue(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function leaveQueueAction(input: z.input<typeof leaveSchema>) {
  return authorizeAction('bookTrial', leaveSchema, input, async ({ actor, db }, wanted) => {
    const result = await leaveQueue(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}

export async function moveInQueueAction(input: z.input<typeof moveSchema>) {
  return authorizeAction('manageBookings', moveSchema, input, async ({ actor, db }, wanted) => {
    const result = await moveInQueue(db, actor, wanted, new Date())
    showAnew()
    return result
  })
}
