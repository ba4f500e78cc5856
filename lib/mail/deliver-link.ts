import type { Head } from '@/lib/db/audit/chain'
import { type LinkMail, linkMessage, withHead } from './messages'
import { mailSettings } from './settings'
import { sendMail } from './smtp'

/** What became of a one-time link. The admin is shown it in any case, and gives it by hand where it must be. */
export type Delivery = { status: 'shown' } | Awaited<ReturnType<typeof sendMail>>

/** Mails a one-time link where a mail server is set. Never throws: the link is made already. */
export async function deliverLink(link: LinkMail, head: Head): Promise<Delivery> {
  const settings = mailSettings()
  return settings ? sendMail(settings, withHead(linkMessage(link), head)) : { status: 'shown' }
}
