import { z } from 'zod'
import { roles } from '@/lib/domain/actor'

export const personSchema = z.object({
  name: z.string().trim().min(1, 'Write the name; it stands beside what the person does.').max(100),
  email: z.email('Write the whole address, such as ada@lab.example.'),
  role: z.enum(roles),
})

export type NewPersonInput = z.infer<typeof personSchema>

export const roleChangeSchema = z.object({ personId: z.string(), role: z.enum(roles) })
