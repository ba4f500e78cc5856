import { createTransport } from 'nodemailer'
import { env } from '../env'
import { isOnThisMachine } from '../env-variables'

// No `import 'server-only'` here: the worker, which runs outside React's server condition, mails notices.

export type MailSettings = { url: URL; from: string }

/** `id`: the first part of its Message-ID; a random one by default. */
export type Message = { to: string; subject: string; text: string; id?: string | undefined }

export type Sent = { status: 'sent' } | { status: 'failed'; reason: string }

const deadlineMs = 10_000

/**
 * Sends one plain-text message to one recipient. Never throws. `sent` means that the mail server accepted it, not that
 * it was delivered or read.
 */
export async function sendMail({ url, from }: MailSettings, message: Message): Promise<Sent> {
  const implicitTls = url.protocol === 'smtps:'
  const onThisMachine = isOnThisMachine(url)
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (implicitTls ? 465 : 587),
    secure: implicitTls,
    // Otherwise a server, or somebody in between, could omit STARTTLS.
    requireTLS: !implicitTls && !onThisMachine,
    ignoreTLS: !implicitTls && onThisMachine,
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    // Nothing in the text may make nodemailer read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  try {
    await transport.sendMail({
      from: { name: 'Oneway', address: from },
      // An object, so that typed text is exactly one address and adds neither a recipient nor a header.
      to: { name: '', address: oneLine(message.to) },
      subject: oneLine(message.subject),
      text: message.text,
      ...(message.id !== undefined && { messageId: `<${message.id}@${from.split('@').at(-1)}>` }),
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { status: 'sent' }
  } catch (error) {
    return { status: 'failed', reason: wordsFor(error) }
  } finally {
    transport.close()
  }
}

/** A line end would begin another header. */
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

// Never the error's own message: it repeats the server's answer, which may contain the address and more.
function wordsFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return words[code] ?? 'the mail server did not take it'
}

/** The mail settings of the environment; undefined if mail is off. */
export function mailSettings(): MailSettings | undefined {
  const { SMTP_URL, SMTP_FROM } = env()
  if (SMTP_URL === undefined || SMTP_FROM === undefined) return undefined
  return { url: new URL(SMTP_URL), from: SMTP_FROM }
}
