'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { noInput } from '@/lib/auth/read-input'
import {
  invitePerson,
  type MadeLink,
  resetPassword,
  withdrawLink,
} from '@/lib/core/accounts/one-time-links'
import {
  changeEmail,
  changeRole,
  disablePerson,
  enablePerson,
} from '@/lib/core/accounts/save-person'
import { changeAccessSettings } from '@/lib/core/lab/change-settings'
import { checkMail } from '@/lib/core/lab/check-mail'
import type { Refusal } from '@/lib/core/shared/result'
import { findAuditHead } from '@/lib/db/audit/page'
import type { Db } from '@/lib/db/client'
import { env } from '@/lib/env'
import {
  type Delivery,
  deliverLink,
  notifyAddresses,
  testMessage,
  withHead,
} from '@/lib/mail/messages'
import { mailSettings, sendMail } from '@/lib/mail/smtp'
import { paths } from '@/lib/paths'
import {
  type AccessText,
  accessSchema,
  emailChangeSchema,
  type InvitationInput,
  invitationSchema,
  linkIdSchema,
  personIdSchema,
  resetSchema,
  roleChangeSchema,
} from './schema'

export async function inviteAction(input: InvitationInput) {
  return authorizeAction('managePeople', invitationSchema, input, async ({ actor, db }, wanted) =>
    shown(db, await invitePerson(db, actor, wanted, new Date()), actor.name),
  )
}

export async function resetPasswordAction(input: z.infer<typeof resetSchema>) {
  return authorizeAction('managePeople', resetSchema, input, async ({ actor, db }, wanted) =>
    shown(db, await resetPassword(db, actor, wanted, new Date()), actor.name),
  )
}

export async function withdrawLinkAction(linkId: string) {
  return authorizeAction('managePeople', linkIdSchema, linkId, async ({ actor, db }, wanted) =>
    again(await withdrawLink(db, actor, wanted, new Date())),
  )
}

export async function changeRoleAction(input: z.infer<typeof roleChangeSchema>) {
  return authorizeAction('managePeople', roleChangeSchema, input, async ({ actor, db }, wanted) =>
    again(await changeRole(db, actor, wanted, new Date())),
  )
}

export async function changeEmailAction(input: z.infer<typeof emailChangeSchema>) {
  return authorizeAction(
    'managePeople',
    emailChangeSchema,
    input,
    async ({ actor, db }, wanted) => {
      const changed = again(await changeEmail(db, actor, wanted, new Date()))
      if (changed.status === 'refused') return changed
      const { was, email } = changed
      const mail = { was, email, madeByName: actor.name, baseUrl: env().ONEWAY_BASE_URL }
      return { ...changed, ...(await notifyAddresses(mail, await findAuditHead(db))) }
    },
  )
}

export async function disablePersonAction(personId: string) {
  return authorizeAction('managePeople', personIdSchema, personId, async ({ actor, db }, wanted) =>
    again(await disablePerson(db, actor, wanted, new Date())),
  )
}

export async function enablePersonAction(personId: string) {
  return authorizeAction('managePeople', personIdSchema, personId, async ({ actor, db }, wanted) =>
    again(await enablePerson(db, actor, wanted, new Date())),
  )
}

export async function changeAccessAction(input: AccessText) {
  return authorizeAction('managePeople', accessSchema, input, async ({ actor, db }, wanted) =>
    again(await changeAccessSettings(db, actor, wanted, new Date())),
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

async function shown(
  db: Db,
  made: MadeLink | Refusal,
  madeByName: string,
): Promise<ShownLink | Refusal> {
  if (made.status === 'refused') return made
  revalidatePath(paths.people())
  const { kind, email, token, expiresAt } = made
  const url = `${env().ONEWAY_BASE_URL}${paths.oneTimeLink(token)}`
  const link = { kind, email, url, expiresAt, madeByName }
  const delivery = await deliverLink(link, await findAuditHead(db))
  return { status: 'made', kind, email, url, expiresAt, delivery }
}

/** The page is drawn anew where something was changed. */
function again<R extends { status: string }>(result: R): R {
  if (result.status !== 'refused') revalidatePath(paths.people())
  return result
}

export async function checkMailAction() {
  return authorizeAction('managePeople', noInput, undefined, async ({ actor, db }) => {
    const settings = mailSettings()
    const head = await findAuditHead(db)
    const send =
      settings &&
      ((to: string) => sendMail(settings, withHead(testMessage(to, env().ONEWAY_BASE_URL), head)))
    return checkMail(db, actor, send, new Date())
  })
}
