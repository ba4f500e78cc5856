import type { OsIdentity } from '../device/os-identity'

/** What a check-in of declarative management was about. `unread`: the message could not be read. */
export const declarationEventKinds = [
  'tokens',
  'items',
  'configuration',
  'activation',
  'asset',
  'management',
  'status',
  'other',
  'unread',
] as const
export type DeclarationEventKind = (typeof declarationEventKinds)[number]

export const declarationEventWords: Record<DeclarationEventKind, string> = {
  tokens: 'asked whether its declarations have changed',
  items: 'asked for the list of its declarations',
  configuration: 'asked for a configuration',
  activation: 'asked for an activation',
  asset: 'asked for an asset',
  management: 'asked for a management declaration',
  status: 'sent a status report',
  other: 'used an endpoint that Apple does not document',
  unread: 'sent what could not be read',
}

/** The kinds of declarations, as a path of a fetch names them. */
export const declarationKinds = ['configuration', 'activation', 'asset', 'management'] as const
export type DeclarationKind = (typeof declarationKinds)[number]

/** Why the device did not apply a declaration, or cannot report an item; each part as the device wrote it. */
export type StatusReason = { code?: string; description?: string; details?: string }

/** What the device says of one declaration. Absent parts were not in the report. */
export type DeclarationClaim = {
  kind: DeclarationKind
  identifier: string
  active?: boolean
  /** "valid", "invalid" or "unknown" by the schema; any text is kept. */
  valid?: string
  serverToken?: string
  reasons?: StatusReason[]
  /** The report says that the device has it no more. */
  removed?: true
}

/**
 * What one status report claims, with only the items that it names: a device reports what has changed, so an absent item
 * says nothing. An item that is there and empty is an empty object. Claims are shown and never evidence for an outcome.
 */
export type StatusClaims = {
  /** It has the whole status of the device, not only changes. */
  full?: true
  installState?: string
  installReason?: { reasons: string[]; declaration?: string }
  /** `at` is the text as sent: local, RFC 3339 or with an offset. */
  pending?: { version?: string; build?: string; at?: string }
  failure?: { count?: number; reason?: string; at?: string }
  os?: OsIdentity
  declarations?: DeclarationClaim[]
  /** Items that the device was to report and cannot. */
  notReported?: { item: string; reasons: StatusReason[] }[]
  /** How many declarations, reasons or items are beyond what is kept of one report; the bytes have all. */
  leftOut?: number
}

/** What every place that shows claims says beside them. */
export const claimsNote = 'Reported by the device, not evidence.'

/** A local time without an offset, or an instant. */
export type TargetTime = { local: string } | { instant: Date }

const localForm = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?$/
const offsetForm = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})$/i

/**
 * The time to install by, in the three forms that devices are known or expected to send; undefined for any other text.
 * Two texts with an offset are the same time if their instants are.
 */
