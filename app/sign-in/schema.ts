import { z } from 'zod'

export const signInSchema = z.object({
  email: z.email('Enter the full address, such as ada@lab.example.'),
  password: z.string().min(1, 'Enter your password.'),
})

export type SignIn = z.infer<typeof signInSchema>

/** Six digits of the app, or a backup code such as aB3dE-fG7hI. */
export const codeSchema = z.object({
  code: z
    .string()
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().min(1, 'Enter the six digits the app shows now.').max(40)),
})

export type Code = z.input<typeof codeSchema>
