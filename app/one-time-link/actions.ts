'use server'

import { headers } from 'next/headers'
import type { z } from 'zod'
import { clientAddress } from '@/lib/auth/client-address'
import { enterActionUnasked } from '@/lib/auth/door'
import { lookAtLink, useLink } from '@/lib/core/accounts/use-link'
import { linkTokenSchema, linkUseSchema } from './schema'

/** Needs no session: the link says who may. */
export async function lookAtLinkAction(token: string) {
  return enterActionUnasked('lookAtLink', linkTokenSchema, token, async ({ db }, given) => {
    const address = clientAddress(await headers())
    return lookAtLink(db, { token: given, address }, new Date())
  })
}

export async function useLinkAction(input: z.input<typeof linkUseSchema>) {
  return enterActionUnasked('useLink', linkUseSchema, input, async ({ db }, { token, person }) => {
    const address = clientAddress(await headers())
    const { name, password } = person
    return useLink(db, { token, address, name, password }, new Date())
  })
}
