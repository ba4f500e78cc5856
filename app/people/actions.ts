'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { env } from '@/lib/env'
import { type Delivery, deliverLink } from '@/lib/mail/deliver-link'
import { paths } from '@/lib/paths'
import { changeAccessSettings } from '@/lib/services/change-access-settings'
import { invitePerson, type MadeLink, resetPassword, withdrawLink } from '@/lib/services/make-link'
import type { Refusal } from '@/lib/services/result'
import { changeRole, disablePerson, enablePerson } from '@/lib/services/save-person'
import {
  type AccessText,
  accessSchema,
  type InvitationInput,
  invitationSchema,
  personIdSchema,
  resetSchema,
  roleChangeSchema,
} from './schema'

export async function inviteAction(input: InvitationInput) {
  return enterAction('managePeople', async ({ actor, db }) =>
    shown(await invitePerson(db, actor, invitationSchema.parse(input), new Date()), actor.name),
  )
}

export async function resetPasswordAction(input: z.infer<typeof resetSchema>) {
  return enterAction('managePeople', async ({ actor, db }) =>
    shown(await resetPassword(db, actor, resetSchema.parse(input), new Date()), actor.name),
  )
}

export async function withdrawLinkAction(linkId: string) {
  return enterAction('managePeople', async ({ actor, db }) =>
    again(await withdrawLink(db, actor, z.uuid().parse(linkId), new Date())),
  )
}

export async function changeRoleAction(input: z.infer<typeof roleChangeSchema>) {
  return enterAction('managePeople', async ({ actor, db }) =>
    again(await changeRole(db, actor, roleChangeSchema.parse(input), new Date())),
  )
}

export async function disablePersonAction(personId: string) {
  return enterAction('managePeople', async ({ actor, db }) =>
    again(await disablePerson(db, actor, personIdSchema.parse(personId), new Date())),
  )
}

export async function enablePersonAction(personId: string) {
  return enterAction('managePeople', async ({ actor, db }) =>
    again(await enablePerson(db, actor, personIdSchema.parse(personId), new Date())),
  )
}

export async function changeAccessAction(input: AccessText) {
  return enterAction('managePeople', async ({ actor, db }) =>
    again(await changeAccessSettings(db, actor, accessSchema.parse(input), new Date())),
  )
}

/** A link as the admin sees it, this once. */
export type ShownLink = {
  status: 'made'
  kind: MadeLink['kind']
  email: string
  url: string
  expiresAt: Date
  delivery: Delivery
}

async function shown(made: MadeLink | Refusal, madeByName: string): Promise<ShownLink | Refusal> {
  if (made.status === 'refused') return made
  revalidatePath(paths.people())
  const { kind, email, token, expiresAt } = made
  const url = `${env().ONEWAY_BASE_URL}${paths.oneTimeLink(token)}`
  const delivery = await deliverLink({ kind, email, url, expiresAt, madeByName })
  return { status: 'made', kind, email, url, expiresAt, delivery }
}

/** The page is drawn anew where something was changed. */
function again<R extends { status: string }>(result: R): R {
  if (result.status !== 'refused') revalidatePath(paths.people())
  return result
}
