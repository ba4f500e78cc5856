'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { addPerson, changeRole, renewPassword } from '@/lib/services/save-person'
import { type NewPersonInput, personSchema, roleChangeSchema } from './schema'

export async function addPersonAction(input: NewPersonInput) {
  return enterAction('managePeople', async ({ actor, db }) => {
    const result = await addPerson(db, actor, personSchema.parse(input))
    if (result.status === 'saved') revalidatePath(paths.people())
    return result
  })
}

export async function changeRoleAction(input: z.infer<typeof roleChangeSchema>) {
  return enterAction('managePeople', async ({ actor, db }) => {
    const result = await changeRole(db, actor, roleChangeSchema.parse(input), new Date())
    if (result.status === 'saved') revalidatePath(paths.people())
    return result
  })
}

export async function renewPasswordAction(personId: string) {
  return enterAction('managePeople', async ({ actor, db }) => {
    return renewPassword(db, actor, z.string().parse(personId), new Date())
  })
}
