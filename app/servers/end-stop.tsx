'use client'

import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/forms/ready-form'
import { ReasonModal } from '@/components/forms/reason-modal'
import { endStopAction } from '../alarm-actions'

/** For leads: what was found is asked and kept, and commands go out again. */
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
