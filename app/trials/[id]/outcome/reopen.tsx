'use client'

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { reopenAction } from '../actions'
import { TypedReason } from '../typed-reason'
import { useTypedAction } from '../use-action'

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
    <Modal opened onClose={close} title="Take back the conclusion?" centered>
      <Stack gap="sm">
        <Text size="sm">
          The trial is under observation again: observations can be logged, and the device is
          queried as before. The decision that was made stays in the record, and so does this.
        </Text>
        <TypedReason action={action} marked />
        {refusal && refusal.field !== 'reason' && (
          <Refusal title="Not taken back" reason={refusal.reason} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Back
          </Button>
          <Button
            loading={busy}
            onClick={() => run(() => reopenAction({ trialId, reason }), close)}
          >
            Take back
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
