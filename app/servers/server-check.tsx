'use client'

import { Button, Stack, Text } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useEffect, useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { checkServerAction } from './actions'

const lookEveryMs = 3_000

type Props = { serverId: string; waiting: boolean; refusal: string | undefined }

/** Begins a check; while it listens for the webhook the page is read anew every three seconds. */
export function CheckButton({ serverId, waiting, refusal }: Props) {
  const router = useRouter()
  const [busy, start] = useTransition()
  const [refused, setRefused] = useState<string>()
  useEffect(() => {
    if (!waiting) return undefined
    const timer = setInterval(() => router.refresh(), lookEveryMs)
    return () => clearInterval(timer)
  }, [waiting, router])
  const check = () =>
    start(async () => {
      const result = await checkServerAction(serverId)
      setRefused(result.status === 'refused' ? result.reason : undefined)
    })
  return (
    <Stack gap="xs" align="flex-start">
      {refused && <Refusal reason={refused} />}
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={waiting || refusal !== undefined}
        title={refusal ?? 'Queues nothing and queries no device'}
        onClick={check}
      >
        Check the connection
      </Button>
      {refusal && (
        <Text size="xs" c="dimmed">
          Checking: {refusal}
        </Text>
      )}
    </Stack>
  )
}
