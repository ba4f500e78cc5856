import { z } from 'zod'

export const shortestPassword = 12

export const setUpSchema = z.object({
  code: z.string().trim().min(1, 'Write the code that was printed when Oneway started.'),
  name: z.string().trim().min(1, 'Write your name; it stands beside what you do.').max(100),
  email: z.email('Write the whole address, such as ada@lab.example.'),
  password: z
    .string()
    .min(shortestPassword, `Use ${shortestPassword} characters or more; several words are fine.`)
    .max(128, 'Use 128 characters at most.'),
})

export type SetUp = z.infer<typeof setUpSchema>
