import type { Environment } from '../device/device'

/** The trials of one frozen report: each takes about half a second to be written. */
export const maxFrozenTrials = 50
/** The largest file that is kept and verified, in bytes. */
export const maxFrozenBytes = 32 * 1024 * 1024
export const maxReportTitle = 200

/** What a frozen report is for: the record of the lab, or what other labs may have of it. */
export const frozenKinds = ['record', 'otherLabs'] as const

/** Stands in what leaves the lab of simulated trials. */
export const simulatedMark = 'SIMULATED: virtual devices, no evidence about real ones'

/** A file in the ZIP of a frozen report. */
export type ManifestEntry = { name: string; bytes: number; sha256: string }

/** What stands in `manifest.json`: what was frozen, when, by whom, and the hash of every other file. */
export type Manifest = {
  format: 'oneway-frozen-report'
  version: 1
  id: string
  /** Such as F-3. */
  name: string
  title: string
  /** Null for real trials. */
  mark: string | null
  environment: Environment
  /** The filter of the list of trials, as its address has it. */
  filter: Record<string, unknown>
  frozenAt: string
  frozenBy: string
  /** The newest entry of the audit trail at that moment. */
  head: { seq: number; hash: string }
  trials: { id: string; name: string }[]
  files: ManifestEntry[]
}

export const manifestName = 'manifest.json'

/** A file inside a ZIP as it was found: its name and the SHA-256 of its bytes. */
type Found = { name: string; sha256: string }

/** How the files of a ZIP differ from those that were frozen; all lists are empty if nothing was altered. */
export function compareEntries(
  frozen: readonly ManifestEntry[],
  found: readonly Found[],
): { altered: string[]; missing: string[]; added: string[] } {
  const hashes = new Map(found.map(({ name, sha256 }) => [name, sha256]))
  const names = new Set(frozen.map(({ name }) => name))
  return {
    altered: frozen
      .filter(({ name, sha256 }) => hashes.has(name) && hashes.get(name) !== sha256)
      .map(({ name }) => name),
    missing: frozen.filter(({ name }) => !hashes.has(name)).map(({ name }) => name),
    added: found.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  }
}
