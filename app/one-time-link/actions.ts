'use server'

import { headers } from 'next/headers'
import type { z } from 'zod'
import { clientAddress } from '@/lib/auth/client-address'
import { publicAction } from '@/lib/auth/guard'
import { lookAtLink, useLink } from '@/lib/core/accounts/one-time-links'
import { linkTokenSchema, linkUseSchema } from './schema'

/** Needs no session: the link says who may. */
export async function lookAtLinkAction(token: string) {
  return publicAction('lookAtLink', linkTokenSchema, token, async ({ db }, given) => {
    const address = clientAddress(await headers())
    return lookAtLink(db, { token: given, address }, new Date())
  })
}

export async function useLinkAction(input: z.input<typeof linkUseSchema>) {
  return publicAction('useLink', linkUseSchema, input, async ({ db }, { token, person }) => {
    const address = clientAddress(await headers())
    const { name, password } = person
    return useLink(db, { token, address, name, password }, new Date())
  })
}
