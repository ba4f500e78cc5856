import { canonicalJson } from '../signature/canonical-json'
import type { ProtocolPlan } from './protocol'

/** What a registration seals: the plan and the expectation, before anything is known about the outcome. */
export type Registration = {
  trialId: string
  deviceId: string
  protocolVersionId: string | number
  protocolVersion: number
  plan: ProtocolPlan
  /** What the engineer expects, in words. */
  expectation: string
}

/** The text whose SHA-256 is the registration hash; the same registration always gives the same text. */
export function canonicalRegistration(registration: Registration): string {
  return canonicalJson({ format: 'oneway-registration-1', ...registration })
}
