'use client'

import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import { useState, useTransition } from 'react'
import { Refusal } from '@/components/data/refusal'
import { resumeSendingAction } from './actions'

type Props = { serverId: string; reason: string; refusal: string | undefined }

export function StoppedAlert({ serverId, reason, refusal }: Props) {
  const [busy, start] = useTransition()
  const [refused, setRefused] = useState<string>()
  const resume = () =>
    start(async () => {
      const result = await resumeSendingAction(serverId)
      setRefused(result.status === 'refused' ? result.reason : undefined)
    })
  return (
    <Alert
      role="alert"
      color="red"
      variant="outline"
      icon={<IconAlertOctagon aria-hidden />}
      title="Nothing is sent through this server"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{reason}</Text>
        <Text size="sm">Check the server first, then allow sending again.</Text>
        {refused && <Refusal reason={refused} />}
        <Button
          size="xs"
          variant="default"
          loading={busy}
          disabled={refusal !== undefined}
          title={refusal}
          onClick={resume}
        >
          I have looked: send again
        </Button>
      </Stack>
    </Alert>
  )
}
