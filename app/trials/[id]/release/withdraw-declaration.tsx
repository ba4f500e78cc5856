'use client'

import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { useReady } from '@/components/forms/ready-form'
import { TypedReason } from '@/components/forms/typed-reason'
import { useAction, useTypedAction } from '@/components/forms/use-action'
import { pushAgainAction, withdrawDeclarationAction } from '../actions'
import { SignModal } from './sign-modal'

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
        <Withdraw {...{ trialId, commandUuid }} close={() => setWithdrawing(false)} />
      )}
    </Stack>
  )
}

function Withdraw({
  trialId,
  commandUuid,
  close,
}: Pick<Props, 'trialId' | 'commandUuid'> & { close: () => void }) {
  const action = useTypedAction(`command/${commandUuid}/withdraw-declaration`)
  const { busy, refusal, run, text: reason } = action
  return (
    <SignModal
      title="Withdraw the declaration?"
      act="withdrawCommand"
      verb="Withdraw the declaration"
      busy={busy}
      refusal={refusal}
      refusalTitle="Not withdrawn"
      onClose={close}
      onSign={(proof) =>
        run(() => withdrawDeclarationAction({ trialId, commandUuid, reason, proof }), close)
      }
    >
      <Text size="sm">
        Its set is detached from the device, then its declarations are deleted at their server, the
        status subscription among them. Nothing else there is touched. A device that fetches its
        declarations before the time they name does not enforce this one any more.
      </Text>
      <Text size="sm">
        It stops nothing that the device has begun to install, and nothing before the device has
        fetched what holds then. A download may stay on the device. It is shown as removed once the
        device was seen without it.
      </Text>
      <TypedReason action={action} becomes="" />
    </SignModal>
  )
}
