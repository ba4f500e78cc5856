// What this browser keeps: what was typed in a tab, and over a closed one entries that wait for a connection and pages that
// are shown without one. docs/decisions/082-offline-bench.md

/** Values under keys in one of the browser's storages, which it may block, or which may be full. */
function valuesIn(open: () => Storage) {
  const storage = (): Storage | undefined => {
    try {
      return open()
    } catch {
      return undefined
    }
  }
  return {
    /** The keys below a place. */
    keys: (place: string): string[] =>
      Object.keys(storage() ?? {}).filter((key) => key.startsWith(place)),
    /** Undefined where there is none, or none that can be read. */
    read: (key: string): unknown => {
      try {
        return JSON.parse(storage()?.getItem(key) ?? '')
      } catch {
        return undefined
      }
    },
    /** Whether it is stored. */
    store: (key: string, value: unknown): boolean => {
      try {
        const kept = storage()
        kept?.setItem(key, JSON.stringify(value))
        return kept !== undefined
      } catch {
        return false
      }
    },
    forget: (key: string): void => storage()?.removeItem(key),
  }
}

/** What ends with the tab. */
export const inTab = valuesIn(() => globalThis.sessionStorage)

const { keys, read, store, forget } = valuesIn(() => globalThis.localStorage)

export { forget, store }

/** All values below a place; what cannot be read is undefined. */
export const readAll = (place: string): unknown[] => keys(place).map(read)

/** Where entries of a person wait; nobody sends what another person has seen. They stay at sign-out. */
export const waitingPlace = (person: string, trialId?: string): string =>
  `oneway.waiting/${person}/${trialId === undefined ? '' : `${trialId}/`}`

/** How many entries of a person wait in this browser, in all trials. */
export const countWaiting = (person: string): number => keys(waitingPlace(person)).length

/** The trials on which entries of a person wait in this browser. */
export const trialsWaiting = (person: string): string[] => {
  const place = waitingPlace(person)
  const trials = keys(place).map((key) => key.slice(place.length).split('/')[0] ?? '')
  return [...new Set(trials)].toSorted()
}

const keptPlace = 'oneway.kept/'

/** Where pages of a person are kept that are shown without a connection. */
export const keptPlaceOf = (person: string): string => `${keptPlace}${person}/`

export const readKept = (): unknown[] => readAll(keptPlace)

/** Deletes what is kept of pages, but that of one person. */
export function forgetKept(but?: string): void {
  const own = but === undefined ? undefined : keptPlaceOf(but)
  for (const key of keys(keptPlace)) if (!own || !key.startsWith(own)) forget(key)
}
