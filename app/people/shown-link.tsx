import { ShownOnce } from '@/components/data/copy-text'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import type { ShownLink } from './actions'

/** A one-time link: for whom, what it does, and until when. */
export function OneTimeLinkShown({ kind, email, url, expiresAt, delivery }: ShownLink) {
  const purpose = kind === 'invitation' ? 'join this lab' : 'set a new password'
  return (
    <ShownOnce secret={url} copyLabel="Copy the link">
      {delivery.status === 'failed' && `The mail was not sent: ${delivery.reason}. `}
      {delivery.status === 'sent' ? 'Mailed to ' : 'Give this link to '}
      <UserText>{email}</UserText> to {purpose}. It works once, and ends <When at={expiresAt} />.
    </ShownOnce>
  )
}
