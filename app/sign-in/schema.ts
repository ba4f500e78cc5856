import { z } from 'zod'

export const signInSchema = z.object({
  email: z.email('Write the whole address, such as ada@lab.example.'),
  password: z.string().min(1, 'Write your password.'),
})

export type SignIn = z.infer<typeof signInSchema>
