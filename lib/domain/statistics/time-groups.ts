import { byValue } from '../trial/factors'
import { kaplanMeier, type SurvivalCurve, type TimedTrial } from './kaplan-meier'

/** Trials that make one curve; without a curve where they are too few. */
export type TimeGroup<T extends TimedTrial> = {
  name: string
  timed: T[]
  /** Trials in whose record nothing says whether the event had happened. */
  unknown: number
  curve: SurvivalCurve | undefined
}

type ByStart = { startOs: string }
type Timed<T> = { timed: T[]; unknown: readonly ByStart[] }

export const timeGroup = <T extends TimedTrial>(
  name: string,
  { timed, unknown }: Timed<T>,
): TimeGroup<T> => ({
  ...{ name, timed, unknown: unknown.length },
  curve: kaplanMeier(timed),
})

/** One group for each starting version, in version order. */
export function timeGroupsByVersion<T extends TimedTrial & ByStart>({
  timed,
  unknown,
}: Timed<T>): TimeGroup<T>[] {
  const known = Map.groupBy(timed, ({ startOs }) => startOs)
  const unseen = Map.groupBy(unknown, ({ startOs }) => startOs)
  return [...new Set([...known.keys(), ...unseen.keys()])]
    .toSorted(byValue('version'))
    .map((name) =>
      timeGroup(name, { timed: known.get(name) ?? [], unknown: unseen.get(name) ?? [] }),
    )
}
