import { z } from 'zod'
import { maxSessionHours } from '@/lib/domain/account/access-settings'
import { roles } from '@/lib/domain/account/permissions'

export const invitationSchema = z.object({
  email: z.email('Enter the full address, such as ada@lab.example.').max(254),
  role: z.enum(roles),
})

export type InvitationInput = z.infer<typeof invitationSchema>

export const personIdSchema = z.string().min(1).max(100)
export const roleChangeSchema = z.object({ personId: personIdSchema, role: z.enum(roles) })
export const emailChangeSchema = z.object({
  personId: personIdSchema,
  email: z.email('Enter the full address, such as ada@lab.example.').max(254),
})
export const linkIdSchema = z.uuid()
export const resetSchema = z.object({ personId: personIdSchema, removesSecondFactors: z.boolean() })

const hours = z.coerce
  .number('Write a number of hours.')
  .min(0.25, 'At least a quarter of an hour.')
  .max(maxSessionHours, `${maxSessionHours} hours at most.`)

export const accessSchema = z.object({
  idleHours: hours,
  sessionHours: hours,
  secondFactorRoles: z.array(z.enum(roles)),
})

export type AccessText = z.input<typeof accessSchema>
