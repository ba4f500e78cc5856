'use client'

import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Refusal } from '@/components/data/refusal'
import { ConfirmModal } from '@/components/forms/confirm-modal'
import { useReady } from '@/components/forms/ready-form'
import { useAction } from '@/components/forms/use-action'
import { type Unblinding, unblindingWords } from '@/lib/domain/review/second-reading'
import { openOutcomeAction, secondReadingAction } from '../actions'
import { SignModal } from '../release/sign-modal'
import { correctOutcomeAction } from '../review/actions'
import { OutcomeChoice, useOutcomeChoice } from './outcome-choice'

type Opens = {
  label: string
  /** Why it is not possible, in words. */
  reason?: string | undefined
  children: (close: () => void) => ReactNode
}

function ModalButton({ label, reason, children }: Opens) {
  const ready = useReady()
  const [opened, setOpened] = useState(false)
  return (
    <div data-screen-only>
      <Button
        variant="default"
        size="xs"
        disabled={!ready || reason !== undefined}
        title={reason}
        onClick={() => setOpened(true)}
      >
        {label}
      </Button>
      {reason && (
        <Text size="xs" c="dimmed">
          {label.replace('…', '')}: {reason}
        </Text>
      )}
      {opened && children(() => setOpened(false))}
    </div>
  )
}

type ReadProps = { trialId: string; reason: string | undefined; unblinding: Unblinding | null }

/** Records the outcome that a second person read from the record. */
export const ReadIt = ({ trialId, reason, unblinding }: ReadProps) => (
  <ModalButton label="Record the second reading…" reason={reason}>
    {(close) => <ReadModal trialId={trialId} unblinding={unblinding} close={close} />}
  </ModalButton>
)

function ReadModal({
  trialId,
  unblinding,
  close,
}: Omit<ReadProps, 'reason'> & { close: () => void }) {
  const choice = useOutcomeChoice(`trial/${trialId}/second-reading`)
  return (
    <ConfirmModal
      title="Which outcome does the record show?"
      verb="Record"
      busy={choice.busy}
      onConfirm={() =>
        choice.decide((reading) => secondReadingAction({ trialId, ...reading }), close)
      }
      onClose={close}
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

/** Shows what is withheld; from then on the person is no blinded reader of the trial. */
export const OpenOutcome = ({ trialId }: { trialId: string }) => (
  <ModalButton label="Open the outcome…">
    {(close) => <OpenModal trialId={trialId} close={close} />}
  </ModalButton>
)

function OpenModal({ trialId, close }: { trialId: string; close: () => void }) {
  const { busy, refusal, run } = useAction()
  return (
    <ConfirmModal
      title="Open the outcome?"
      verb="Open"
      busy={busy}
      onConfirm={() => run(() => openOutcomeAction({ trialId }), close)}
      onClose={close}
    >
      <Text size="sm">
        The record keeps that you opened it, and when. From then on you cannot be its blinded second
        reader.
      </Text>
      {refusal && <Refusal title="Not opened" reason={refusal.reason} />}
    </ConfirmModal>
  )
}

type AdjudicateProps = { trialId: string; reason: string | undefined }

/** A lead who is neither of the two readers decides between them. */
export const Adjudicate = ({ trialId, reason }: AdjudicateProps) => (
  <ModalButton label="Decide between the readers…" reason={reason}>
    {(close) => <AdjudicateModal trialId={trialId} close={close} />}
  </ModalButton>
)

function AdjudicateModal({ trialId, close }: { trialId: string; close: () => void }) {
  const choice = useOutcomeChoice(`trial/${trialId}/adjudication`)
  return (
    <SignModal
      title="Decide between the two readers?"
      act="overrule"
      verb="Sign and decide"
      busy={choice.busy}
      refusal={choice.refusal}
      refusalTitle="Not decided"
      onClose={close}
      onSign={(proof) =>
        choice.decide((decision) => correctOutcomeAction({ trialId, ...decision, proof }), close)
      }
    >
      <Text size="sm">
        The outcome may be that of either reader, or another. Both readings stay in the record and
        in the agreement. You become a contributor to this trial, and another person approves it.
      </Text>
      <OutcomeChoice choice={choice} />
    </SignModal>
  )
}
