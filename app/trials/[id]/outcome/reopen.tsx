'use client'

import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { reopenAction } from '../actions'

/** Takes a conclusion back; offered until the review begins. */
export function Reopen({
  trialId,
  reason: obstacle,
}: {
  trialId: string
  reason: string | undefined
}) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        disabled={!ready || obstacle !== undefined}
        title={obstacle}
        onClick={() => setOpened(true)}
      >
        Take back the conclusion…
      </Button>
      {obstacle && (
        <Text size="xs" c="dimmed">
          Taking back: {obstacle}
        </Text>
      )}
      {opened && <ReopenModal trialId={trialId} close={() => setOpened(false)} />}
    </>
  )
}

function ReopenModal({ trialId, close }: { trialId: string; close: () => void }) {
  const action = useTypedAction(`trial/${trialId}/reopen`)
  const { busy, refusal, run, text: reason } = action
  return (
    <ConfirmModal
      title="Take back the conclusion?"
      verb="Take back"
      busy={busy}
      onConfirm={() => run(() => reopenAction({ trialId, reason }), close)}
      onClose={close}
    >
      <Text size="sm">
        The trial is under observation again: observations can be logged, and the device is queried
        as before. The earlier decision and this change both stay in the record.
      </Text>
      <TypedReason action={action} marked />
      {refusal && refusal.field !== 'reason' && (
        <Refusal title="Not taken back" reason={refusal.reason} />
      )}
    </ConfirmModal>
  )
}
