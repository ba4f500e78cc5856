'use server'

import { enterAction } from '@/lib/auth/door'
import { noInput } from '@/lib/auth/read-input'
import { checkMail } from '@/lib/core/lab/check-mail'
import { findAuditHead } from '@/lib/db/audit/page'
import { env } from '@/lib/env'
import { testMessage, withHead } from '@/lib/mail/messages'
import { mailSettings } from '@/lib/mail/settings'
import { sendMail } from '@/lib/mail/smtp'

export async function checkMailAction() {
  return enterAction('managePeople', noInput, undefined, async ({ actor, db }) => {
    const settings = mailSettings()
    const head = await findAuditHead(db)
    const send =
      settings &&
      ((to: string) => sendMail(settings, withHead(testMessage(to, env().ONEWAY_BASE_URL), head)))
    return checkMail(db, actor, send, new Date())
  })
}
