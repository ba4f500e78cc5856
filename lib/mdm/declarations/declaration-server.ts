import { attachSteps, removalSteps } from '@/lib/domain/trial/declaration-step'
import type { KeyResult, VersionResult } from '../server-answers'

/** Why something at a declaration server is not known. */
export type NotRead = { ok: false; reason: string; noAnswer?: true }

export type HeldDeclaration = {
  identifier: string
  /** Undefined if the server names the declaration and does not give it: its identifier cannot be asked for. */
  type?: string
  /** It enforces a software update, or its settings may delay or install one. */
  aboutUpdates: boolean
}

type HeldSet = { set: string; declarations: HeldDeclaration[] }

/** The sets of one device at a declaration server, whoever made them, and the declarations in each. */
export type HeldSets = {
  ok: true
  /** The names of all its sets, also of those that were not looked into. */
  attached: string[]
  sets: HeldSet[]
  /** How many sets and declarations were not looked into, because there are so many or it took so long. */
  leftOut: number
}

export type DeclarationBytes = { identifier: string; json: Uint8Array }

/** A configuration and the activation without which it has no effect. */
export type Pair<T> = { configuration: T; activation: T }

/** What an enforcement consists of at the server: exactly the bytes that are stored, and Oneway's own names. */
export type Enforcement = Pair<DeclarationBytes> & {
  enrollmentId: string
  set: string
  /** By it the device reports how the update goes; a set that an older version has made has none. */
  subscription?: Pair<DeclarationBytes>
}

/** All declarations of a set. */
export const declarationsOf = <T>({
  configuration,
  activation,
  subscription,
}: Pair<T> & { subscription?: Pair<T> }): T[] => [
  ...[configuration, activation],
  ...(subscription ? [subscription.configuration, subscription.activation] : []),
]

/** In this order, and quiet until the last, which is the point of no return: only it makes the device look. */
export const enforcementSteps = attachSteps
/** In this order, and all quiet: `notify` makes the device look, once it is on the record that the set is detached. */
export const withdrawalSteps = removalSteps
export type EnforcementStep = (typeof enforcementSteps)[number]
export type WithdrawalStep = (typeof withdrawalSteps)[number]
export type DeclarationStep = EnforcementStep | WithdrawalStep

/** How one request that changes something ended. */
export type RequestAnswer = {
  /** When the answer was there, or its absence certain. */
  at: Date
  httpStatus?: number
  /** As received, or the part of it that arrived; at most 64 KiB. */
  body?: string
  /**
   * `done` and `alreadySo` both mean that it is so at the server, and neither that a device learns of it. `refused` is
   * proof that this request changed nothing: the server says so, or not a byte of it was sent. After `unsure` only
   * `read` tells.
   */
  outcome: 'done' | 'alreadySo' | 'refused' | 'unsure'
  reason: string
  /** Set if not a byte of an answer came. */
  noAnswer?: true
}
export type StepAnswer = RequestAnswer & { step: DeclarationStep }

/** A declaration of ours as the server holds it; `body` is its answer. */
export type HeldBytes =
  | { is: 'same' | 'other'; body: string; serverToken?: string }
  | { is: 'absent'; body: string }

/** What the server holds at the moment, read in several requests: another program may change it between two of them. */
export type ServerHolds = {
  ok: true
  at: Date
  configuration: HeldBytes
  activation: HeldBytes
  /** Where the enforcement has one. */
  subscription?: Pair<HeldBytes>
  /** What is in the set of this enforcement; `others` has what a stranger put there. */
  inSet: Pair<boolean> & { subscription?: Pair<boolean>; others: string[] }
  attached: boolean
  /** The other sets of this device, whoever made them. */
  otherSets: HeldSet[]
  /** The identifiers of declarations about software updates in those. */
  foreignUpdates: string[]
  /** How much of the other sets was not looked into: if it is not 0, no absence in them is shown. */
  leftOut: number
}

/** One status report. It is what the device, or whoever reached the server's port, has claimed. */
export type KeptReport =
  | { status: 'read'; bytes: Uint8Array; id: string; at?: Date }
  /** There are not so many reports. */
  | { status: 'none'; reason: string }
  | { status: 'unread'; reason: string; noAnswer?: true }

/**
 * A client of the API by which declarations are kept for devices: of a KMFDDM beside an MDM server, or of the same API
 * in a NanoHUB. None of its functions ever rejects.
 */
export type DeclarationServer = {
  /** As it is called in a sentence. */
  name: string
  version(): Promise<VersionResult>
  tryKey(): Promise<KeyResult>
  /** What it holds for one device, whoever put it there. It says nothing about what has reached the device. */
  sets(enrollmentId: string): Promise<HeldSets | NotRead>
  /** Makes the one request of a step, and never repeats it. One of a status subscription that the set does not have is refused. */
  step(step: DeclarationStep, enforcement: Enforcement): Promise<StepAnswer>
  /** What the server holds of this enforcement, and what else for its device. */
  read(enforcement: Enforcement): Promise<ServerHolds | NotRead>
  /** Asks the server to wake the device; it says that it has, whether or not a command could be queued. */
  notify(enrollmentId: string): Promise<RequestAnswer>
  /** A report that the server has kept; 0 is the newest. */
  statusReport(enrollmentId: string, index: number): Promise<KeptReport>
}
