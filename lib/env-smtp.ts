import { z } from 'zod'
import { variable } from './env-variable'

const loopback = ['127.0.0.1', '[::1]', 'localhost']

function isSmtp(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.hostname === '' || !['', '/'].includes(url.pathname) || url.search) return false
  return url.protocol === 'smtps:' || url.protocol === 'smtp:'
}

/** Whether a password or a link could be read on the way: only loopback does without TLS. */
export const isOnThisMachine = (url: URL): boolean => loopback.includes(url.hostname)

/** Mail; it is on when SMTP_URL is set. */
export const smtpVariables = {
  SMTP_URL: variable(z.string().refine(isSmtp), {
    absent: 'no mail; links are shown to the admin only',
    form: 'smtps://user:password@host:465, or smtp://host:587 for STARTTLS',
    meaning:
      'Mail server for invitations and password links. TLS is required and verified everywhere but on loopback.',
  }),
  SMTP_FROM: variable(z.email(), {
    absent: 'no mail',
    form: 'an address such as oneway@lab.example',
    meaning: 'Sender of that mail.',
  }),
} as const

/** What a variable alone cannot tell: which need each other. */
export function smtpProblems(isSet: (name: keyof typeof smtpVariables) => boolean): string[] {
  return isSet('SMTP_URL') === isSet('SMTP_FROM')
    ? []
    : ['SMTP_URL and SMTP_FROM need each other; one of them is not set.']
}
