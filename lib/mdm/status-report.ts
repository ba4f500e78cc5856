import type {
  DeclarationClaim,
  DeclarationKind,
  StatusClaims,
  StatusReason,
} from '@/lib/domain/declaration/status-claims'
import type { OsIdentity } from '@/lib/domain/device/os-identity'
import { type Oddity, type PlistValue, plistLimits } from './plist/value'
import {
  buildOf,
  flagOf,
  isMissing,
  itemsOf,
  nameOf,
  note,
  type Place,
  rootOf,
  textOf,
  under,
  versionOf,
  wholeOf,
} from './plist-fields'
import { defined } from './reply-header'

/** What is kept of one report besides its bytes. Real ones have a handful of declarations. */
const limits = { declarations: 200, reasons: 10, items: 50, text: 500, identifier: 256 }

export type ReadStatusReport =
  | {
      ok: true
      claims: StatusClaims
      /** The report as a value with types, for the comparison with Apple's documentation. */
      value: PlistValue
      /** Identifiers of the device that the report contains. */
      identity: { udid?: string; serial?: string; model?: string }
      oddities: Oddity[]
    }
  | { ok: false; reason: string }

/**
 * Reads the JSON of a status report leniently: an item of an unexpected type becomes a parser warning and hides no other.
 * Never throws. https://github.com/apple/device-management/blob/b6202ca/declarative/protocol/statusreport.yaml
 */
export function readStatusReport(bytes: Uint8Array): ReadStatusReport {
  const json = parsed(bytes)
  if (json === undefined) return { ok: false, reason: 'it is not JSON in UTF-8' }
  const oddities: Oddity[] = []
  const count = { values: 0 }
  const value = typedOf(json, '', oddities, count, 0)
  if (count.values > plistLimits.values)
    return { ok: false, reason: `it has more than ${plistLimits.values} values` }
  if (value?.type !== 'dict') return { ok: false, reason: 'it is no JSON object' }
  const root = rootOf(value, oddities)
  const items = under(root, 'StatusItems')
  if (items.value?.type !== 'dict') return { ok: false, reason: 'it has no StatusItems' }
  const left = { out: 0 }
  const device = under(items, 'device')
  return {
    ok: true,
    value,
    oddities,
    identity: {
      ...defined('udid', nameOf(under(under(device, 'identifier'), 'udid'))),
      ...defined('serial', nameOf(under(under(device, 'identifier'), 'serial-number'))),
      ...defined('model', nameOf(under(under(device, 'model'), 'identifier'))),
    },
    claims: {
      ...(flagOf(under(root, 'FullReport')) === true && { full: true as const }),
      ...updateClaims(under(items, 'softwareupdate')),
      ...defined('os', osOf(under(device, 'operating-system'))),
      ...defined(
        'declarations',
        declarationsOf(under(under(items, 'management'), 'declarations'), left),
      ),
      ...defined('notReported', notReportedOf(under(root, 'Errors'), left)),
      ...(left.out > 0 && { leftOut: left.out }),
    },
  }
}

const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/**
 * JSON as a value with types. JSON does not tell 1 from 1.0, so a number without a fraction is an integer; a null has no
 * type that Apple documents and is left out with a warning.
 */
function typedOf(
  json: unknown,
  path: string,
  oddities: Oddity[],
  count: { values: number },
  depth: number,
): PlistValue | undefined {
  count.values += 1
  if (count.values > plistLimits.values) return undefined
  if (typeof json === 'string') return { type: 'string', value: clean(json) }
  if (typeof json === 'boolean') return { type: 'boolean', value: json }
  if (typeof json === 'number')
    return { type: Number.isInteger(json) ? 'integer' : 'real', value: json }
  if (typeof json !== 'object' || json === null || depth >= plistLimits.depth) {
    if (oddities.length < limits.items)
      oddities.push({ path, note: json === null ? 'null' : 'nested too deeply to be read' })
    return undefined
  }
  if (Array.isArray(json))
    return {
      type: 'array',
      items: json.flatMap(
        (item, i) => typedOf(item, `${path}[${i}]`, oddities, count, depth + 1) ?? [],
      ),
    }
  const entries = Object.entries(json).flatMap(([key, item]): [string, PlistValue][] => {
    const at = path === '' ? clean(key) : `${path}.${clean(key)}`
    const value = typedOf(item, at, oddities, count, depth + 1)
    return value ? [[clean(key), value]] : []
  })
  return { type: 'dict', entries: new Map(entries) }
}

