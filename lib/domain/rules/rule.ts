import type { ValidTargets } from '../catalogue/targets'
import type { TrialDeclarations } from '../declaration/of-trial'
import type { ActiveDeclaration } from '../declaration/standing'
import type { Family, Platform } from '../device/device'
import type { OsIdentity } from '../device/os-identity'
import type { DeviceState, MaxAges, ReadingField, ReadingSource } from '../reading/reading'
import type { SlotPlan, StartingConditions } from '../trial/protocol'

export const verdicts = ['pass', 'fail', 'unknown', 'notApplicable'] as const
export type Verdict = (typeof verdicts)[number]

/** Eligibility: whether the command can be tried on the device at all. Condition: a protocol may set its own requirement. */
export type RuleKind = 'eligibility' | 'condition'

/** An input of a rule as it was at that moment, so that a stored verdict can be understood years later. */
export type FindingInput = {
  label: string
  /** The value in words; `unknown` if there was none that could be used. */
  value: string
  /** Why there was none, and what was last read; not part of the comparison of verdicts. */
  note?: string | undefined
  field?: ReadingField | undefined
  source?: ReadingSource | undefined
  /** ISO 8601; the age counts from here. */
  answeredAt?: string | undefined
  by?: string | undefined
}

export type Judgement = {
  verdict: Verdict
  reason: string
  /** A short form of the reason for lists; absent if `reason` is short enough. */
  brief?: string | undefined
  /** What would make it pass; undefined if it passes or nothing can. */
  remedy?: string | undefined
  /** A warning on a pass: it does not block, but the engineer should know it before releasing. */
  warning?: string | undefined
}

export const pass = (reason: string, warning?: string): Judgement => ({
  verdict: 'pass',
  reason,
  warning,
})
export const fail = (reason: string, remedy?: string, brief?: string): Judgement => ({
  verdict: 'fail',
  reason,
  brief,
  remedy,
})
export const unknown = (reason: string, remedy: string, brief?: string): Judgement => ({
  verdict: 'unknown',
  reason,
  brief,
  remedy,
})
export const notApplicable = (reason: string): Judgement => ({
  verdict: 'notApplicable',
  reason,
})

export type Citation = { label: string; url: string }

/** A lead's signed waiver of one of the lab's rules for one trial. */
export type Waiver = { ruleId: string; by: string; reason: string; at?: Date | undefined }

export type Finding = Judgement & {
  ruleId: string
  title: string
  kind: RuleKind
  /** A warning is shown and never blocks. */
  warnOnly: boolean
  /** Set if it fails and a lead may waive it for one trial: why that does not endanger the evidence. */
  waivable?: string | undefined
  /** Who waived it for this trial; it then only warns. */
  waived?: { by: string; reason: string } | undefined
  inputs: FindingInput[]
  cites: Citation[]
}

/** The OS that a trial began on; the version with its supplement, `26.3.1 (a)`. */
export type ConsumedStart = OsIdentity & { build: string; trial: string }

/** What qualification uses of a device besides its readings. All of it is read while the device's row is locked. */
export type DeviceFacts = {
  platform: Platform
  /** A device of the virtual lab, on which nothing is consumed for good. */
  simulated?: boolean | undefined
  /** ProductName, e.g. "iPad4,1". */
  modelIdentifier?: string | undefined
  enrollmentId?: string | undefined
  /** Address, kind and key of its MDM server in words; a change changes the verdict. */
  sendsTo?: string | undefined
  /** Its last contact with the MDM server. */
  lastSeenAt?: Date | undefined
  /** When a user channel was last active on it, which shows that somebody was logged in. */
  userChannelAt?: Date | undefined
  retired: boolean
  /** The starting states that trials have consumed on this device. */
  consumed: ConsumedStart[]
  /** The live trial on it, other than the one being judged. */
  reservedBy?: string | undefined
  /** The reason of a lead's reservation. */
  holdReason?: string | undefined
  /** When it ends, and when it was made; see lib/domain/device/hold.ts. */
  holdUntil?: Date | undefined
  heldAt?: Date | undefined
  /** Alarms of the device that no lead has cleared, in words. */
  alarms?: readonly string[] | undefined
  /** Declarations of the trial that is judged, and what came after them; undefined where it has sent none. */
  trialDeclarations?: TrialDeclarations | undefined
  /** What Apple's list has for its model above its OS, or why that is not known; read for declarations only. */
  listed?: ValidTargets | undefined
  /** When the last command or declaration was or may have been sent to it. */
  lastCommandAt?: Date | undefined
  /** When the last declaration of this lab was or may have been attached to it. */
  lastDeclarationAt?: Date | undefined
  /** A ScheduleOSUpdate that is still open on it, in words. */
  openCommand?: string | undefined
  /** A query that is still open on it, in words: its answer only has to be awaited. */
  openQuery?: string | undefined
  /** The software-update declarations that its own check-ins show as active; a reading says whether any is. */
  declarations?: readonly ActiveDeclaration[] | undefined
}

