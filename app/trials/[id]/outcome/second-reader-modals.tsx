'use client'

import { Text } from '@mantine/core'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useAction } from '@/components/forms/use-action'
import { type Unblinding, unblindingWords } from '@/lib/domain/review/second-reading'
import { openOutcomeAction, secondReadingAction } from '../actions'
import { correctOutcomeAction } from '../review/actions'
import { OutcomeChoice, SignOutcome, useOutcomeChoice } from './outcome-choice'

type Props = { trialId: string; onClose: () => void }

type ReadProps = Props & { unblinding: Unblinding | null }

/** The outcome that a second person reads from the record. */
export function ReadModal({ trialId, unblinding, onClose }: ReadProps) {
  const choice = useOutcomeChoice(`trial/${trialId}/second-reading`)
  return (
    <ConfirmModal
      title="Which outcome does the record show?"
      verb="Record"
      busy={choice.busy}
      onConfirm={() =>
        choice.decide((reading) => secondReadingAction({ trialId, ...reading }), onClose)
      }
      onClose={onClose}
    >
      <Text size="sm">
        Judge from the record alone: the OS before and after, the replies, the observations and the
        deadline. Your reading is final. If it is the same as the first outcome, that outcome counts
        from then on; if not, a lead decides between the two.
      </Text>
      {unblinding && (
        <Text size="sm" fw={600}>
          You are not blinded: you {unblindingWords[unblinding]}. The reading is marked as such and
          left out of the agreement.
        </Text>
      )}
      <OutcomeChoice choice={choice} />
      {choice.refusal && !['reason', 'outcome'].includes(choice.refusal.field ?? '') && (
        <Refusal title="Not recorded" reason={choice.refusal.reason} />
      )}
    </ConfirmModal>
  )
}

/** Asks before what is withheld is shown. */
export function OpenModal({ trialId, onClose }: Props) {
  const { busy, refusal, run } = useAction()
  return (
    <ConfirmModal
      title="Open the outcome?"
      verb="Open"
      busy={busy}
      onConfirm={() => run(() => openOutcomeAction({ trialId }), onClose)}
      onClose={onClose}
    >
      <Text size="sm">
        The record keeps that you opened it, and when. From then on you cannot be its blinded second
        reader.
      </Text>
      {refusal && <Refusal title="Not opened" reason={refusal.reason} />}
    </ConfirmModal>
  )
}

/** The decision between two readers, signed. */
export function AdjudicateModal({ trialId, onClose }: Props) {
  return (
    <SignOutcome
      form={`trial/${trialId}/adjudication`}
      title="Decide between the two readers?"
      verb="Sign and decide"
      refusalTitle="Not decided"
      decide={(decision) => correctOutcomeAction({ trialId, ...decision })}
      onClose={onClose}
    >
      The outcome may be that of either reader, or another. Both readings stay in the record and in
      the agreement. You become a contributor to this trial, and another person approves it.
    </SignOutcome>
  )
}
