import { z } from 'zod'
import { passwordProblem } from '@/lib/domain/account/password'
import { line } from '../text-schema'

export const linkTokenSchema = z.string().min(20).max(200)

/** The list of common passwords stays on the server; everything else is shown while typing. */
export const useLinkSchema = z
  .object({
    name: line(100, 'Write your name; it stands beside what you do.'),
    email: z.string().max(254),
    password: z.string().max(2000),
  })
  .superRefine((input, context) => {
    const reason = passwordProblem(input.password, input)
    if (reason) context.addIssue({ code: 'custom', message: reason, path: ['password'] })
  })

export type UseLinkInput = z.infer<typeof useLinkSchema>

/** What the action takes: the link, and what its person has written. */
export const linkUseSchema = z.object({ token: linkTokenSchema, person: useLinkSchema })
