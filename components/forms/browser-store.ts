// What this browser keeps over a reload and a closed tab: entries that wait for a connection, and pages that are shown
// without one. docs/decisions/082-offline-bench.md

/** localStorage; undefined when the browser blocks it. */
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}

const keysOf = (place: string): string[] =>
  Object.keys(storage() ?? {}).filter((key) => key.startsWith(place))

function read(key: string): unknown {
  try {
    return JSON.parse(storage()?.getItem(key) ?? '')
  } catch {
    return undefined
  }
}

/** All values below a place; what cannot be read is undefined. */
export const readAll = (place: string): unknown[] => keysOf(place).map(read)

/** Whether it is stored: a browser may block it, or be full. */
export function store(key: string, value: unknown): boolean {
  try {
    const kept = storage()
    kept?.setItem(key, JSON.stringify(value))
    return kept !== undefined
  } catch {
    return false
  }
}

export const forget = (key: string): void => storage()?.removeItem(key)

/** Where entries of a person wait; nobody sends what another person has seen. They stay at sign-out. */
export const waitingPlace = (person: string, trialId?: string): string =>
  `oneway.waiting/${person}/${trialId === undefined ? '' : `${trialId}/`}`

/** How many entries of a person wait in this browser, in all trials. */
export const countWaiting = (person: string): number => keysOf(waitingPlace(person)).length

const keptPlace = 'oneway.kept/'

/** Where pages of a person are kept that are shown without a connection. */
export const keptPlaceOf = (person: string): string => `${keptPlace}${person}/`

export const readKept = (): unknown[] => readAll(keptPlace)

/** Deletes what is kept of pages, but that of one person. */
export function forgetKept(but?: string): void {
  const own = but === undefined ? undefined : keptPlaceOf(but)
  for (const key of keysOf(keptPlace)) if (!own || !key.startsWith(own)) forget(key)
}
