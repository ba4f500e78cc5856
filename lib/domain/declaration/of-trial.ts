import { type DeclarationStanding, type FoldedEvent, foldDeclarations } from './standing'

/** What is known of a trial's declarations on its device; see rule Q9. */
export type TrialDeclarations = {
  /** The identifiers of its configurations that were or may have been put on the device. */
  released: readonly string[]
  /** What the device has named since the last of them was sent; undefined where it has listed nothing. */
  seen?: { own: readonly string[]; others: readonly string[]; at: Date } | undefined
}

/** A declaration of a trial that was or may have been put on its device. */
export type SentDeclaration = {
  identifier: string
  /** The status subscription in the same set, which enforces nothing. */
  subscription?: string
  at: Date
}

/**
 * What a device has named of configurations since those of a trial were sent. Another one that it had named before the
 * first of them does not count as another program's: at that release Q9 had passed with it there, so that it enforces no
 * update. Every other one may, whatever it is for: the device does not say.
 */
export function declarationsOfTrial(
  sent: readonly SentDeclaration[],
  events: readonly FoldedEvent[],
): TrialDeclarations | undefined {
  if (sent.length === 0) return undefined
  const released = sent.map(({ identifier }) => identifier).toSorted()
  const times = sent.map(({ at }) => at.getTime())
  const now = foldDeclarations(events)
  if (!now.listedAt || now.listedAt.getTime() <= Math.max(...times)) return { released }
  const first = Math.min(...times)
  const before = namedIn(foldDeclarations(events.filter(({ at }) => at.getTime() < first)))
  const named = namedIn(now)
  const harmless = [...before, ...sent.flatMap(({ subscription }) => subscription ?? [])]
  const others = named.filter((name) => !released.includes(name) && !harmless.includes(name))
  const own = activeIn(now).filter((name) => released.includes(name))
  return { released, seen: { own, others, at: now.listedAt } }
}

const activeIn = ({ declarations }: DeclarationStanding): string[] =>
  declarations
    .filter(
      ({ kind, active, valid }) =>
        kind === 'configuration' && active === true && valid !== 'invalid',
    )
    .map(({ identifier }) => identifier)

/** Active ones, and those that it asked for and has said nothing of yet. */
const namedIn = (standing: DeclarationStanding): string[] => [
  ...new Set([...activeIn(standing), ...standing.asked.map(({ identifier }) => identifier)]),
]
