import type { Outcome } from '../outcome/outcome'
import { canonicalJson } from '../signature/canonical-json'
import type { ArmMethod } from './arms'
import type { ProtocolPlan } from './protocol'

/** The arm of a trial and how it got it. Of a random one the place in its list, and the hash of the seed of the list. */
export type RegisteredArm = {
  arm: string
  method: ArmMethod
  reason: string | null
  stratum: string | null
  block: number | null
  position: number | null
  seedSha256: string | null
}

/** What a registration seals: plan, arm, expectation and prediction, before anything is known about the outcome. */
export type Registration = {
  trialId: string
  deviceId: string
  protocolVersionId: string | number
  protocolVersion: number
  plan: ProtocolPlan
  /** What the engineer expects, in words. */
  expectation: string
  /** The outcomes of which one is expected; null where none was predicted. */
  prediction: readonly Outcome[] | null
  /** Null in a protocol without arms. */
  arm: RegisteredArm | null
}

/**
 * The text whose SHA-256 is the registration hash; the same registration always gives the same text. In older
 * registrations format 2 had no arm, and format 1 no prediction either.
 */
export function canonicalRegistration(registration: Registration): string {
  return canonicalJson({ format: 'oneway-registration-3', ...registration })
}
