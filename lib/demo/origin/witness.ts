import {
  addEntry,
  emptyWitness,
  type WitnessEntry,
  type WitnessState,
} from '@/lib/domain/server/witness'
import { createWitness, type Witness } from '@/lib/witness/witness'

/** A witness in memory, until the transactions whose sends it remembers are committed. */
export type HeldWitness = Witness & {
  /** Writes what is new in it into the folder of the worker's witness: without it all sending would be stopped. */
  keepIn(folder: string): void
}

export function holdWitness(): HeldWitness {
  const states = new Map<string, WitnessState>()
  const fresh: { lab: string; entry: WitnessEntry }[] = []
  const stateOf = (lab: string) => states.get(lab) ?? emptyWitness
  return {
    id: () => 'demo',
    read: stateOf,
    write(lab, entry) {
      states.set(lab, addEntry(stateOf(lab), entry))
      fresh.push({ lab, entry })
    },
    keepHead: () => undefined,
    keepIn(folder) {
      const witness = createWitness(folder)
      for (const { lab, entry } of fresh.splice(0))
        if (entry.kind !== 'began' || !witness.read(lab).began) witness.write(lab, entry)
    },
  }
}
