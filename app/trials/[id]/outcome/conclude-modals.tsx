'use client'

import { Text } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { TypedReason } from '@/components/forms/typed-reason'
import { useAction, useTypedAction } from '@/components/forms/use-action'
import { type Outcome, outcomeInfo } from '@/lib/domain/outcome/outcome'
import { concludeAction, reopenAction } from '../actions'
import { SignOutcome } from './outcome-choice'

type Props = {
  trialId: string
  /** What the OS before and after says, in a sentence. */
  builds: string
  onClose: () => void
}

type AcceptProps = Props & { proposed: Outcome; certain: boolean }

/** The one confirmation of a proposal. */
export function AcceptModal({ trialId, proposed, certain, builds, onClose }: AcceptProps) {
  const { busy, refusal, run } = useAction()
  return (
    <ConfirmModal
      title="Conclude as proposed?"
      verb="Conclude"
      busy={busy}
      onConfirm={() =>
        run(() => concludeAction({ trialId, outcome: proposed, reason: '' }), onClose)
      }
      onClose={onClose}
    >
      <Text size="sm">
        <b>{outcomeInfo[proposed].label}.</b> {builds}
        {!certain && ' The proposal is not certain: check its reasons again.'}
      </Text>
      <Text size="sm">
        Observation ends here: nothing more is logged, and the device is free for another trial. It
        can be taken back, with a reason, until the review begins.
      </Text>
      {refusal && <Refusal title="Not concluded" reason={refusal.reason} />}
    </ConfirmModal>
  )
}

type OverruleProps = Props & { proposed: Outcome | undefined }

/** Another outcome than the proposed one, signed by a lead. */
export function OverruleModal({ trialId, proposed, builds, onClose }: OverruleProps) {
  return (
    <SignOutcome
      form={`trial/${trialId}/overrule`}
      title={proposed ? 'Overrule the proposal?' : 'Conclude before there is a proposal?'}
      verb="Sign and conclude"
      refusalTitle="Not concluded"
      except={proposed}
      decide={(decision) => concludeAction({ trialId, ...decision })}
      onClose={onClose}
    >
      {proposed
        ? `Proposed is “${outcomeInfo[proposed].label}”.`
        : 'Nothing is proposed yet: the deadline has not come.'}{' '}
      {builds} The trial is marked as overruled in lists, charts and exports. Observation ends here.
    </SignOutcome>
  )
}

/** Takes a conclusion back, with the reason. */
export function ReopenModal({ trialId, onClose }: Omit<Props, 'builds'>) {
  const action = useTypedAction(`trial/${trialId}/reopen`)
  const { busy, refusal, run, text: reason } = action
  return (
    <ConfirmModal
      title="Take back the conclusion?"
      verb="Take back"
      busy={busy}
      onConfirm={() => run(() => reopenAction({ trialId, reason }), onClose)}
      onClose={onClose}
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
