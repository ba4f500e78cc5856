import type { Head } from '@/lib/db/audit/chain'
import { type Message, mailSettings, sendMail } from './smtp'

export type LinkMail = {
  kind: 'invitation' | 'reset'
  email: string
  url: string
  expiresAt: Date
  madeByName: string
}

const firstWords = {
  invitation: 'invites you to Oneway, the lab notebook for OS-update trials.',
  reset: 'made you a link to set a new password in Oneway.',
}

const subjects = { invitation: 'An invitation to Oneway', reset: 'A new password for Oneway' }

/** The mail with a one-time link. The admin's name is the only text in it that a person typed. */
export function linkMessage({ kind, email, url, expiresAt, madeByName }: LinkMail): Message {
  const until = `${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return {
    to: email,
    subject: subjects[kind],
    text: [
      `${plain(madeByName)} ${firstWords[kind]}`,
      '',
      'Open this link to go on:',
      url,
      '',
      `It works once, until ${until}. If you did not expect it, do not open it, and tell an admin of your lab.`,
      '',
    ].join('\n'),
  }
}

export type AddressMail = { was: string; email: string; madeByName: string; baseUrl: string }

/** The mails to the new and the old address about the change. */
function addressMessages({ was, email, madeByName, baseUrl }: AddressMail): Message[] {
  const by = plain(madeByName)
  const subject = 'Your address in Oneway'
  const end = 'If you did not expect it, tell an admin of your lab.'
  return [
    {
      ...{ to: email, subject },
      text: `${by} has set this as the address you sign in with at ${baseUrl}. Your password and second factors are the same; you were signed out.\n\n${end}\n`,
    },
    {
      ...{ to: was, subject },
      text: `${by} has set another address for your account at ${baseUrl}; this one no longer works.\n\n${end}\n`,
    },
  ]
}

export const testMessage = (to: string, baseUrl: string): Message => ({
  to,
  subject: 'A test mail from Oneway',
  text: `This mail shows that Oneway at ${baseUrl} can send invitations and password links.\n`,
})

// On one line and without addresses, so that a name cannot look like a link or a paragraph of its own.
const plain = (name: string) =>
  name
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll(/[:/\\@]/g, ' ')
    .replaceAll('.', ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 100)

/** Adds the audit trail's head, so that whoever keeps the mail has a copy of it outside of the database; see docs/storage.md. */
export const withHead = (message: Message, head: { seq: number; hash: string }): Message => ({
  ...message,
  text: `${message.text}\n--\nAudit trail head when this was sent: --seq ${head.seq} --head ${head.hash}\n`,
})

/** How a one-time link was delivered. The admin sees the link in any case, and can pass it on by hand. */
export type Delivery = { status: 'shown' } | Awaited<ReturnType<typeof sendMail>>

/** Mails a one-time link if a mail server is configured. Never throws, because the link exists already. */
export async function deliverLink(link: LinkMail, head: Head): Promise<Delivery> {
  const settings = mailSettings()
  return settings ? sendMail(settings, withHead(linkMessage(link), head)) : { status: 'shown' }
}

/** Mails both addresses if a mail server is configured. Never throws, because the address is changed already. */
export async function notifyAddresses(
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
