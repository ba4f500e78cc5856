import { createHash } from 'node:crypto'
import type {
  DeclarationStatus,
  DeclarationStore,
  EnrollmentStatus,
  StatusError,
  StatusValue,
} from './declaration-store'

/** How many reports of a device the lab keeps, and how much of them, so that its saved state stays small. */
const maxReports = 200
const maxCharacters = 20_000_000

/** How many of the oldest reports are dropped; the newest stays, however long it is. */
const countExtra = (reports: readonly { raw: string }[]): number => {
  let [kept, characters] = [0, 0]
  for (const { raw } of reports.toReversed()) {
    characters += raw.length
    if (kept > 0 && (kept === maxReports || characters > maxCharacters)) break
    kept += 1
  }
  return reports.length - kept
}

const noStatus: EnrollmentStatus = {
  dropped: 0,
  reports: [],
  declarations: [],
  values: [],
  errors: [],
}

export const statusOf = (store: DeclarationStore, id: string): EnrollmentStatus =>
  Object.hasOwn(store.status, id) ? (store.status[id] ?? noStatus) : noStatus

type Json = { [key: string]: unknown }

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const under = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), value)

const listIn = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter((item) => isObject(item)) : []

const textIn = (value: unknown) => (typeof value === 'string' ? value : '')

type Stamp = { receivedNs: string; statusId: string }

const manifestTypes = ['activations', 'assets', 'configurations', 'management'] as const

const declarationsIn = (report: unknown, stamp: Stamp): DeclarationStatus[] =>
  manifestTypes.flatMap((manifestType) =>
    listIn(under(report, 'StatusItems', 'management', 'declarations', manifestType)).map(
      (item) => ({
        identifier: textIn(item.identifier),
        active: item.active === true,
        valid: textIn(item.valid),
        serverToken: textIn(item['server-token']),
        manifestType,
        ...(Array.isArray(item.reasons) && item.reasons.length > 0
          ? { reasons: item.reasons }
          : {}),
        ...stamp,
      }),
    ),
  )

const flattened = (value: unknown, path: string): { path: string; value: string }[] => {
  if (Array.isArray(value)) return value.flatMap((item) => flattened(item, path))
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => flattened(item, `${path}.${key}`))
  return [{ path, value: String(value) }]
}

/** Only what is below `device` and `management` is kept, and of that not the declarations (ddm/status.go). */
const valuesIn = (report: unknown, stamp: Stamp): StatusValue[] => {
  const management = under(report, 'StatusItems', 'management')
  const { declarations: _elsewhere, ...rest } = isObject(management) ? management : {}
  return [
    ...flattened(rest, '.StatusItems.management'),
    ...flattened(under(report, 'StatusItems', 'device') ?? {}, '.StatusItems.device'),
  ].map((one) => ({ ...one, ...stamp }))
}

const isBad = ({ active, valid }: Json) => active !== true && valid !== 'valid'

const sorted = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))

const errorsIn = (report: unknown, stamp: Stamp): StatusError[] => [
  ...manifestTypes.flatMap((kind) =>
    listIn(under(report, 'StatusItems', 'management', 'declarations', kind))
      .filter(isBad)
      .map((item) => ({
        path: `.StatusItems.management.declarations.${kind}`,
        error: sorted(item),
        ...stamp,
      })),
  ),
  ...listIn(under(report, 'Errors')).map((item) => ({
    path: '.Errors',
    error: sorted(item),
    ...stamp,
  })),
]

/** A value is known by path and value: a new OS version stands beside the old one (declarations of KMFDDM, status). */
const withValues = (before: readonly StatusValue[], found: readonly StatusValue[]) => [
  ...before.filter(
    (old) => !found.some(({ path, value }) => path === old.path && value === old.value),
  ),
  ...found,
]

/** The store with a status report; undefined for one that is not a JSON object, which is answered 500. */
export function storeStatus(
  store: DeclarationStore,
  id: string,
  raw: string,
  receivedNs: string,
): DeclarationStore | undefined {
  let report: unknown
  try {
    report = JSON.parse(raw)
  } catch {
    return undefined
  }
  if (!isObject(report)) return undefined
  const before = statusOf(store, id)
  const count = before.dropped + before.reports.length
  const statusId = createHash('sha256')
    .update(`${id}\n${count}\n${receivedNs}`)
    .digest('hex')
    .slice(0, 16)
  const stamp = { receivedNs, statusId }
  const named = declarationsIn(report, stamp)
  const reports = [...before.reports, { ...stamp, raw }]
  const extra = countExtra(reports)
  const after: EnrollmentStatus = {
    dropped: before.dropped + extra,
    reports: reports.slice(extra),
    declarations: named.length > 0 ? named : before.declarations,
    values: withValues(before.values, valuesIn(report, stamp)),
    errors: [...before.errors, ...errorsIn(report, stamp)].slice(-maxReports),
  }
  return { ...store, status: { ...store.status, [id]: after } }
}
