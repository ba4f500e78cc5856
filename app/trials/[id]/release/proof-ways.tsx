'use client'

import { createContext, type ReactNode, useContext } from 'react'
import type { PasskeyHost } from '@/lib/auth/origins'

/** How this person can sign on this page, and for which trial. */
export type ProofWays = {
  trialId: string
  hasPassword: boolean
  /** How many there are. */
  passkeys: number
  place: PasskeyHost
}

const Ways = createContext<ProofWays | undefined>(undefined)

export const ProofWaysProvider = ({ ways, children }: { ways: ProofWays; children: ReactNode }) => (
  <Ways value={ways}>{children}</Ways>
)

export function useProofWays(): ProofWays {
  const ways = useContext(Ways)
  if (!ways) throw new Error('what signs stands inside ProofWaysProvider')
  return ways
}
