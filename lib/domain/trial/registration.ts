import type { Outcome } from '../outcome/outcome'
import { canonicalJson } from '../signature/canonical-json'
import type { ProtocolPlan } from './protocol'

/** What a registration seals: the plan, the expectation and the prediction, before anything is known about the outcome. */
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
}

/**
 * The text whose SHA-256 is the registration hash; the same registration always gives the same text. Format 1, of trials
 * registered before, had no prediction.
 */
export function canonicalRegistration(registration: Registration): string {
  return canonicalJson({ format: 'oneway-registration-2', ...registration })
}
