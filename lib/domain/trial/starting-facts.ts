import { type FieldForm, valueInWords } from '../device/custom-field'
import type { Platform } from '../device/device'

/** A custom field at the release; `value` is null where the device had none. */
export type FrozenField = Pick<FieldForm, 'name' | 'type' | 'unit'> & {
  fieldId: string
  value: string | null
  /** When and by whom it was entered; null where there is none. Times are ISO 8601 text, because this is stored as JSON. */
  at: string | null
  by: string | null
}

/**
 * What the device was when its trial was released, besides its readings: the model and the other things that a person
 * may correct later, and the lab's own fields that are part of the starting state. It never changes afterwards.
 */
export type StartingFacts = {
  labTag: string | null
  name: string
  platform: Platform
  modelIdentifier: string | null
  modelName: string | null
  serial: string | null
  fields: FrozenField[]
  /** Who had the device; null where nobody did, absent in trials from before it was kept. */
  custody?: { holderId: string; holderName: string; since: string; place: string } | null
}

/** One line of them: what it is, what it was, and who entered it when. */
export type FactLine = { label: string; words: string; by: string | null; at: string | null }

const custodyLine = (custody: StartingFacts['custody']): FactLine => ({
  label: 'Held by',
  words: custody ? `${custody.holderName}, at ${custody.place}` : 'nobody on record',
  by: null,
  at: custody?.since ?? null,
})

/** The facts in words, as the page of the trial and its report show them. */
export function factLines({
  modelIdentifier,
  modelName,
  serial,
  fields,
  custody,
}: StartingFacts): FactLine[] {
  const known = (text: string | null) => text ?? 'unknown'
  return [
    { label: 'Model identifier', words: known(modelIdentifier), by: null, at: null },
    { label: 'Model', words: known(modelName), by: null, at: null },
    { label: 'Serial', words: known(serial), by: null, at: null },
    ...(custody === undefined ? [] : [custodyLine(custody)]),
    ...fields.map((field) => ({
      label: field.name,
      words: field.value === null ? 'not given' : valueInWords(field, field.value),
      by: field.by,
      at: field.at,
    })),
  ]
}
