'use client'

import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { pushAgainAction } from '../actions'
import { WithdrawDeclarationModal } from './opened'

type Props = {
  trialId: string
  commandUuid: string
  pushProblem: string | null
  /** Whether the device has not fetched it yet. */
  waits: boolean
  reason: { notify: string | undefined; withdraw: string | undefined }
}

/** What a person can do about a declaration that was sent: have the device notified again, or take it back. */
export function WithdrawDeclaration({ trialId, commandUuid, pushProblem, waits, reason }: Props) {
  const notify = useAction()
  const ready = useReady()
  const [withdrawing, setWithdrawing] = useState(false)
  return (
    <Stack gap="xs">
      {pushProblem && (
        <Alert color="yellow" variant="outline" title="The device was not notified">
          <Text size="sm">{pushProblem}. It is attached all the same.</Text>
        </Alert>
      )}
      <Group gap="xs">
        {waits && (
          <Button
            size="xs"
            variant="default"
            loading={notify.busy}
            disabled={!ready || reason.notify !== undefined}
            title={reason.notify ?? 'Tells the device to fetch what holds now; it may be repeated'}
            onClick={() => notify.run(() => pushAgainAction({ trialId, commandUuid }))}
          >
            Notify again
          </Button>
        )}
        <Button
          size="xs"
          color="red"
          variant="outline"
          disabled={!ready || reason.withdraw !== undefined}
          title={reason.withdraw}
          onClick={() => setWithdrawing(true)}
        >
          Withdraw the declaration…
        </Button>
      </Group>
      {reason.withdraw && (
        <Text size="xs" c="dimmed">
          Withdrawing: {reason.withdraw}
        </Text>
      )}
      {notify.refusal && <Refusal title="Not notified" reason={notify.refusal.reason} />}
      {withdrawing && (
        <WithdrawDeclarationModal
          {...{ trialId, commandUuid }}
          onClose={() => setWithdrawing(false)}
        />
      )}
    </Stack>
  )
}
