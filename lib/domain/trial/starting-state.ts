import type { DeviceState, Reading, ReadingField } from '../reading/reading'

/** A reading as it was frozen: its times are ISO 8601 text, for it is kept as JSON. */
type FrozenReading<F extends ReadingField = ReadingField> = Omit<
  Reading<F>,
  'askedAt' | 'answeredAt'
> & { askedAt?: string | undefined; answeredAt: string }

/** The readings of a device at the moment a trial was released; they never change afterwards. */
export type StartingState = { [F in ReadingField]?: FrozenReading<F> }

/** Freezes a device's current state for the record of a trial. */
export function freezeState(state: DeviceState): StartingState {
  // fromEntries loses which value belongs to which field; every entry keeps its own.
  return Object.fromEntries(
    Object.entries(state).map(([field, { askedAt, answeredAt, ...reading }]) => [
      field,
      { ...reading, askedAt: askedAt?.toISOString(), answeredAt: answeredAt.toISOString() },
    ]),
  ) as StartingState
}
