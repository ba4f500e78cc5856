import { type ReadingField, readingFieldNames, readingFields } from '../reading/reading'

/** Parts of a trial's record that occur once. */
const single = {
  device: 'Device',
  protocol: 'Protocol',
  expectation: 'Expectation',
  registration: 'Registration',
  endState: 'OS after',
  outcome: 'Outcome',
  outcomeReason: 'Reason for the outcome',
} as const
type SingleField = keyof typeof single

/** Parts that may occur several times, each identified by its number. */
const numbered = {
  event: 'Step',
  observation: 'Observation',
  reply: 'Reply',
  command: 'Command',
} as const
type NumberedField = keyof typeof numbered

/** What a query can be about. */
export type ReviewField =
  | { kind: SingleField }
  | { kind: 'startingState'; reading: ReadingField }
  | { kind: NumberedField; id: number }

/** A field as it is stored and used in URLs: "outcome", "startingState.batteryLevel", "observation.12". */
export function fieldPath(field: ReviewField): string {
  if (field.kind === 'startingState') return `startingState.${field.reading}`
  return 'id' in field ? `${field.kind}.${field.id}` : field.kind
}

/** Undefined if the path is not a field. */
export function readFieldPath(path: string): ReviewField | undefined {
  const [kind = '', of, ...rest] = path.split('.')
  if (rest.length > 0) return undefined
  if (of === undefined) return isKeyOf(single, kind) ? { kind } : undefined
  if (kind === 'startingState') {
    const reading = readingFieldNames.find((name) => name === of)
    return reading && { kind, reading }
  }
  if (!isKeyOf(numbered, kind) || !/^[1-9]\d{0,14}$/.test(of)) return undefined
  return { kind, id: Number(of) }
}

const isKeyOf = <T extends object>(words: T, name: string): name is Extract<keyof T, string> =>
  Object.hasOwn(words, name)

/** A field in words. */
export function fieldLabel(field: ReviewField): string {
  if (field.kind === 'startingState') return `Starting state: ${readingFields[field.reading].label}`
  return 'id' in field ? `${numbered[field.kind]} ${field.id}` : single[field.kind]
}

/** The fields every trial has. */
export const singleFields: readonly ReviewField[] = Object.keys(single).flatMap((kind) =>
  isKeyOf(single, kind) ? [{ kind }] : [],
)
