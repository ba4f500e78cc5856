import { X509Certificate } from 'node:crypto'
import { type Bench, tell } from './bench'
import { type CheckInAnswer, declarativeCheckIn } from './declarative-check-in'
import type { LabState } from './lab-state'
import {
  isEnrolled,
  nextCommand,
  reportError,
  storeAuthenticate,
  storeReport,
  storeTokenUpdate,
} from './nanomdm-store'

/**
 * A message of a device that is not part of this lab and uses its server by the device protocol, as any NanoMDM. The lab
 * takes its messages as they are.
 */
export type VisitorMessage = Said & { payload: Uint8Array; identity: string }

/** The content of a message. */
export type Said = { id: string } & (
  | { kind: 'Authenticate' | 'TokenUpdate' }
  | { kind: 'DeclarativeManagement'; endpoint: string; data: string }
  | { kind: 'Connect'; status: string; commandUuid?: string | undefined }
)

/**
 * The plist of the next command, if there is one, or the answer to a declarative check-in. `refused` is NanoMDM's own
 * reason, for its log only.
 */
export type VisitorAnswer =
  | { next?: string | undefined }
  | { declarative: CheckInAnswer }
  | { refused: string }

/** The SHA-256 of the certificate in the header of `-cert-header`, as escaped PEM or by RFC 9440; undefined if there is none. */
export function identityIn(header: string | undefined): string | undefined {
  if (!header) return undefined
  try {
    const der = /^:([A-Za-z0-9+/=]+):$/.exec(header)?.[1]
    const bytes = der ? Buffer.from(der, 'base64') : decodeURIComponent(header)
    return new X509Certificate(bytes).fingerprint256
  } catch {
    return undefined
  }
}

/**
 * A certificate belongs to the one device that enrolled with it, and a device to it.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/service/certauth/certauth.go
 */
const unknownDeviceReason = (state: LabState, { id, kind, identity }: VisitorMessage) => {
  const { identities = {} } = state
  if (state.devices[id]) return `${id} is a device of this lab, which plays it itself`
  const known = identities[id] === identity
  const taken = Object.entries(identities).some(([other, its]) => other !== id && its === identity)
  if (kind === 'Authenticate')
    return taken ? 'the certificate belongs to another enrolment' : undefined
  return known && isEnrolled(state.store, id) ? undefined : 'the certificate is of no enrolment'
}

/** Handles one message of a visitor: passes it to the webhook, and gives the next command. */
export function receiveVisitor(bench: Bench, message: VisitorMessage): VisitorAnswer {
  const { state } = bench
  const { id: enrollmentId, payload, identity } = message
  const stranger = unknownDeviceReason(state, message)
  if (stranger !== undefined) return { refused: stranger }
  bench.changed = true
  if (message.kind === 'Connect') return receiveReport(bench, message)
  if (message.kind === 'DeclarativeManagement')
    return { declarative: declarativeCheckIn(bench, { ...message, id: enrollmentId }) }
  if (message.kind === 'Authenticate') {
    state.identities = { ...state.identities, [enrollmentId]: identity }
    state.store = storeAuthenticate(state.store, enrollmentId)
    tell(bench, { topic: 'mdm.Authenticate', enrollmentId, payload })
    return {}
  }
  const { store, tally } = storeTokenUpdate(state.store, enrollmentId)
  state.store = store
  tell(bench, { topic: 'mdm.TokenUpdate', enrollmentId, payload, tally })
  return {}
}

/** Handles a report; the webhook gets it even if the storage refuses it. */
const receiveReport = (
  bench: Bench,
  { id: enrollmentId, payload, status, commandUuid }: VisitorMessage & { kind: 'Connect' },
): VisitorAnswer => {
  const { state } = bench
  tell(bench, { topic: 'mdm.Connect', enrollmentId, payload, status, commandUuid })
  if (commandUuid !== undefined && status !== 'Idle') {
    const error = reportError(state.store, commandUuid)
    if (error !== undefined) return { refused: error }
    state.store = storeReport(state.store, enrollmentId, commandUuid, status)
  }
  return { next: nextCommand(state.store, enrollmentId, status === 'NotNow')?.raw }
}
