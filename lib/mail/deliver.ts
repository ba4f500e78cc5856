import type { Head } from '@/lib/db/audit/chain'
import { type AddressMail, addressMessages, type LinkMail, linkMessage, withHead } from './messages'
import { mailSettings, sendMail } from './smtp'

/** How a one-time link was delivered. The admin sees the link in any case, and can pass it on by hand. */
export type Delivery = { status: 'shown' } | Awaited<ReturnType<typeof sendMail>>

/** Mails a one-time link if a mail server is configured. Never throws, because the link exists already. */
export async function deliverLink(link: LinkMail, head: Head): Promise<Delivery> {
  const settings = mailSettings()
  return settings ? sendMail(settings, withHead(linkMessage(link), head)) : { status: 'shown' }
}

/** Mails both addresses if a mail server is configured. Never throws, because the address is changed already. */
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