/**
 * When a release takes two people: always; for the last qualified device at its version; or, for virtual devices, only
 * if the protocol requires it. The last real device always takes two people.
 */
export const twoPersonReleases = ['always', 'lastOne', 'protocolOnly'] as const
export type TwoPersonRelease = (typeof twoPersonReleases)[number]

/** What an issue does on its versions. There is no third: an issue blocks or makes unknown, and never allows. */
export const issueEffects = ['block', 'unknown'] as const
export type IssueEffect = (typeof issueEffects)[number]

/** What an issue says: where, what is wrong, and how that is known. Versions are inclusive. */
export type IssueContent = {
  effect: IssueEffect
  /** The reading that is wrong; only of `unknown`. */
  field?: ReadingField | undefined
  family: Family
  from: string
  /** Absent while it is not known where it ends. */
  to?: string | undefined
  /** Only these builds; empty for all builds of the versions. */
  builds: readonly string[]
  /** What is wrong, in words. */
  fault: string
  /** At least one of the three is its evidence. */
  radar?: string | undefined
  url?: string | undefined
  trialId?: string | undefined
}

export type KnownIssue = IssueContent & {
  /** The number in K-3. */
  number: number
  /** When it got its present content. */
  since: Date
  trialNumber?: number | undefined
}

/** The known issues of the lab in force, and how often they have changed. */
export type IssueSet = { revision: number; issues: readonly KnownIssue[] }

export type LabSettings = {
  maxAges: MaxAges
  /** Fraction 0–1. A lab setting: no source gives a minimum, so it is never called Apple's rule. */
  minBattery: number
  /** Added to DownloadSize + InstallSize, bytes. */
  diskMarginBytes: number
  /** Q1: the maximum hours since the last contact. */
  maxUnseenHours: number
  /** Seconds between release and sending, during which the release can be cancelled. */
  holdSeconds: number
  /** How often the device of a trial under way is queried for its status and OS, in seconds. */
  probeSeconds: number
  /** When a release needs a second person beyond what the protocol says. */
  twoPersonRelease: TwoPersonRelease
  /** Printed on labels; empty where it has none. No rule reads it. */
  labName: string
  /** IANA name, such as Europe/Berlin: by its clocks bookings are typed and shown. No rule reads it. */
  timeZone: string
}

/** Everything that a rule may read. `now` is passed in, so that rules do not depend on the clock. */
export type RuleContext = {
  device: DeviceFacts
  state: DeviceState
  slot: SlotPlan
  conditions: StartingConditions
  settings: LabSettings
  /** The lab's own known issues by version, which are part of the rule set. */
  known: IssueSet
  now: Date
  /** The fields that the blocking rules before this one read; set by `qualify` for Q18. */
  relied?: readonly ReadingField[] | undefined
  /** The waivers of the trial that is judged. */
  waivers?: readonly Waiver[] | undefined
}

/** A qualification rule. Each is a file of its own with its test beside it. */
export type Rule = {
  id: string
  title: string
  kind: RuleKind
  /** The only mechanism whose slots it judges; absent where it judges both. */
  mechanism?: 'command' | 'declaration'
  warnOnly?: boolean
  /** Whether a rule that otherwise only warns blocks here, because the protocol itself sets the condition. */
  blocksWhen?(context: RuleContext): boolean
  /**
   * Only for a precaution of this lab: why a lead may waive it, and when not. An unknown is never waivable, nor a
   * requirement of Apple, of the device, or of sending a command once.
   */
  waiver?: { reason: string; unless?(context: RuleContext): boolean }
  cites: Citation[]
  /** The fields that the rule may read. Those it did read are its inputs, whose age Q18 judges. */
  fields: readonly ReadingField[]
  /** Its inputs besides readings. */
  facts?(context: RuleContext): FindingInput[]
  judge(context: RuleContext): Judgement
}
