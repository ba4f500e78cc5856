import { type LinkMail, linkMessage } from './messages'
import { mailSettings } from './settings'
import { sendMail } from './smtp'

/** What became of a one-time link. The admin is shown it in any case, and gives it by hand where it must be. */
export type Delivery = { status: 'shown' } | Awaited<ReturnType<typeof sendMail>>

/** Mails a one-time link where a mail server is set. Never throws: the link is made already. */
export async function deliverLink(link: LinkMail): Promise<Delivery> {
  const settings = mailSettings()
  return settings ? sendMail(settings, linkMessage(link)) : { status: 'shown' }
}
