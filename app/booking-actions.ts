'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { draftBooking, withdrawBooking } from '@/lib/core/trials/book-trial'
import { paths } from '@/lib/paths'

const bookingSchema = z.object({ bookingId: z.uuid() })
const withdrawSchema = bookingSchema.extend({ reason: z.string().trim().max(500).optional() })

/** The trial that a booking is for, drafted as booked. */
export async function draftBookingAction(input: z.input<typeof bookingSchema>) {
  return authorizeAction('bookTrial', bookingSchema, input, async ({ actor, db }, wanted) => {
    const result = await draftBooking(db, actor, wanted, new Date())
    revalidatePath(paths.trials())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}

export async function withdrawBookingAction(input: z.input<typeof withdrawSchema>) {
  return authorizeAction('bookTrial', withdrawSchema, input, async ({ actor, db }, wanted) => {
    const result = await withdrawBooking(db, actor, wanted, new Date())
    revalidatePath(paths.devices(), 'layout')
    return result
  })
}
