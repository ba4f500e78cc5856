import {
  type DeviceState,
  type Reading,
  type ReadingField,
  readingFieldNames,
  readingFields,
} from '../reading/reading'
import { findFault, type ReadOn } from '../reading/unreliable-readings'

/** A frozen reading. Its times are ISO 8601 text, because it is stored as JSON. */
type FrozenReading<F extends ReadingField = ReadingField> = Omit<
  Reading<F>,
  'askedAt' | 'answeredAt'
> & { askedAt?: string | undefined; answeredAt: string }

/** The readings of a device when its trial was released; they never change afterwards. */
export type StartingState = { [F in ReadingField]?: FrozenReading<F> }

/** Freezes a device's current state for the record of a trial. */
export function freezeState(state: DeviceState): StartingState {
  // fromEntries loses which value belongs to which field; each keeps its own.
  return Object.fromEntries(
    Object.entries(state).map(([field, { askedAt, answeredAt, ...reading }]) => [
      field,
      { ...reading, askedAt: askedAt?.toISOString(), answeredAt: answeredAt.toISOString() },
    ]),
  ) as StartingState
}

/**
 * The readings that a person entered although the device reports them itself. A field that no MDM answer has must be
 * entered, and so must one that the device is known to report wrongly.
 */
export const enteredThoughReported = (state: StartingState, on: ReadOn): ReadingField[] =>
  readingFieldNames.filter(
    (field) =>
      state[field]?.source === 'typed' &&
      readingFields[field].mdmKey !== undefined &&
      findFault(state, field, on) === undefined,
  )
