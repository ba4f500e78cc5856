import 'server-only'
import { createTransport } from 'nodemailer'
import { env } from '../env'
import { isOnThisMachine } from '../env-smtp'

export type MailSettings = { url: URL; from: string }

export type Message = { to: string; subject: string; text: string }

export type Sent = { status: 'sent' } | { status: 'failed'; reason: string }

const deadlineMs = 10_000

/**
 * Hands one plain-text message to the mail server; never throws. `sent` says that the server has taken
 * it, not that anybody has read it. No pictures, no links that are counted, no second recipient.
 */
export async function sendMail({ url, from }: MailSettings, message: Message): Promise<Sent> {
  const implicitTls = url.protocol === 'smtps:'
  const onThisMachine = isOnThisMachine(url)
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (implicitTls ? 465 : 587),
    secure: implicitTls,
    // Without it a server, or somebody on the way, could leave STARTTLS out.
    requireTLS: !implicitTls && !onThisMachine,
    ignoreTLS: !implicitTls && onThisMachine,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    // A text is a text: nothing of it may name a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  try {
    await transport.sendMail({
      from: { name: 'Oneway', address: from },
      // An object: what a person wrote is one address and can neither add another nor a header.
      to: { name: '', address: oneLine(message.to) },
      subject: oneLine(message.subject),
      text: message.text,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { status: 'sent' }
  } catch (error) {
    return { status: 'failed', reason: wordsFor(error) }
  } finally {
    transport.close()
  }
}

/** A line end would begin a header of its own. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

const words: Record<string, string> = {
  EAUTH: 'the mail server did not take the user and password of SMTP_URL',
  ETLS: 'the mail server offers no TLS, or not one that can be trusted',
  ECONNECTION: 'the mail server cannot be reached',
  ECONNREFUSED: 'the mail server cannot be reached',
  ESOCKET: 'the connection to the mail server cannot be made or trusted',
  EDNS: 'the name of the mail server cannot be found',
  ETIMEDOUT: 'the mail server did not answer within ten seconds',
  EENVELOPE: 'the mail server did not take the sender or the recipient',
  EMESSAGE: 'the mail server did not take the message',
}

// Never the message of the error: it repeats what the server said, which may hold the address or more.
function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return words[code] ?? 'the mail server did not take it'
}

/** What the environment says of mail; undefined where it is off. */
export function mailSettings(): MailSettings | undefined {
  const { SMTP_URL, SMTP_FROM } = env()
  if (SMTP_URL === undefined || SMTP_FROM === undefined) return undefined
  return { url: new URL(SMTP_URL), from: SMTP_FROM }
}
