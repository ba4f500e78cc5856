import { z } from 'zod'
import { passwordProblem } from '@/lib/domain/account/password'
import { line } from '../text-schema'

/** The list of common passwords stays on the server; everything else is shown while typing. */
export const setUpSchema = z
  .object({
    code: line(100, 'Write the code that was printed when Oneway started.'),
    name: line(100, 'Write your name; it stands beside what you do.'),
    email: z.email('Enter the full address, such as ada@lab.example.').max(254),
    password: z.string().max(2000),
  })
  .superRefine((input, context) => {
    const reason = passwordProblem(input.password, input)
    if (reason) context.addIssue({ code: 'custom', message: reason, path: ['password'] })
  })

export type SetUp = z.infer<typeof setUpSchema>
