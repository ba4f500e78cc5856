import { z } from 'zod'
import { passwordProblem } from '@/lib/domain/password'

/** The list of common passwords stays on the server; everything else is told while writing. */
export const setUpSchema = z
  .object({
    code: z.string().trim().min(1, 'Write the code that was printed when Oneway started.'),
    name: z.string().trim().min(1, 'Write your name; it stands beside what you do.').max(100),
    email: z.email('Write the whole address, such as ada@lab.example.'),
    password: z.string().max(2000),
  })
  .superRefine((input, context) => {
    const because = passwordProblem(input.password, input)
    if (because) context.addIssue({ code: 'custom', message: because, path: ['password'] })
  })

export type SetUp = z.infer<typeof setUpSchema>
