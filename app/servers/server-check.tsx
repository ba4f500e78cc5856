'use client'

import { Button, Stack, Text } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useAction } from '@/components/forms/use-action'
import { checkServerAction } from './actions'

const lookEveryMs = 3_000

type Props = { serverId: string; waiting: boolean; refusal: string | undefined }

/** Begins a check; while it listens for the webhook the page is read anew every three seconds. */
export function CheckButton({ serverId, waiting, refusal }: Props) {
  const router = useRouter()
  const { busy, refusal: refused, run } = useAction()
  useEffect(() => {
    if (!waiting) return undefined
    const timer = setInterval(() => router.refresh(), lookEveryMs)
    return () => clearInterval(timer)
  }, [waiting, router])
  return (
    <Stack gap="xs" align="flex-start">
      {refused && <Refusal reason={refused.reason} />}
      <Button
        size="xs"
        variant="default"
        loading={busy}
        disabled={waiting || refusal !== undefined}
        title={refusal ?? 'Queues nothing and queries no device'}
        onClick={() => run(() => checkServerAction(serverId))}
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
