import { env } from '../env'
import type { MailSettings } from './smtp'

/** What the environment says of mail; undefined where it is off. */
export function mailSettings(): MailSettings | undefined {
  const { SMTP_URL, SMTP_FROM } = env()
  if (SMTP_URL === undefined || SMTP_FROM === undefined) return undefined
  return { url: new URL(SMTP_URL), from: SMTP_FROM }
}
