import { type ApiRequest, type ApiResponse, isAuthorized, notFound, text } from '../http-exchange'
import {
  addToSet,
  attachSet,
  type Changed,
  type DeclarationStore,
  declarationOf,
  declarationsOfSet,
  deleteDeclaration,
  detachAll,
  detachSet,
  enrollmentsOfSets,
  putDeclaration,
  removeFromSet,
  setsOfDeclaration,
  setsOfEnrollment,
  touchDeclaration,
} from './declaration-store'
import { goIndent, goJson, kindOfJson, rawMembers } from './go-json'
import { notify } from './notify'
import { declarationStatus, statusErrors, statusReport, statusValues } from './status-api'

/** What KMFDDM needs of its surroundings. */
export type KmfddmPorts = {
  store(): DeclarationStore
  keep(store: DeclarationStore): void
  /** `PUT /v1/enqueue/IDS` at the MDM server. KMFDDM logs what becomes of it, and tells no caller. */
  enqueue(ids: readonly string[], plist: string): void
  /** Real time, ms since 1970. */
  now(): number
}

const base = '/v1/'

const jsonLine = (status: number, value: unknown): ApiResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${goJson(value)}\n`,
})

const refused = (status: number, error: string) => jsonLine(status, { error })

const list = (values: readonly string[]) => jsonLine(200, values.length === 0 ? null : values)

const plainHeaders = { 'X-Content-Type-Options': 'nosniff' }
const changed: ApiResponse = {
  status: 204,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...plainHeaders },
  body: '',
}
const unchanged: ApiResponse = { status: 304, headers: plainHeaders, body: '' }
const bare = (status: 204 | 304): ApiResponse => ({ status, headers: {}, body: '' })

/** `nonotify` is on for every value but these. */
const isQuiet = (query: URLSearchParams) =>
  !['', '0', 'false', 'no', 'off'].includes((query.get('nonotify') ?? '').toLowerCase())

/** filekv makes a file of each key, so a name with a slash is refused, and nothing of it is kept. */
const badKey = refused(500, 'txn commit: bad key')

type Call = { ports: KmfddmPorts; request: ApiRequest; name: string }

/** Keeps a change and notifies; a repeat that changes nothing notifies nobody. */
const done = (
  { ports, request }: Call,
  store: Changed,
  ids: (kept: DeclarationStore) => string[],
) => {
  if (!store) return unchanged
  ports.keep(store)
  if (!isQuiet(request.query)) notify(ports, ids(store))
  return changed
}

const concerned = (store: DeclarationStore, identifier: string) =>
  enrollmentsOfSets(store, setsOfDeclaration(store, identifier))

/** Go's decoder takes keys in any letter case; of several, the last counts. */
const memberOf = (members: { key: string; raw: string }[], name: string) =>
  members.findLast(({ key }) => key.toLowerCase() === name.toLowerCase())?.raw

const put = (call: Call): ApiResponse => {
  const members = rawMembers(Buffer.from(call.request.body).toString('utf8'), 'ddm.Declaration')
  if ('error' in members) return refused(400, members.error)
  const texts: Record<string, string> = {}
  for (const field of ['Identifier', 'Type']) {
    const raw = memberOf(members, field) ?? 'null'
    if (raw !== 'null' && !raw.startsWith('"'))
      return refused(
        400,
        `json: cannot unmarshal ${kindOfJson(raw)} into Go struct field Declaration.${field} of type string`,
      )
    texts[field] = String(JSON.parse(raw) ?? '')
  }
  const payload = memberOf(members, 'Payload')
  const { Identifier: identifier, Type: type } = texts
  if (!identifier || !type || payload === undefined) return refused(400, 'invalid declaration')
  if (identifier.includes('/')) return badKey
  const store = putDeclaration(call.ports.store(), { identifier, type, payload })
  return done(call, store, (kept) => concerned(kept, identifier))
}

/** A declaration as KMFDDM shows it to a client and to a device. */
export const shownDeclaration = (store: DeclarationStore, identifier: string) => {
  const found = declarationOf(store, identifier)
  if (!found) return undefined
  const { type, payload, serverToken } = found
  const members = [
    ['Identifier', goJson(identifier)],
    ['Type', goJson(type)],
    ['Payload', payload],
    ['ServerToken', goJson(serverToken)],
  ]
  return goIndent(`{${members.map(([key, raw]) => `"${key}":${raw}`).join(',')}}`)
}

const keyMissing = (identifier: string, key: string) =>
  `declaration not found: getting dcl.${identifier}.${key}: key not found: dcl.${identifier}.${key}`

const get = ({ ports, name }: Call): ApiResponse => {
  const body = shownDeclaration(ports.store(), name)
  return body === undefined
    ? refused(404, keyMissing(name, 'token'))
    : { status: 200, headers: { 'Content-Type': 'application/json' }, body }
}

const remove = ({ ports, name }: Call): ApiResponse => {
  const sets = setsOfDeclaration(ports.store(), name).length
  if (sets > 0) return refused(500, `txn rolled back: declaration is referenced by ${sets} sets`)
  const store = deleteDeclaration(ports.store(), name)
  if (store) ports.keep(store)
  return bare(store ? 204 : 304)
}

const touch = (call: Call): ApiResponse => {
  const found = declarationOf(call.ports.store(), call.name)
  if (!found) return refused(404, `txn rolled back: ${keyMissing(call.name, 'type')}`)
  return done(call, touchDeclaration(call.ports.store(), found), (kept) =>
    concerned(kept, call.name),
  )
}

type SetChange = typeof addToSet

const changeSet =
  (change: SetChange, mustExist: boolean) =>
  (call: Call): ApiResponse => {
    const identifier = call.request.query.get('declaration') ?? ''
    if (identifier === '') return refused(500, 'empty declaration')
    const store = call.ports.store()
    if (mustExist && !declarationOf(store, identifier)) return refused(500, 'declaration not found')
    return done(call, change(store, call.name, identifier), (kept) =>
      enrollmentsOfSets(kept, [call.name]),
    )
  }

const changeEnrollment =
  (change: SetChange) =>
  (call: Call): ApiResponse => {
    const set = call.request.query.get('set') ?? ''
    if (set === '') return refused(500, 'empty set name')
    if (set.includes('/')) return badKey
    return done(call, change(call.ports.store(), call.name, set), () => [call.name])
  }

const notifyAll = ({ ports, request: { query } }: Call): ApiResponse => {
  const store = ports.store()
  notify(ports, [
    ...query.getAll('id'),
    ...enrollmentsOfSets(store, query.getAll('set')),
    ...query.getAll('declaration').flatMap((identifier) => concerned(store, identifier)),
  ])
  return bare(204)
}

type Handler = (call: Call) => ApiResponse
type Route = { path: RegExp; methods: Record<string, Handler> }

/** The routes in KMFDDM's order of methods, which its `Allow` header keeps. */
const routes: readonly Route[] = [
  {
    path: /^declarations$/,
    methods: {
      GET: ({ ports }) => list(Object.keys(ports.store().declarations).toSorted()),
      PUT: put,
    },
  },
  { path: /^declarations\/([^/]+)$/, methods: { GET: get, DELETE: remove } },
  { path: /^declarations\/([^/]+)\/touch$/, methods: { POST: touch } },
  {
    path: /^sets$/,
    methods: { GET: ({ ports }) => list(Object.keys(ports.store().sets).toSorted()) },
  },
  {
    path: /^set-declarations\/([^/]+)$/,
    methods: {
      GET: ({ ports, name }) => list(declarationsOfSet(ports.store(), name)),
      PUT: changeSet(addToSet, true),
      DELETE: changeSet(removeFromSet, false),
    },
  },
  {
    path: /^declaration-sets\/([^/]+)$/,
    methods: { GET: ({ ports, name }) => list(setsOfDeclaration(ports.store(), name)) },
  },
  {
    path: /^enrollment-sets\/([^/]+)$/,
    methods: {
      GET: ({ ports, name }) => list(setsOfEnrollment(ports.store(), name)),
      PUT: changeEnrollment(attachSet),
      DELETE: changeEnrollment(detachSet),
    },
  },
  {
    path: /^enrollment-sets-all\/sets\/([^/]+)$/,
    methods: {
      DELETE: (call) => done(call, detachAll(call.ports.store(), call.name), () => [call.name]),
    },
  },
  { path: /^notify$/, methods: { POST: notifyAll } },
  {
    path: /^declaration-status\/([^/]+)$/,
    methods: { GET: ({ ports, name }) => jsonLine(200, declarationStatus(ports.store(), name)) },
  },
  {
    path: /^status-values\/([^/]+)$/,
    methods: { GET: ({ ports, name }) => jsonLine(200, statusValues(ports.store(), name)) },
  },
  {
    path: /^status-errors\/([^/]+)$/,
    methods: { GET: ({ ports, name }) => jsonLine(200, statusErrors(ports.store(), name)) },
  },
  {
    path: /^status-report\/([^/]+)$/,
    methods: {
      GET: ({ ports, name, request }) => {
        const found = statusReport(ports.store(), name, request.query)
        return 'error' in found ? refused(found.status, found.error) : found
      },
    },
  },
]

/** 405, and 204 for OPTIONS; both without asking for the key. */
const notAllowed = ({ methods }: Route, method: string): ApiResponse => {
  const allowed = Object.keys(methods).flatMap((one) => (one === 'GET' ? ['GET', 'HEAD'] : [one]))
  const headers = { Allow: [...allowed, 'OPTIONS'].join(', ') }
  return method === 'OPTIONS'
    ? { status: 204, headers, body: '' }
    : text(405, 'Method Not Allowed', headers)
}

const unauthorized = text(401, 'Unauthorized', { 'Www-Authenticate': 'Basic realm="kmfddm"' })

/**
 * Answers KMFDDM v0.8.3's API as the captures in `lib/mdm/testdata/kmfddm` show it. 204 is "stored and changed", never
 * "sent": what becomes of a notification is seen by nobody.
 * https://github.com/jessepeterson/kmfddm/tree/v0.8.3/http/api
 */
export function answerKmfddm(ports: KmfddmPorts, apiKey: string, request: ApiRequest): ApiResponse {
  if (request.path === '/version')
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: '{"version":"v0.8.3"}',
    }
  const path = decodeURIComponent(request.path)
  const rest = path.startsWith(base) ? path.slice(base.length) : ''
  const route = routes.find((one) => one.path.test(rest))
  if (!route) return notFound
  const handle = route.methods[request.method === 'HEAD' ? 'GET' : request.method]
  if (!handle) return notAllowed(route, request.method)
  if (!isAuthorized(request.authorization, apiKey, 'kmfddm')) return unauthorized
  return handle({ ports, request, name: route.path.exec(rest)?.[1] ?? '' })
}
