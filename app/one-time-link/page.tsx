import type { Metadata } from 'next'
import { SignedOutPage } from '@/components/shell/signed-out-page'
import { publicPage } from '@/lib/auth/guard'
import { OneTimeLink } from './one-time-link'

export const metadata: Metadata = { title: 'One-time link' }

export default function OneTimeLinkPage() {
  // Shows nothing of the lab by itself: the browser keeps the token behind the `#`, and asks with it.
  publicPage()
  return (
    <SignedOutPage title="Welcome">
      <OneTimeLink />
    </SignedOutPage>
  )
}