// PostgreSQL's text refuses NUL, and its jsonb half of a surrogate pair.
const clean = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/\p{Cs}/gu, '\uFFFD')

function updateClaims(update: Place): StatusClaims {
  return {
    ...defined('installState', shortText(under(update, 'install-state'))),
    ...defined('installReason', installReasonOf(under(update, 'install-reason'))),
    ...defined('pending', pendingOf(under(update, 'pending-version'))),
    ...defined('failure', failureOf(under(update, 'failure-reason'))),
  }
}

/** Documented is a dict with an array `reason`; a single text, or the array alone, is read too, with a warning. */
function installReasonOf(place: Place): StatusClaims['installReason'] {
  if (isMissing(place)) return undefined
  if (place.value?.type !== 'dict') {
    const reasons = reasonsIn(place)
    note(place, `${place.value?.type ?? 'nothing'} where dict is documented`)
    return reasons && { reasons }
  }
  const declaration = shortText(under(place, 'declaration-id'), limits.identifier)
  return {
    reasons: reasonsIn(under(place, 'reason')) ?? [],
    ...(declaration ? { declaration } : {}),
  }
}

function reasonsIn(place: Place): string[] | undefined {
  if (isMissing(place)) return undefined
  if (place.value?.type === 'string') return place.value.value === '' ? [] : [place.value.value]
  return itemsOf(place)
    ?.slice(0, limits.items)
    .flatMap((item) => shortText(item) ?? [])
}

/** Empty texts mean that nothing is pending. */
function pendingOf(place: Place): StatusClaims['pending'] {
  if (isMissing(place)) return undefined
  if (place.value?.type !== 'dict') return wrong(place, 'dict')
  const [version, build, at] = ['os-version', 'build-version', 'target-local-date-time'].map(
    (key) => shortText(under(place, key)),
  )
  return { ...(version && { version }), ...(build && { build }), ...(at && { at }) }
}

function failureOf(place: Place): StatusClaims['failure'] {
  if (isMissing(place)) return undefined
  if (place.value?.type !== 'dict') return wrong(place, 'dict')
  const [reason, at] = ['reason', 'timestamp'].map((key) => shortText(under(place, key)))
  return {
    ...defined('count', countOf(under(place, 'count'))),
    ...(reason && { reason }),
    ...(at && { at }),
  }
}

/** A count beyond what a number holds exactly, or below 0, is none. */
function countOf(place: Place): number | undefined {
  const count = wholeOf(place)
  if (count === undefined || (Number.isSafeInteger(count) && count >= 0)) return count
  note(place, 'not understood: no count')
  return undefined
}

function wrong(place: Place, what: string): undefined {
  note(place, `not understood: ${place.value?.type ?? 'nothing'} where ${what} is documented`)
}

function osOf(place: Place): OsIdentity | undefined {
  if (place.value?.type !== 'dict') return undefined
  const supplemental = under(place, 'supplemental')
  const os = {
    ...defined('version', versionOf(under(place, 'version'))),
    ...defined('build', buildOf(under(place, 'build-version'))),
    ...defined('supplementalBuild', buildOf(under(supplemental, 'build-version'))),
    ...defined('extra', letterOf(under(supplemental, 'extra-version'))),
  }
  return Object.keys(os).length === 0 ? undefined : os
}

