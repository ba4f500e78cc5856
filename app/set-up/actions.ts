'use server'

import { publicAction } from '@/lib/auth/guard'
import { createFirstAdmin } from '@/lib/core/accounts/create-first-admin'
import { env } from '@/lib/env'
import { type SetUp, setUpSchema } from './schema'

/** Needs no session, as there is no account yet: the service requires the printed code instead. */
export async function setUpAction(input: SetUp) {
  return publicAction('setUp', setUpSchema, input, async ({ db }, given) =>
    createFirstAdmin(db, given, env().ONEWAY_DATA, new Date()),
  )
}
