'use server'

import { headers } from 'next/headers'
import { clientAddress } from '@/lib/auth/client-address'
import { enterActionUnasked } from '@/lib/auth/door'
import { lookAtLink, useLink } from '@/lib/services/use-link'
import { linkTokenSchema, type UseLinkInput, useLinkSchema } from './schema'

/** Needs no session: the link says who may. */
export async function lookAtLinkAction(token: string) {
  return enterActionUnasked('lookAtLink', async ({ db }) => {
    const address = clientAddress(await headers())
    return lookAtLink(db, { token: linkTokenSchema.parse(token), address }, new Date())
  })
}

export async function useLinkAction(token: string, input: UseLinkInput) {
  return enterActionUnasked('useLink', async ({ db }) => {
    const address = clientAddress(await headers())
    const { name, password } = useLinkSchema.parse(input)
    const opening = { token: linkTokenSchema.parse(token), address }
    return useLink(db, { ...opening, name, password }, new Date())
  })
}
