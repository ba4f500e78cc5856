import { forget, keptPlaceOf, readKept, store } from '@/components/forms/browser-store'
import type { BenchProps } from './bench'
import type { ObservationText } from './observation-entry'

/** What is told of the trial beside its bench. */
export type AboutBench = {
  number: number
  deviceWords: string
  simulated: boolean
  /** The newest sightings that stand, so that one can be corrected. */
  logged: Parameters<typeof ObservationText>[0]['observation'][]
}

/** A bench as this browser keeps it: no more than its page has shown to this person. */
export type KeptBench = AboutBench & {
  /** Raised when this form changes: what another build has kept is not guessed at. */
  form: 1
  person: { id: string; name: string }
  bench: BenchProps
  /** How far the server's clock was ahead of this browser's. */
  aheadMs: number
}

const form = 1
/** The newest trials of a person; an older one is opened again with a connection. */
const maxKept = 20
/** A week, by this browser's clock. */
const maxAgeMs = 7 * 24 * 3_600_000

const placeOf = ({ person, bench }: KeptBench) => `${keptPlaceOf(person.id)}${bench.trialId}`

/** When the server wrote what is kept. */
export const keptAt = ({ bench }: KeptBench): Date => new Date(bench.serverNow)

/** Keeps a bench in place of its earlier state. @returns whether the browser stores it */
export function keepBench(given: Omit<KeptBench, 'form'>): boolean {
  const kept: KeptBench = { ...given, form }
  const isStored = store(placeOf(kept), kept)
  const places = new Set(listBenches().slice(0, maxKept).map(placeOf))
  for (const place of readKept().filter(isKept).map(placeOf)) if (!places.has(place)) forget(place)
  return isStored
}

/** Forgets a bench: its trial has ended. */
export const forgetBench = (person: string, trialId: string): void =>
  forget(`${keptPlaceOf(person)}${trialId}`)

/** Every bench that this browser keeps, the newest first. */
export function listBenches(nowMs = Date.now()): KeptBench[] {
  const found = readKept().filter(isKept)
  return found
    .filter((kept) => nowMs + kept.aheadMs - keptAt(kept).getTime() < maxAgeMs)
    .toSorted((a, b) => keptAt(b).getTime() - keptAt(a).getTime())
}

/** Only this program writes there, and its form says which build's; a person who edits it sees what they have made. */
const isKept = (one: unknown): one is KeptBench =>
  typeof one === 'object' && one !== null && 'form' in one && one.form === form
