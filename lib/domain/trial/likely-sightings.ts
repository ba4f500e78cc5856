import { type CommandState, mayBeReleasedAgain } from './command-slot'
import { type ObservationKind, observationKinds } from './observation'
import type { CommandSlotPlan } from './protocol'

/** What the newest released command asks of the device: nothing yet, a download, or an install. */
export type BenchPhase = 'before' | 'download' | 'install'

type Released = { purpose: string; slotOrdinal: number | null; state: CommandState }

/** On iOS the first Default downloads what the next one installs: see `installActionInfo`. */
export const isDownload = (slots: readonly CommandSlotPlan[], ordinal: number): boolean => {
  const action = slots[ordinal - 1]?.installAction
  return action === 'DownloadOnly' || (action === 'Default' && ordinal === 1)
}

/** A held command counts, so that no button moves at the moment in which it is sent. */
export function benchPhase(
  slots: readonly CommandSlotPlan[],
  commands: readonly Released[],
): BenchPhase {
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
