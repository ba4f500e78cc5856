'use client'

import { Text } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import { voidAction, withdrawAction } from './actions'
import { SignModal } from './release/sign-modal'

const words = {
  withdraw: {
    title: 'Withdraw this trial?',
    verb: 'Withdraw',
  },
  void: {
    title: 'Declare this trial void?',
    hint: 'For a trial that an operator or infrastructure error invalidated. It stays in the record and counts in no rate.',
    verb: 'Declare void',
  },
}

type Props = {
  trialId: string
  way: 'withdraw' | 'void'
  /** What a withdrawal leaves behind, in a sentence. */
  left: string
  onClose: () => void
}

/** Ends a trial early: withdrawn by a reason, void by a signature. */
export function CloseModal(props: Props) {
  return props.way === 'void' ? <VoidModal {...props} /> : <WithdrawModal {...props} />
}

function VoidModal({ trialId, onClose }: Props) {
  const action = useTypedAction(`trial/${trialId}/void`)
  const { busy, refusal, run, text: reason } = action
  const { title, hint, verb } = words.void
  return (
    <SignModal
      title={title}
      act="voidTrial"
      verb={verb}
      busy={busy}
      refusal={refusal}
      refusalTitle="Not declared void"
      onClose={onClose}
      onSign={(proof) => run(() => voidAction({ trialId, reason, proof }), onClose)}
    >
      <Text size="sm">{hint}</Text>
      <TypedReason action={action} />
    </SignModal>
  )
}

function WithdrawModal({ trialId, left, onClose }: Props) {
  const action = useTypedAction(`trial/${trialId}/withdraw`)
  const { busy, refusal, run, text: reason } = action
  const { title, verb } = words.withdraw
  return (
    <ConfirmModal
      title={title}
      verb={verb}
      color="red"
      busy={busy}
      onConfirm={() => run(() => withdrawAction({ trialId, reason }), onClose)}
      onClose={onClose}
    >
      <Text size="sm">It is closed without an outcome. {left}</Text>
      <TypedReason action={action} />
      {refusal && <Refusal reason={refusal.reason} />}
    </ConfirmModal>
  )
}
