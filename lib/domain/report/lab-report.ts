import type { ContradictionKind } from '../contradiction/finding'
import type { Environment, Platform } from '../device/device'
import { buildPattern, versionPattern } from '../device/os-version'
import type { PasscodeState } from '../device/passcode'
import type { EndState, Outcome } from '../outcome/outcome'
import type { ReviewState } from '../review/review'
import type { RequestType } from '../trial/command-slot'
import type { batteryBands, factors, ListedFactor } from '../trial/factors'
import { installActions } from '../trial/install-action'
import type { PrimaryOutcome } from '../trial/primary-outcome'
import type { ManifestEntry } from './frozen-report'

// The report for other labs: what is in it, and the form of each of its values. Every text in it has a form or is one of a
// list, so that none can hold what a person wrote.

export const labReportFormat = 'oneway-lab-report'
/** The rows of the file; beside it stands `manifest.json`. */
export const labTrialsName = 'trials.json'

/** The trials of one file. */
export const maxLabTrials = 500
/** Of one trial; real replies have fewer than twenty. */
export const maxLabContradictions = 50
/** The largest file that is made and read, and what it may be when it is unpacked. */
export const maxLabReportBytes = 2 * 1024 * 1024
export const maxUnpackedLabBytes = 8 * 1024 * 1024

/** A difference from the documents that a reply of the trial showed. */
export type LabContradiction = {
  requestType: RequestType
  path: string
  kind: ContradictionKind
  /** What was seen; null where it was a text of the device that may not leave. */
  observed: string | null
  /** The version that the device ran when it replied. */
  osVersion: string
}

type ValueOf<F extends ListedFactor> = keyof (typeof factors)[F]['values'] & string

/** What leaves of one trial. */
export type LabTrial = {
  /** The same in every file of that lab, and not the ID that the trial has there. */
  trial: string
  platform: Platform
  model: string | null
  startOs: string
  startBuild: string | null
  /** ProductVersion or ProductKey of the first command. */
  target: string | null
  /** The InstallActions in their order, with “declaration” for each declaration, such as "declaration,Default". */
  action: string | null
  /** The day of the first release, in UTC. */
  releasedOn: string | null
  end: EndState | null
  endOs: string | null
  endBuild: string | null
  primaryOutcome: PrimaryOutcome
  outcome: Outcome
  /** Whether a person decided another outcome than the one proposed. */
  overruled: boolean
  /** Whether the outcome contradicts the OS before and after. */
  againstBuilds: boolean
  review: 'none' | ReviewState
  passcode: PasscodeState
  power: ValueOf<'power'>
  battery: (typeof batteryBands)[number]['value'] | 'notApplicable' | 'unknown'
  network: ValueOf<'network'>
  treatment: ValueOf<'treatment'>
  contradictions: LabContradiction[]
  /** How many more contradictions the trial has, which were left out. */
  contradictionsLeftOut: number
}

/** What stands in `manifest.json` of a report for other labs. */
export type LabManifest = {
  format: typeof labReportFormat
  version: 1
  id: string
  /** Such as F-3. */
  name: string
  /** The ID is made from the first entry of the lab's audit trail; the name is what the lab calls itself. */
  lab: { id: string; name: string }
  environment: Environment
  mark: string | null
  frozenAt: string
  /** `trial` of every row, in the order of the rows. */
  trials: string[]
  files: ManifestEntry[]
}

export const trialKeyForm = /^[0-9a-f]{32}$/
export const labIdForm = /^[0-9a-f]{64}$/

const version = String.raw`${versionPattern}(?: ?\([a-z]\))?`
/** Stands for a declaration among the install actions of a row: the form has no field for the mechanism. */
export const declarationAction = 'declaration'
const action = `(?:${[...installActions, declarationAction].join('|')})`
const key = String.raw`[A-Za-z_-]{1,60}(?:\[\]){0,3}`

/** The forms of the texts in a row; each text has at most 200 characters besides. */
export const labForms = {
  version: new RegExp(`^${version}$`),
  build: new RegExp(`^${buildPattern}$`),
  model: /^(?:iPhone|iPad|iPod|AppleTV)\d{1,3},\d{1,3}$/,
  target: new RegExp(`^(?:${version}|(?:iOS|iPadOS|tvOS)Update${buildPattern})$`),
  action: new RegExp(`^${action}(?:,${action}){0,9}$`),
  /** Keys of a plist with their parents. Of letters alone: a key with digits could be an identifier. */
  path: new RegExp(String.raw`^(?:\(reply\)|${key}(?:\.${key}){0,9})$`),
  /**
   * A number, words of letters, a word of letters that the device sent, in quotes, an error code, or a bound. A text of letters and
   * digits could be an identifier.
   */
  observed:
    /^(?:-?\d{1,9}|"[A-Za-z]{1,40}"|[A-Za-z]{1,30}(?:,? [A-Za-z]{1,30}){0,9}|Error [A-Za-z.]{1,60} -?\d{1,9}|a real (?:below|above) -?\d{1,9}(?:\.\d{1,9})?)$/,
}
