import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { readingFieldNames } from '@/lib/domain/reading/reading'
import {
  fieldLabel,
  fieldPath,
  type ReviewField,
  readFieldPath,
  singleFields,
} from '@/lib/domain/review/review-field'
import { observationInfo, observationKinds } from '@/lib/domain/trial/observation'

export type FieldChoice = { value: string; label: string }

/** Every field of this trial that can be asked about, in words that tell one from the other. */
export function fieldChoices(view: TrialView): FieldChoice[] {
  return fieldsOf(view).map((field) => ({
    value: fieldPath(field),
    label: wordsOf(view, field),
  }))
}

/** A field of this trial in words; the path itself where nothing is known of it. */
export function fieldWords(view: TrialView, path: string): string {
  const field = readFieldPath(path)
  return field ? wordsOf(view, field) : path
}

function fieldsOf({ trial, commands, steps, observations, replies }: TrialView): ReviewField[] {
  const decided = trial.outcome !== null
  return [
    ...singleFields.filter(
      ({ kind }) => decided || (kind !== 'outcome' && kind !== 'outcomeReason'),
    ),
    ...readingFieldNames.flatMap((reading): ReviewField[] =>
      trial.startingState?.[reading] ? [{ kind: 'startingState', reading }] : [],
    ),
    ...commands.flatMap(({ slotOrdinal }): ReviewField[] =>
      slotOrdinal === null ? [] : [{ kind: 'command', id: slotOrdinal }],
    ),
    ...observations.map(({ id }): ReviewField => ({ kind: 'observation', id })),
    ...steps.map(({ id }): ReviewField => ({ kind: 'event', id })),
    ...replies.map(({ id }): ReviewField => ({ kind: 'reply', id })),
  ]
}

function wordsOf(view: TrialView, field: ReviewField): string {
  if (!('id' in field)) return fieldLabel(field)
  const words = numberedWords(view, field)
  return words === undefined ? fieldLabel(field) : `${fieldLabel(field)}: ${words}`
}

function numberedWords(view: TrialView, field: { kind: string; id: number }): string | undefined {
  switch (field.kind) {
    case 'observation': {
      const seen = view.observations.find(({ id }) => id === field.id)
      const kind = observationKinds.find((one) => one === seen?.kind)
      return kind && observationInfo[kind].label
    }
    case 'event':
      return view.steps.find(({ id }) => id === field.id)?.text
    case 'reply': {
      const reply = view.replies.find(({ id }) => id === field.id)
      return (
        reply &&
        `${reply.requestType ?? reply.topic?.replace(/^mdm\./, '') ?? 'message'} ${reply.status ?? ''}`.trim()
      )
    }
    default:
      return undefined
  }
}
