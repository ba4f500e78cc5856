'use client'

import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { lookUpQueueAction, pushAgainAction } from '../actions'
import { AbandonModal } from './opened'

type Props = {
  trialId: string
  commandUuid: string
  pushProblem: string | null
  /** Whether its MDM server can show and empty a queue. */
  showsQueue: boolean
  reason: { push: string | undefined; withdraw: string | undefined }
}

/** What a person can do about a command that waits: push again, look into the queue, abandon it. Never send again. */
export function DeliveryActions(props: Props) {
  const { trialId, commandUuid, pushProblem, showsQueue, reason } = props
  const look = useAction()
  const push = useAction()
  const ready = useReady()
  const [withdrawing, setWithdrawing] = useState(false)
  return (
    <Stack gap="xs">
      {pushProblem && (
        <Alert color="yellow" variant="outline" title="The push failed">
          <Text size="sm">
            {pushProblem}. The command is queued all the same, and the device gets it at its next
            poll.
          </Text>
        </Alert>
      )}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={push.busy}
          disabled={!ready || reason.push !== undefined}
          title={reason.push ?? 'A push carries no command and may be repeated'}
          onClick={() => push.run(() => pushAgainAction({ trialId, commandUuid }))}
        >
          Push again
        </Button>
        {showsQueue && (
          <Button
            size="xs"
            variant="default"
            loading={look.busy}
            disabled={!ready || reason.push !== undefined}
            title={
              reason.push ?? 'Changes nothing; a command that is not shown may still be delivered'
            }
            onClick={() => look.run(() => lookUpQueueAction({ trialId, commandUuid }))}
          >
            Look into the queue
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          disabled={!ready || reason.withdraw !== undefined}
          title={reason.withdraw}
          onClick={() => setWithdrawing(true)}
        >
          Abandon command…
        </Button>
      </Group>
      {reason.withdraw && (
        <Text size="xs" c="dimmed">
          Abandoning: {reason.withdraw}
        </Text>
      )}
      {push.refusal && <Refusal title="Not pushed" reason={push.refusal.reason} />}
      {look.refusal && <Refusal title="Not looked up" reason={look.refusal.reason} />}
      {withdrawing && (
        <AbandonModal
          {...{ trialId, commandUuid, showsQueue }}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </Stack>
  )
}
