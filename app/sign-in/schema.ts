import { z } from 'zod'

export const signInSchema = z.object({
  email: z.email('Write the whole address, such as ada@lab.example.'),
  password: z.string().min(1, 'Write your password.'),
})

export type SignIn = z.infer<typeof signInSchema>

/** Six digits of the app, or a backup code such as aB3dE-fG7hI. */
export const codeSchema = z.object({
  code: z
    .string()
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().min(1, 'Write the six digits the app shows now.').max(40)),
})

export type Code = z.input<typeof codeSchema>
