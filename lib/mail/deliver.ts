import type { Head } from '@/lib/db/audit/chain'
import { type AddressMail, addressMessages, type LinkMail, linkMessage, withHead } from './messages'
import { mailSettings, sendMail } from './smtp'

/** What became of a one-time link. The admin is shown it in any case, and gives it by hand where it must be. */
export type Delivery = { status: 'shown' } | Awaited<ReturnType<typeof sendMail>>

/** Mails a one-time link where a mail server is set. Never throws: the link is made already. */
export async function deliverLink(link: LinkMail, head: Head): Promise<Delivery> {
  const settings = mailSettings()
  return settings ? sendMail(settings, withHead(linkMessage(link), head)) : { status: 'shown' }
}

/** Tells both addresses where a mail server is set; otherwise the admin does. Never throws: it is changed already. */
export async function tellAddress(
  mail: AddressMail,
  head: Head,
): Promise<{ notified: string[]; isSet: boolean }> {
  const settings = mailSettings()
  if (!settings) return { notified: [], isSet: false }
  const notified: string[] = []
  for (const message of addressMessages(mail)) {
    const sent = await sendMail(settings, withHead(message, head))
    if (sent.status === 'sent') notified.push(message.to)
  }
  return { notified, isSet: true }
}
