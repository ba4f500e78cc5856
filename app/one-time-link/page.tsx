import type { Metadata } from 'next'
import { SignedOutPage } from '@/components/shell/signed-out-page'
import { publicPage } from '@/lib/auth/guard'
import { OneTimeLink } from './one-time-link'

export const metadata: Metadata = { title: 'One-time link' }

export default function OneTimeLinkPage() {
  // Shows nothing of the lab: the token is behind the `#`, which only the browser sees, and its script asks with it.
  publicPage()
  return (
    <SignedOutPage title="Welcome">
      <OneTimeLink />
    </SignedOutPage>
  )
}