/** The schema's example is "a", and published data has "(a)"; an empty text means that none is installed. */
function letterOf(place: Place): string | undefined {
  const text = isMissing(place) ? undefined : textOf(place)?.trim()
  if (text === undefined || text === '') return undefined
  const [, letter] = /^\(?([a-z])\)?$/.exec(text) ?? []
  if (letter === undefined) note(place, 'not understood: not a letter such as (a)')
  return letter && `(${letter})`
}

const arrays: Record<string, DeclarationKind> = {
  configurations: 'configuration',
  activations: 'activation',
  assets: 'asset',
  management: 'management',
}

function declarationsOf(place: Place, left: { out: number }): DeclarationClaim[] | undefined {
  if (isMissing(place)) return undefined
  if (place.value?.type !== 'dict') return wrong(place, 'dict')
  const all = Object.entries(arrays).flatMap(([key, kind]) => {
    const list = under(place, key)
    const items = isMissing(list) ? [] : (itemsOf(list) ?? [])
    return items.flatMap((item) => declarationOf(item, kind, left))
  })
  left.out += Math.max(0, all.length - limits.declarations)
  return all.slice(0, limits.declarations)
}

function declarationOf(place: Place, kind: DeclarationKind, left: { out: number }) {
  const identifier = shortText(under(place, 'identifier'), limits.identifier)
  if (!identifier) {
    note(place, 'not understood: a declaration without an identifier')
    return []
  }
  const reasons = reasonsOf(under(place, 'reasons'), left)
  const claim: DeclarationClaim = {
    ...{ kind, identifier },
    ...defined('active', flagOf(under(place, 'active'))),
    ...defined('valid', shortText(under(place, 'valid'))),
    ...defined('serverToken', shortText(under(place, 'server-token'))),
    ...(reasons.length > 0 && { reasons }),
    ...(flagOf(under(place, '_removed')) === true && { removed: true as const }),
  }
  return [claim]
}

/** Spelled `code` in a declaration and `Code` in the report's errors, as the schema has it. */
function reasonsOf(place: Place, left: { out: number }): StatusReason[] {
  const items = isMissing(place) ? [] : (itemsOf(place) ?? [])
  left.out += Math.max(0, items.length - limits.reasons)
  return items.slice(0, limits.reasons).map((item) => {
    const either = (key: string, other: string) =>
      shortText(isMissing(under(item, key)) ? under(item, other) : under(item, key))
    return {
      ...defined('code', either('code', 'Code')),
      ...defined('description', either('description', 'Description')),
      ...defined('details', detailsOf(item)),
    }
  })
}

/** The details are whatever the device put there: kept as one text. */
function detailsOf(item: Place): string | undefined {
  const { value } = isMissing(under(item, 'details'))
    ? under(item, 'Details')
    : under(item, 'details')
  if (value?.type !== 'dict') return undefined
  const texts = [...value.entries].map(
    ([key, one]) => `${key}: ${'value' in one ? String(one.value) : one.type}`,
  )
  return texts.join('; ').slice(0, limits.text) || undefined
}

function notReportedOf(place: Place, left: { out: number }): StatusClaims['notReported'] {
  const items = isMissing(place) ? [] : (itemsOf(place) ?? [])
  left.out += Math.max(0, items.length - limits.items)
  const found = items.slice(0, limits.items).flatMap((item) => {
    const name = shortText(under(item, 'StatusItem'))
    return name ? [{ item: name, reasons: reasonsOf(under(item, 'Reasons'), left) }] : []
  })
  return found.length > 0 ? found : undefined
}

/** A text, cut to what is kept; "" is a text too. */
function shortText(place: Place, max = limits.text): string | undefined {
  const text = isMissing(place) ? undefined : textOf(place)?.trim()
  return text !== undefined && text.length > max ? `${text.slice(0, max - 1)}…` : text
}
