'use client'

import { Select, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { TypedReason } from '@/components/forms/typed-reason'
import { useTypedAction } from '@/components/forms/use-action'
import type { Refusal } from '@/lib/core/shared/result'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { SignModal } from '../release/sign-modal'
import type { ProofInput } from '../schema'

type Decision = { outcome: Outcome; reason: string }

const notChosen: Refusal = {
  status: 'refused',
  reason: 'Choose an outcome.',
  field: 'outcome',
}

/**
 * An outcome that a person decides against the proposal, or puts right, with the reason. The reason is kept
 * until it is sent.
 * @param form unique on all pages, e.g. "trial/<id>/overrule"
 */
export function useOutcomeChoice(form: string) {
  const action = useTypedAction(form)
  const [chosen, setChosen] = useState<Outcome>()
  const choose = (outcome: Outcome | undefined) => {
    action.forget()
    setChosen(outcome)
  }
  const decide = <R extends { status: string }>(
    act: (decision: Decision) => Promise<R | Refusal>,
    onDone: () => void,
  ) =>
    action.run(
      async () => (chosen ? act({ outcome: chosen, reason: action.text }) : notChosen),
      onDone,
    )
  return { ...action, chosen, choose, decide }
}

type ChoiceProps = {
  choice: ReturnType<typeof useOutcomeChoice>
  /** The outcome that cannot be chosen, because it is the one proposed. */
  except?: Outcome | undefined
}

/** The two fields of such a decision, each with what was wrong with it. */
export function OutcomeChoice({ choice, except }: ChoiceProps) {
  const { refusal, chosen, choose } = choice
  const choices = outcomes
    .filter((outcome) => outcome !== except)
    .map((value) => ({ value, label: outcomeInfo[value].label }))
  return (
    <>
      <Select
        label="Outcome"
        withAsterisk
        data={choices}
        value={chosen ?? null}
        onChange={(value) => choose(outcomes.find((outcome) => outcome === value))}
        error={refusal?.field === 'outcome' ? refusal.reason : undefined}
        searchable
        allowDeselect={false}
      />
      <TypedReason action={choice} marked />
    </>
  )
}

type SignProps = Pick<ChoiceProps, 'except'> & {
  /** As for `useOutcomeChoice`. */
  form: string
  title: string
  verb: string
  refusalTitle: string
  decide: (decision: Decision & { proof: ProofInput }) => Promise<{ status: string } | Refusal>
  onClose: () => void
  /** What the decision brings with it, in sentences. */
  children: ReactNode
}

/** A decision of a lead on an outcome: chosen, with its reason, and signed. */
export function SignOutcome({ form, except, decide, onClose, children, ...words }: SignProps) {
  const choice = useOutcomeChoice(form)
  const { busy, refusal } = choice
  return (
    <SignModal
      {...words}
      act="overrule"
      busy={busy}
      refusal={refusal}
      onClose={onClose}
      onSign={(proof) => choice.decide((decision) => decide({ ...decision, proof }), onClose)}
    >
      <Text size="sm">{children}</Text>
      <OutcomeChoice choice={choice} except={except} />
    </SignModal>
  )
}
