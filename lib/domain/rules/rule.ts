import type { Platform } from '../device/device'
import type { OsIdentity } from '../device/os-identity'
import type { DeviceState, MaxAges, ReadingField, ReadingSource } from '../reading/reading'
import type { CommandSlotPlan, StartingConditions } from '../trial/protocol'

export const verdicts = ['pass', 'fail', 'unknown', 'notApplicable'] as const
export type Verdict = (typeof verdicts)[number]

/** Eligibility: can the command be tried on this device at all. Condition: a protocol may state its own. */
export type RuleKind = 'eligibility' | 'condition'

/** An input a rule looked at, as it was then, so that a stored verdict can be read years later. */
export type FindingInput = {
  label: string
  /** What the rule saw, in words; `unknown` where nothing could be relied on. */
  value: string
  /** Why nothing could be relied on, and what was last read; says nothing that a comparison needs. */
  note?: string | undefined
  field?: ReadingField | undefined
  source?: ReadingSource | undefined
  /** ISO 8601; the age is counted from here. */
  answeredAt?: string | undefined
  by?: string | undefined
}

export type Judgement = {
  verdict: Verdict
  reason: string
  /** The reason in the few words a list has room for; where it is absent, `reason` is short enough. */
  brief?: string | undefined
  /** What would make it pass; undefined where it passes or nothing can. */
  remedy?: string | undefined
  /** Said beside a pass: it does not block, and the engineer should know it before releasing. */
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

/** A rule of the lab that a lead has set aside for one trial, with a signature. */
export type Waiver = { ruleId: string; by: string; reason: string }

export type Finding = Judgement & {
  ruleId: string
  title: string
  kind: RuleKind
  /** A warning is shown and never blocks. */
  warnOnly: boolean
  /** Set where it fails and a lead may set it aside for one trial: why that does not endanger the evidence. */
  waivable?: string | undefined
  /** Who has set it aside for this trial; it then only warns. */
  waived?: { by: string; reason: string } | undefined
  inputs: FindingInput[]
  cites: Citation[]
}

/** What a trial began on; its version with its supplement, `26.3.1 (a)`. */
export type ConsumedStart = OsIdentity & { build: string; trial: string }

/** What qualification knows of a device besides its readings. All of it is read on the locked row. */
export type DeviceFacts = {
  platform: Platform
  /** Of the virtual lab: nothing is consumed on it for good. */
  simulated?: boolean | undefined
  /** ProductName, e.g. "iPad4,1". */
  modelIdentifier?: string | undefined
  enrollmentId?: string | undefined
  /** Address, kind and key of its MDM server in words: another one is another verdict. */
  sendsTo?: string | undefined
  /** Its last contact with the MDM server. */
  lastSeenAt?: Date | undefined
  /** When a user channel was last active on it: somebody was logged in then. */
  userChannelAt?: Date | undefined
  retired: boolean
  /** The starting states that trials on this device have consumed, and by which. */
  consumed: ConsumedStart[]
  /** The live trial that holds it, other than the one being judged. */
  reservedBy?: string | undefined
  /** A lead's hold-back, with its reason. */
  holdReason?: string | undefined
  /** Alarms of the device that no lead has cleared, in words. */
  alarms?: readonly string[] | undefined
  /** When the last ScheduleOSUpdate left for it, or may have left. */
  lastCommandAt?: Date | undefined
  /** A ScheduleOSUpdate that is still open on it, in words. */
  openCommand?: string | undefined
  /** A query that is still open on it, in words: it only has to be waited for. */
  openQuery?: string | undefined
}

/**
 * Always; for the last qualified device at its starting version; or, for virtual devices, only where the
 * protocol says so. The last real device always takes two people.
 */
export const twoPersonReleases = ['always', 'lastOne', 'protocolOnly'] as const
export type TwoPersonRelease = (typeof twoPersonReleases)[number]

export type LabSettings = {
  maxAges: MaxAges
  /** Fraction 0–1. A lab setting: no source gives a minimum, so it is never called Apple's rule. */
  minBattery: number
  /** Added to DownloadSize + InstallSize, bytes. */
  diskMarginBytes: number
  /** Q1: hours since the device was last seen. */
  maxUnseenHours: number
  /** Seconds between release and sending during which it can be cancelled. */
  holdSeconds: number
  /** How often the device of a trial under way is queried for its status and OS, in seconds. */
  probeSeconds: number
  /** When a release needs a second person beyond what the protocol says. */
  twoPersonRelease: TwoPersonRelease
}

/** Everything a rule may look at. `now` comes in; a rule never asks the clock. */
export type RuleContext = {
  device: DeviceFacts
  state: DeviceState
  slot: CommandSlotPlan
  conditions: StartingConditions
  settings: LabSettings
  now: Date
  /** The fields the blocking rules before this one looked at; `qualify` fills it in for Q18. */
  relied?: readonly ReadingField[] | undefined
  /** What has been set aside for the trial that is judged. */
  waivers?: readonly Waiver[] | undefined
}

/** One qualification rule: a file of its own, its proof beside it. */
export type Rule = {
  id: string
  title: string
  kind: RuleKind
  warnOnly?: boolean
  /** Where the protocol itself states the condition, even a rule that else only warns blocks. */
  blocksWhen?(context: RuleContext): boolean
  /**
   * Only of a rule that is this lab's own caution: why a lead may set it aside, and when not. What is
   * unknown is never set aside, nor what Apple, the device or the promise of one command demands.
   */
  waiver?: { reason: string; unless?(context: RuleContext): boolean }
  cites: Citation[]
  /** Every field the rule may read; it is shown no other. Those it looked at are its inputs, held to their age by Q18. */
  fields: readonly ReadingField[]
  /** What it looks at besides readings. */
  facts?(context: RuleContext): FindingInput[]
  judge(context: RuleContext): Judgement
}
