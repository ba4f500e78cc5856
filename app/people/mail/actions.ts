'use server'

import { enterAction } from '@/lib/auth/door'
import { noInput } from '@/lib/auth/read-input'
import { env } from '@/lib/env'
import { testMessage } from '@/lib/mail/messages'
import { mailSettings } from '@/lib/mail/settings'
import { sendMail } from '@/lib/mail/smtp'
import { checkMail } from '@/lib/services/check-mail'

export async function checkMailAction() {
  return enterAction('managePeople', noInput, undefined, async ({ actor, db }) => {
    const settings = mailSettings()
    const send =
      settings && ((to: string) => sendMail(settings, testMessage(to, env().ONEWAY_BASE_URL)))
    return checkMail(db, actor, send, new Date())
  })
}