export function readTargetTime(text: string): TargetTime | undefined {
  const [, day, clock] = localForm.exec(text.trim()) ?? []
  if (day !== undefined && clock !== undefined) {
    const whole = `${day}T${clock.length === 5 ? `${clock}:00` : clock}`
    return Number.isNaN(Date.parse(`${whole}Z`)) ? undefined : { local: whole }
  }
  const [, date, time, offset] = offsetForm.exec(text.trim()) ?? []
  if (date === undefined || time === undefined || offset === undefined) return undefined
  const zone = /^z$/i.test(offset) ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`
  const instant = new Date(`${date}T${time}${zone}`)
  return Number.isNaN(instant.getTime()) ? undefined : { instant }
}

const stateWords: Readonly<Record<string, string>> = {
  none: 'no update pending',
  waiting: 'waiting to start',
  downloading: 'downloading',
  prepared: 'prepared',
  installing: 'installing',
  failed: 'failed',
}

/** "downloading 18.2 (22C152)". `none` may also mean that a declared update is not downloaded yet, or that it is done. */
function stateInWords(state: string, pending: StatusClaims['pending']): string {
  const word = stateWords[state] ?? `the undocumented state ${quoted(state)}`
  const update = state === 'none' ? undefined : versionInWords(pending)
  return update === undefined ? word : `${word} ${update}`
}

/** "18.2 (22C152)"; undefined if no update is named. */
const versionInWords = (pending: StatusClaims['pending']): string | undefined => {
  const { version, build } = pending ?? {}
  if (version === undefined) return build && `build ${build}`
  return build === undefined ? version : `${version} (${build})`
}

/** Each item in words, in an order that begins with the update. `nameOf` names a declaration and whose it is. */
export function claimsInWords(
  claims: StatusClaims,
  nameOf: (identifier: string) => string = (identifier) => identifier,
): string[] {
  const { installState, pending, installReason, failure, os, declarations, notReported } = claims
  const update = versionInWords(pending)
  return [
    installState === undefined
      ? update === undefined
        ? []
        : `${update} is pending`
      : stateInWords(installState, pending),
    installState === 'none' && update !== undefined ? `${update} is pending` : [],
    pending && update === undefined && pending.at === undefined && installState === undefined
      ? 'no update is pending'
      : [],
    pending?.at === undefined ? [] : `to be installed by ${timeInWords(pending.at)}`,
    reasonInWords(installReason, nameOf),
    failureInWords(failure),
    osInWords(os),
    (declarations ?? []).map((one) => declarationInWords(one, nameOf)),
    declarations?.length === 0 ? 'no declaration on it' : [],
    (notReported ?? []).map(({ item, reasons }) =>
      [`it cannot report ${item}`, reasonsInWords(reasons)].filter(Boolean).join(': '),
    ),
  ].flat()
}

/** The text as sent; a time without an offset is the device's own. */
function timeInWords(text: string): string {
  const time = readTargetTime(text)
  if (time === undefined) return `${quoted(text)}, which is no time in a known form`
  return 'local' in time ? `${text}, local time of the device` : text
}

function reasonInWords(
  reason: StatusClaims['installReason'],
  nameOf: (identifier: string) => string,
): string[] {
  if (!reason) return []
  const { reasons, declaration } = reason
  if (reasons.length === 0 && declaration === undefined) return ['no reason for an update']
  const named = declaration === undefined ? [] : [`declaration ${nameOf(declaration)}`]
  return [`reason ${[...reasons, ...named].join(', ')}`]
}

function failureInWords(failure: StatusClaims['failure']): string[] {
  if (!failure) return []
  const { count, reason, at } = failure
  const times = count === undefined ? 'failed' : count === 0 ? 'no failure' : `failures: ${count}`
  const when = at === undefined ? times : `${times}, the last at ${at}`
  return [reason === undefined ? when : `${when}: ${quoted(reason)}`]
}

function osInWords(os: StatusClaims['os']): string[] {
  if (!os) return []
  const { version, extra, build, supplementalBuild } = os
  const whole = [version, extra].filter(Boolean).join(' ')
  const builds =
    supplementalBuild !== undefined && supplementalBuild !== build
      ? [build, `supplemental build ${supplementalBuild}`]
      : [build]
  const inBrackets = builds.filter(Boolean).join(', ')
  return [`it runs ${[whole, inBrackets && `(${inBrackets})`].filter(Boolean).join(' ')}`]
}

/** "configuration X is active", "configuration X is refused: Error.ConfigurationCannotBeApplied". */
export function declarationInWords(
  { kind, identifier, active, valid, reasons = [], removed }: DeclarationClaim,
  nameOf: (identifier: string) => string = (one) => one,
): string {
  const name = `${kind} ${nameOf(identifier)}`
  if (removed) return `${name} is removed`
  const state =
    valid === 'invalid'
      ? 'is refused'
      : active === undefined
        ? 'is named'
        : active
          ? 'is active'
          : 'is not active'
  const why = reasonsInWords(reasons)
  return why === '' ? `${name} ${state}` : `${name} ${state}: ${why}`
}

const reasonsInWords = (reasons: readonly StatusReason[]): string =>
  reasons
    .map(({ code, description }) => [code, description].filter(Boolean).join(', '))
    .filter(Boolean)
    .join('; ')

const quoted = (text: string): string => JSON.stringify(text)
