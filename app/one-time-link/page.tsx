import type { Metadata } from 'next'
import { FrontDoor } from '@/components/shell/front-door'
import { enterUnasked } from '@/lib/auth/door'
import { OneTimeLink } from './one-time-link'

export const metadata: Metadata = { title: 'One-time link' }

export default function OneTimeLinkPage() {
  // Shows nothing of the lab by itself: the browser keeps the token behind the `#`, and asks with it.
  enterUnasked()
  return (
    <FrontDoor title="Welcome">
      <OneTimeLink />
    </FrontDoor>
  )
}
