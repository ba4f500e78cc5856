import type { Head } from '@/lib/db/audit/chain'
import { type AddressMail, addressMessages, withHead } from './messages'
import { mailSettings } from './settings'
import { sendMail } from './smtp'

/** Tells both addresses where a mail server is set; otherwise the admin does. Never throws: it is changed already. */
export async function tellAddress(
  mail: AddressMail,
  head: Head,
): Promise<{ told: string[]; isSet: boolean }> {
  const settings = mailSettings()
  if (!settings) return { told: [], isSet: false }
  const told: string[] = []
  for (const message of addressMessages(mail)) {
    const sent = await sendMail(settings, withHead(message, head))
    if (sent.status === 'sent') told.push(message.to)
  }
  return { told, isSet: true }
}
