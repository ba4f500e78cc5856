'use server'

import { revalidatePath } from 'next/cache'
import { enterAction } from '@/lib/auth/door'
import { makeApiKey, revokeApiKey } from '@/lib/core/accounts/api-keys'
import { paths } from '@/lib/paths'
import { keyIdSchema, type MakeKeyInput, makeKeySchema } from './schema'

export async function makeKeyAction(input: MakeKeyInput) {
  return enterAction('look', makeKeySchema, input, async ({ actor, db }, wanted) => {
    const result = await makeApiKey(db, actor, wanted, new Date())
    if (result.status === 'made') revalidatePath(paths.apiKeys())
    return result
  })
}

export async function revokeKeyAction(keyId: string) {
  return enterAction('look', keyIdSchema, keyId, async ({ actor, db }, id) => {
    const result = await revokeApiKey(db, actor, id, new Date())
    if (result.status === 'revoked') revalidatePath(paths.apiKeys())
    return result
  })
}
