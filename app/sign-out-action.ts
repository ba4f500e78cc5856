'use server'

import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { auth } from '@/lib/auth/auth'
import { publicAction } from '@/lib/auth/guard'
import { noInput } from '@/lib/auth/read-input'
import { paths } from '@/lib/paths'

/** Ends this session in the database and in the browser. */
export async function signOutAction(): Promise<void> {
  await publicAction('signOut', noInput, undefined, async () =>
    auth().api.signOut({ headers: await headers() }),
  )
  redirect(paths.signIn())
}
