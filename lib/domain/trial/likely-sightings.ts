import { type CommandState, mayBeReleasedAgain } from './command-slot'
import { isDeclaration } from './mechanism'
import { type ObservationKind, observationKinds } from './observation'
import type { SlotPlan } from './protocol'

/** What the newest released command asks of the device: nothing yet, a download, or an install. */
export type BenchPhase = 'before' | 'download' | 'install'

type Released = { purpose: string; slotOrdinal: number | null; state: CommandState }

/** On iOS the first Default downloads what the next one installs: see `installActionInfo`. */
export const isDownload = (slots: readonly SlotPlan[], ordinal: number): boolean => {
  const slot = slots[ordinal - 1]
  if (!slot || isDeclaration(slot)) return false
  const isFirst = slots.slice(0, ordinal - 1).every(isDeclaration)
  return slot.installAction === 'DownloadOnly' || (slot.installAction === 'Default' && isFirst)
}

/** A held command counts, so that no button moves at the moment in which it is sent. */
export function benchPhase(slots: readonly SlotPlan[], commands: readonly Released[]): BenchPhase {
  const ordinals = commands
    .filter(({ purpose, state }) => purpose === 'intervention' && !mayBeReleasedAgain(state))
    .map(({ slotOrdinal }) => slotOrdinal ?? 1)
  if (ordinals.length === 0) return 'before'
  return isDownload(slots, Math.max(...ordinals)) ? 'download' : 'install'
}

const usual: Record<BenchPhase, readonly ObservationKind[]> = {
  before: ['nothing', 'screenDark'],
  download: ['downloadSeen', 'nothing', 'promptShown', 'screenDark'],
  install: ['promptShown', 'passcodeAsked', 'userAccepted', 'progressBar', 'rebooted', 'newOsSeen'],
}

/** All sightings, those first that the step expects, then those that are usual in the phase. */
export const likelySightings = (
  expected: readonly ObservationKind[],
  phase: BenchPhase,
): ObservationKind[] => [...new Set([...expected, ...usual[phase], ...observationKinds])]
