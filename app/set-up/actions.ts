'use server'

import { enterActionUnasked } from '@/lib/auth/door'
import { createFirstAdmin } from '@/lib/core/accounts/create-first-admin'
import { env } from '@/lib/env'
import { type SetUp, setUpSchema } from './schema'

/** Needs no session, as nobody can have one: the service asks for the printed code instead. */
export async function setUpAction(input: SetUp) {
  return enterActionUnasked('setUp', setUpSchema, input, async ({ db }, given) =>
    createFirstAdmin(db, given, env().ONEWAY_DATA, new Date()),
  )
}
