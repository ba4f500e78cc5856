'use client'

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useReady } from '@/components/ready'
import { ReasonModal } from '@/components/reason-modal'
import { clearAlarmAction } from './alarm-actions'

type Props = { alarmId: number; because: string; refusal: string | undefined }

/** For leads: what was found at the device is asked and kept. */
export function ClearAlarm({ alarmId, because, refusal }: Props) {
  const ready = useReady()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={!ready || refusal !== undefined}
        title={refusal}
        onClick={() => setOpen(true)}
      >
        Clear this alarm…
      </Button>
      {open && (
        <ReasonModal
          asked={{
            title: 'Clear this alarm',
            hint: `${because}. Look at the device first: which OS does it run, is an update waiting or installing? Say what you found; it stays in the record.`,
            verb: 'Clear it',
            act: (reason) => clearAlarmAction({ id: alarmId, reason }),
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}
