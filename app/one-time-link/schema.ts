import { z } from 'zod'
import { passwordProblem } from '@/lib/domain/password'

export const linkTokenSchema = z.string().min(20).max(200)

/** The list of common passwords stays on the server; everything else is told while writing. */
export const useLinkSchema = z
  .object({
    name: z.string().trim().min(1, 'Write your name; it stands beside what you do.').max(100),
    email: z.string(),
    password: z.string().max(2000),
  })
  .superRefine((input, context) => {
    const because = passwordProblem(input.password, input)
    if (because) context.addIssue({ code: 'custom', message: because, path: ['password'] })
  })

export type UseLinkInput = z.infer<typeof useLinkSchema>
