'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { addPerson, changeRole, renewPassword } from '@/lib/services/save-person'
import { type NewPersonInput, personSchema, roleChangeSchema } from './schema'

export async function addPersonAction(input: NewPersonInput) {
  const actor = await requireActorForAction()
  const result = await addPerson(db, actor, personSchema.parse(input))
  if (result.status === 'saved') revalidatePath(paths.people())
  return result
}

export async function changeRoleAction(input: z.infer<typeof roleChangeSchema>) {
  const actor = await requireActorForAction()
  const result = await changeRole(db, actor, roleChangeSchema.parse(input), new Date())
  if (result.status === 'saved') revalidatePath(paths.people())
  return result
}

export async function renewPasswordAction(personId: string) {
  const actor = await requireActorForAction()
  return renewPassword(db, actor, z.string().parse(personId), new Date())
}
