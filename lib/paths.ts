import type { Environment } from './domain/device/device'

export type Params = Record<string, string | number | boolean | undefined | null>

/** A path with search params; undefined, null and empty values are left out. */
export function withParams(path: string, params: Params): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  const query = search.toString()
  return query === '' ? path : `${path}?${query}`
}

const part = encodeURIComponent

/** Every path of the app; all links are built here. */
export const paths = {
  home: (filter: Params = {}) => withParams('/', filter),
  devices: (filter: Params = {}) => withParams('/devices', filter),
  /** `asOf` shows it as it was at an instant, in UTC. */
  device: (id: string, given: { asOf?: string | undefined } = {}) =>
    withParams(`/devices/${part(id)}`, given),
  deviceEdit: (id: string) => `/devices/${part(id)}/edit`,
  /** Books a trial on it. */
  deviceBook: (id: string) => `/devices/${part(id)}/book`,
  deviceReadings: (id: string, field: string, place: Params = {}) =>
    withParams(`/devices/${part(id)}/readings/${part(field)}`, place),
  /** `run` opens one of them. */
  queryRuns: (place: Params = {}) => withParams('/devices/query-runs', place),
  /** What the code on its label leads to: bench mode of its live trial, or the device. */
  deviceBench: (id: string) => `/devices/${part(id)}/bench`,
  /** Labels to print: of the devices with these `id`s, or of those that the filters of the list find. */
  deviceLabels: (given: Params = {}) => withParams('/devices/labels', given),
  deviceNew: () => '/devices/new',
  /** The lab's own fields of devices. */
  customFields: () => '/devices/fields',
  /** `field` changes one; without it a new one is defined. */
  customFieldEdit: (given: { field?: string | undefined } = {}) =>
    withParams('/devices/fields/edit', given),
  deviceImport: () => '/devices/import',
  trials: (filter: Params = {}) => withParams('/trials', filter),
  /** `ask` names the field of a review's question; `asOf` shows it as it was at an instant, in UTC. */
  /** `view` opens the bench mode or the full record, whatever the width. */
  trial: (
    id: string,
    given: {
      ask?: string | undefined
      asOf?: string | undefined
      view?: 'bench' | 'record' | undefined
    } = {},
  ) => withParams(`/trials/${part(id)}`, given),
  /** What this browser has kept of trials, for when there is no connection. */
  trialsOffline: () => '/trials/offline',
  trialNew: (given: { deviceId?: string | undefined; protocolId?: string | undefined } = {}) =>
    withParams('/trials/new', given),
  /** Commands that may have been sent. */
  unconfirmed: (filter: Params = {}) => withParams('/trials/unconfirmed', filter),
  /** One raw reply of a trial, to be shown; `as: 'file'` gives its bytes. */
  trialReply: (id: string, eventId: number, form: { as?: 'file' } = {}) =>
    withParams(`/trials/${part(id)}/replies/${eventId}`, form),
  /** Files that arrive for a trial, by the tus protocol. */
  uploads: (trialId: string) => `/api/trials/${part(trialId)}/uploads`,
  /** A photo or recording; `preview` is a smaller picture of it, and the others leave the lab, which the trail records. */
  attachment: (
    trialId: string,
    id: number,
    form: { as?: 'preview' | 'file' | 'withoutPlace' } = {},
  ) => withParams(`/trials/${part(trialId)}/attachments/${id}`, form),
  /** The complete copy of a trial with its audit trail; JSON by default. */
  trialCopy: (id: string, form: { as?: 'text' } = {}) =>
    withParams(`/trials/${part(id)}/copy`, form),
  /** The report of a trial, to read and to print. */
  trialReport: (id: string) => `/trials/${part(id)}/report`,
  trialReportFile: (id: string, as: 'json' | 'pdf') =>
    withParams(`/trials/${part(id)}/report/file`, { as }),
  /** Frozen reports, and what a file of one is. */
  reports: () => '/reports',
  /** Freezes the trials of a list under these filters. */
  reportFreeze: (filter: Params = {}) => withParams('/reports/freeze', filter),
  /** Chooses which trials of a list other labs may have, and what of them. */
  labReport: (filter: Params = {}) => withParams('/reports/for-other-labs', filter),
  /** The reports that other labs sent. */
  otherLabs: () => '/reports/other-labs',
  /** Reads a file of another lab; with its SHA-256 and a name for the lab it is imported. */
  otherLabFile: (about: Params = {}) => withParams('/reports/other-labs/file', about),
  frozenFile: (id: string) => `/reports/${part(id)}/file`,
  verifyReport: (name?: string) => withParams('/reports/verify', { name }),
  protocols: (filter: Params = {}) => withParams('/protocols', filter),
  protocol: (id: string) => `/protocols/${part(id)}`,
  protocolEdit: (id: string) => `/protocols/${part(id)}/edit`,
  protocolNew: (given: Params = {}) => withParams('/protocols/new', given),
  protocolFile: (id: string, given: Params = {}) =>
    withParams(`/protocols/${part(id)}/file`, given),
  protocolCompare: (id: string, versions: Params = {}) =>
    withParams(`/protocols/${part(id)}/compare`, versions),
  protocolArms: (id: string, given: Params = {}) =>
    withParams(`/protocols/${part(id)}/arms`, given),
  outcomes: (filter: Params = {}) => withParams('/outcomes', filter),
  /** What is known from which version to which, and what to run next. */
  plan: (view: Params = {}) => withParams('/plan', view),
  planBudget: (view: Params = {}) => withParams('/plan/budget', view),
  /** Bookings, reservations, live trials and fixes to check, of the lab or of one device. */
  planCalendar: (view: Params = {}) => withParams('/plan/calendar', view),
  planCalendarFile: (view: Params = {}) => withParams('/plan/calendar.ics', view),
  /** Who waits for which device. */
  planQueue: (view: Params = {}) => withParams('/plan/queue', view),
  exportBookings: (view: Params = {}) => withParams('/api/exports/bookings', view),
  planProcurement: (view: Params = {}) => withParams('/plan/procurement', view),
  survival: (filter: Params = {}) => withParams('/outcomes/survival', filter),
  predictions: (filter: Params = {}) => withParams('/outcomes/predictions', filter),
  flow: (filter: Params = {}) => withParams('/outcomes/flow', filter),
  agreement: (filter: Params = {}) => withParams('/outcomes/agreement', filter),
  /** Saved filters of trials and outcomes; `open` leads on to one of them. */
  views: (given: { open?: string } = {}) => withParams('/views', given),
  releases: (filter: Params = {}) => withParams('/releases', filter),
  releaseImport: () => '/releases/import',
  claims: (filter: Params = {}) => withParams('/claims', filter),
  claim: (id: string, filter: Params = {}) => withParams(`/claims/${part(id)}`, filter),
  claimEdit: (id: string) => `/claims/${part(id)}/edit`,
  claimNew: () => '/claims/new',
  contradictions: (filter: Params = {}) => withParams('/contradictions', filter),
  radars: (filter: Params = {}) => withParams('/radars', filter),
  radarCalendar: (filter: Params = {}) => withParams('/radars/calendar', filter),
  radarCalendarFile: (filter: Params = {}) => withParams('/radars/calendar.ics', filter),
  radar: (id: string) => `/radars/${part(id)}`,
  radarEdit: (id: string) => `/radars/${part(id)}/edit`,
  /** Written from a contradiction or a trial; in an environment where it is from neither. */
  radarNew: (from: Params = {}) => withParams('/radars/new', from),
  events: (filter: Params = {}) => withParams('/events', filter),
  event: (id: string | number) => `/events/${part(id)}`,
  /** The bytes as received: of the whole body, or of the device's payload in it. */
  eventBytes: (id: number, of: 'body' | 'payload') => withParams(`/events/${id}/bytes`, { of }),
  knownIssues: () => '/known-issues',
  /** `issue` changes or ends one in force; without it a new one is recorded. */
  knownIssueRecord: (given: { issue?: number | undefined } = {}) =>
    withParams('/known-issues/record', given),
  lab: () => '/lab',
  settings: () => '/settings',
  /** Receivers of notices, and the deliveries to them. */
  notices: (filter: Params = {}) => withParams('/notices', filter),
  noticeTarget: (id: string) => `/notices/${part(id)}`,
  noticeTargetNew: () => '/notices/new',
  audit: (filter: Params = {}) => withParams('/audit', filter),
  verifyTrail: () => '/api/audit/verify',
  exportTrail: (form: Params = {}) => withParams('/api/audit', form),
  people: () => '/people',
  mail: () => '/people/mail',
  account: () => '/account',
  /** A one-time link; its token follows the `#`, so browsers do not send it and servers do not log it. */
  oneTimeLink: (token: string) => `/one-time-link#${part(token)}`,
  apiKeys: () => '/account/keys',
  servers: () => '/servers',
  server: (id: string) => `/servers/${part(id)}`,
  serverNew: () => '/servers/new',
  /** `ended`: the page says that the session has ended. */
  signIn: (next?: string, problem?: string, ended?: boolean) =>
    withParams('/sign-in', { next, problem, ended: ended ? 1 : undefined }),
  /** The page after single sign-on, which continues by itself. */
  signedIn: (next: string) => withParams('/sign-in', { done: 1, next }),
  setUp: () => '/set-up',
  exportDevices: (filter: Params = {}) => withParams('/api/exports/devices', filter),
  /** Makes a share link of a trial's report or of a frozen one. */
  reportShare: (of?: { trial: string } | { frozen: string }) =>
    withParams('/reports/share', of ?? {}),
  /** A shared report, for people without an account. */
  shared: (token: string, as?: 'json') => withParams(`/shared/${part(token)}`, { as }),
  exportTrials: (filter: Params = {}) => withParams('/api/exports/trials', filter),
  exportObservations: (filter: Params = {}) => withParams('/api/exports/observations', filter),
  exportSteps: (filter: Params = {}) => withParams('/api/exports/steps', filter),
  exportDeviations: (filter: Params = {}) => withParams('/api/exports/deviations', filter),
  exportReplies: (filter: Params = {}) => withParams('/api/exports/replies', filter),
  exportCurves: (filter: Params = {}) => withParams('/api/exports/curves', filter),
  exportSurvival: (filter: Params = {}) => withParams('/api/exports/survival', filter),
  exportOutcomes: (filter: Params = {}) => withParams('/api/exports/outcomes', filter),
  exportBurnDown: (view: Params = {}) => withParams('/api/exports/burn-down', view),
  exportBudget: (view: Params = {}) => withParams('/api/exports/budget', view),
  exportProcurement: (view: Params = {}) => withParams('/api/exports/procurement', view),
  exportAgreement: (filter: Params = {}) => withParams('/api/exports/agreement', filter),
  exportPredictions: (filter: Params = {}) => withParams('/api/exports/predictions', filter),
  exportClaims: (filter: Params = {}) => withParams('/api/exports/claims', filter),
  exportFlow: (filter: Params = {}) => withParams('/api/exports/flow', filter),
  /** `bom: 1` on any of these puts a byte order mark in front, for Excel. */
  exportDictionary: (form: Params = {}) => withParams('/api/exports/dictionary', form),
  waiting: (filter: Params = {}) => withParams('/api/waiting', filter),
  virtualLab: () => '/api/virtual-lab',
  webhook: (slug: string, token?: string) => withParams(`/api/webhook/${part(slug)}`, { token }),
  /** `lists`: names of lib/domain/live.ts with commas between them. */
  liveEvents: (
    about: {
      trialId?: string | undefined
      deviceId?: string | undefined
      lists?: string | undefined
      since?: string | undefined
    } = {},
  ) => withParams('/api/events', about),
}

/** The same page in the other environment, every other filter kept; the place in a list is not, as it names a row of this one. */
export function inEnvironment(pathname: string, search: string, environment: Environment): string {
  const params = new URLSearchParams(search)
  for (const cursor of ['after', 'before', 'cursor', 'page']) params.delete(cursor)
  return withParams(pathname, { ...Object.fromEntries(params), environment })
}

/** A path of this site to return to, or the home page; never another site, whatever the query says. */
export function sameSitePath(wanted: string | undefined): string {
  if (!wanted?.startsWith('/') || wanted.includes('\\')) return paths.home()
  const base = 'http://same.site'
  const url = URL.parse(wanted, base)
  if (url?.origin !== base || url.pathname.startsWith('//')) return paths.home()
  return `${url.pathname}${url.search}${url.hash}`
}

/** The page that sign-in leads back to, from the address a browser was at; null where it names none. */
export function pathToReturnTo(referrer: string | null): string | null {
  const from = URL.parse(referrer ?? '')
  if (!from) return null
  return from.pathname === paths.signIn()
    ? from.searchParams.get('next')
    : from.pathname + from.search
}
