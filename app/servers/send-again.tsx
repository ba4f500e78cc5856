'use client'

import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertOctagon } from '@tabler/icons-react'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { ReasonModal } from '@/components/forms/reason-modal'
import { useAction } from '@/components/forms/use-action'
import { endStopAction } from '../alarm-actions'
import { resumeSendingAction } from './actions'

/** For leads: ends the stop of all sending; what was found is entered and kept. */
export function EndStop({ stopId, refusal }: { stopId: number; refusal: string | undefined }) {
  const ready = useReady()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={!ready || refusal !== undefined}
        onClick={() => setOpen(true)}
      >
        Accept this database and send again…
      </Button>
      {refusal !== undefined && (
        <Text size="xs" c="dimmed">
          {refusal}
        </Text>
      )}
      {open && (
        <ReasonModal
          asked={{
            title: 'Send again',
            hint: 'Say what happened to the database and what you found; it stays in the record. Releases that were held have lapsed and are released anew.',
            verb: 'Send again',
            act: (reason) => endStopAction({ id: stopId, reason }),
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}

type Props = { serverId: string; reason: string; refusal: string | undefined }

/** One server to which nothing is sent, and for admins the way to send again. */
export function StoppedAlert({ serverId, reason, refusal }: Props) {
  const { busy, refusal: refused, run } = useAction()
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
        {refused && <Refusal reason={refused.reason} />}
        <Button
          size="xs"
          variant="default"
          loading={busy}
          disabled={refusal !== undefined}
          title={refusal}
          onClick={() => run(() => resumeSendingAction(serverId))}
        >
          I have checked it: send again
        </Button>
      </Stack>
    </Alert>
  )
}
