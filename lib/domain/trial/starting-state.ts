import type { DeviceState, Reading, ReadingField } from '../reading/reading'

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
