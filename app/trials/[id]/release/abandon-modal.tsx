'use client'

import { Checkbox, Text } from '@mantine/core'
import { useState } from 'react'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { clearQueueAction, withdrawCommandAction } from '../actions'
import { SignModal } from './sign-modal'

type Props = {
  trialId: string
  commandUuid: string
  /** Whether its MDM server can show and empty a queue. */
  showsQueue: boolean
  onClose: () => void
}

/** Gives a command up that waits: its device is free for other commands. */
export function AbandonModal({ trialId, commandUuid, showsQueue, onClose }: Props) {
  const action = useTypedAction(`command/${commandUuid}/abandon`)
  const { busy, refusal, run, text: reason } = action
  const [clearing, setClearing] = useState(false)
  const withdraw = clearing ? clearQueueAction : withdrawCommandAction
  return (
    <SignModal
      title="Abandon this command?"
      act="withdrawCommand"
      verb="Abandon command"
      busy={busy}
      refusal={refusal}
      refusalTitle="Not withdrawn"
      onClose={onClose}
      onSign={(proof) => run(() => withdraw({ trialId, commandUuid, reason, proof }), onClose)}
    >
      <Text size="sm">
        This does not recall the command: the MDM server may still hand it to the device. It only
        frees the device for other commands. The command stays in the record.
      </Text>
      <TypedReason action={action} becomes="" />
      {showsQueue && (
        <Checkbox
          label="Empty the queue of this device first"
          description="Removes whatever the device has not been handed yet, commands of other programs too"
          checked={clearing}
          onChange={({ currentTarget }) => setClearing(currentTarget.checked)}
        />
      )}
    </SignModal>
  )
}
