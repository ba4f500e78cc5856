import type { ApiResponse } from '../http-exchange'
import { goTimestamp } from '../webhook'
import type { DeclarationStore } from './declaration-store'
import { declarationOf } from './declaration-store'
import { statusOf } from './status-store'

const stampOf = ({ receivedNs, statusId }: { receivedNs: string; statusId: string }) => ({
  received: goTimestamp(BigInt(receivedNs)),
  status_id: statusId,
})

/** `ids` may name several enrollments; one without entries is left out. */
const perEnrollment = <T>(ids: string, entriesOf: (id: string) => T[]): Record<string, T[]> =>
  Object.fromEntries(
    ids
      .split(',')
      .map((id) => [id, entriesOf(id)] as const)
      .filter(([, entries]) => entries.length > 0),
  )

/** What the newest report that named any declaration says; `current` compares with the token stored now. */
export const declarationStatus = (store: DeclarationStore, ids: string) =>
  perEnrollment(ids, (id) =>
    statusOf(store, id).declarations.map((one) => {
      const { received, status_id } = stampOf(one)
      return {
        identifier: one.identifier,
        active: one.active,
        valid: one.valid,
        'server-token': one.serverToken,
        ManifestType: one.manifestType,
        ReasonsJSON: one.reasons,
        current: declarationOf(store, one.identifier)?.serverToken === one.serverToken,
        status_received: received,
        status_id,
        reasons: one.reasons,
      }
    }),
  )

/** `prefix` has no effect on filekv. */
export const statusValues = (store: DeclarationStore, ids: string) =>
  perEnrollment(ids, (id) =>
    statusOf(store, id).values.map(({ path, value, ...one }) => {
      const { received, status_id } = stampOf(one)
      return { path, value, timestamp: received, status_id }
    }),
  )

export const statusErrors = (store: DeclarationStore, ids: string) =>
  perEnrollment(ids, (id) =>
    statusOf(store, id).errors.map(({ path, error, ...one }) => {
      const { received, status_id } = stampOf(one)
      return { path, error, timestamp: received, status_id }
    }),
  )

const httpDate = (ns: string) => new Date(Number(BigInt(ns) / 1_000_000n)).toUTCString()

/** The report that is `index` reports old, as it was sent. Its header counts from the oldest instead. */
export function statusReport(
  store: DeclarationStore,
  id: string,
  query: URLSearchParams,
): ApiResponse | { status: 400 | 500; error: string } {
  if (query.get('status_id')) return { status: 500, error: 'cannot search by status id' }
  const asked = query.get('index') ?? ''
  if (asked === '') return { status: 500, error: 'empty index' }
  if (!/^[+-]?\d+$/.test(asked))
    return {
      status: 400,
      error: `strconv.ParseInt: parsing ${JSON.stringify(asked)}: invalid syntax`,
    }
  const { reports, dropped } = statusOf(store, id)
  const place = reports.length - 1 - Number(asked)
  const report = reports[place]
  if (reports.length === 0) {
    const key = `rs.${id}.0.raw`
    return { status: 500, error: `getting ${key}: key not found: ${key}` }
  }
  const far = Number(asked) < 0 ? 'too low' : 'too high'
  if (!report) return { status: 500, error: `index out of range: ${far} (${asked})` }
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json',
      'Last-Modified': httpDate(report.receivedNs),
      'X-Status-Report-Id': report.statusId,
      'X-Status-Report-Index': String(dropped + place),
    },
    body: report.raw,
  }
}
