'use client'

import { Text } from '@mantine/core'
import { type OpenCommand, waitingWords } from '@/lib/domain/trial/release'
import { useTicking } from './server-clock'

export type WaitsFor = {
  open: OpenCommand
  /** ISO 8601, by the server's clock. */
  serverNow: string
}

/** What the release waits for, by the second; it goes away when the answer is in. */
export function WaitsForNote({ open, serverNow }: WaitsFor) {
  const now = useTicking(serverNow) ?? new Date(serverNow)
  const words = waitingWords(open, now)
  return (
    <Text size="sm" role="status">
      {words.charAt(0).toUpperCase()}
      {words.slice(1)}.
    </Text>
  )
}
