'use client'

import { Text } from '@mantine/core'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { withdrawDeclarationAction } from '../actions'
import { SignModal } from './sign-modal'

type Props = { trialId: string; commandUuid: string; onClose: () => void }

/** Takes a declaration back that was sent. */
export function WithdrawDeclarationModal({ trialId, commandUuid, onClose }: Props) {
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
      onClose={onClose}
      onSign={(proof) =>
        run(() => withdrawDeclarationAction({ trialId, commandUuid, reason, proof }), onClose)
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
