import type { Metadata } from 'next'
import { publicPage } from '@/lib/auth/guard'
import { isSecureAddress } from '@/lib/auth/origins'
import { env } from '@/lib/env'
import { OfflineBench } from './offline-bench'

export const metadata: Metadata = { title: 'Without a connection' }

export default function OfflinePage() {
  // Shows nothing of the lab: its script shows what this browser has kept itself (docs/decisions/082-offline-bench.md).
  publicPage()
  return <OfflineBench isSecure={isSecureAddress(env().ONEWAY_BASE_URL)} />
}
