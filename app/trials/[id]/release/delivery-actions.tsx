'use client'

import { Alert, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useAction, useTypedAction } from '@/components/forms/use-action'
import {
  clearQueueAction,
  lookUpQueueAction,
  pushAgainAction,
  withdrawCommandAction,
} from '../actions'
import { SignModal } from './sign-modal'

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
      {withdrawing && <Withdraw {...props} close={() => setWithdrawing(false)} />}
    </Stack>
  )
}

type WithdrawProps = Pick<Props, 'trialId' | 'commandUuid' | 'showsQueue'> & { close: () => void }

function Withdraw({ trialId, commandUuid, showsQueue, close }: WithdrawProps) {
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
      onClose={close}
      onSign={(proof) => run(() => withdraw({ trialId, commandUuid, reason, proof }), close)}
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
