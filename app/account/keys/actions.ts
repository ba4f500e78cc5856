'use server'

import { revalidatePath } from 'next/cache'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { makeApiKey, revokeApiKey } from '@/lib/services/api-keys'
import { keyIdSchema, type MakeKeyInput, makeKeySchema } from './schema'

export async function makeKeyAction(input: MakeKeyInput) {
  return enterAction('look', async ({ actor, db }) => {
    const result = await makeApiKey(db, actor, makeKeySchema.parse(input), new Date())
    if (result.status === 'made') revalidatePath(paths.apiKeys())
    return result
  })
}

export async function revokeKeyAction(keyId: string) {
  return enterAction('look', async ({ actor, db }) => {
    const result = await revokeApiKey(db, actor, keyIdSchema.parse(keyId), new Date())
    if (result.status === 'revoked') revalidatePath(paths.apiKeys())
    return result
  })
}
