import { environments } from '@/lib/domain/device/device'
import { paths, withParams } from '@/lib/paths'
import { findPages } from '../access/found'
import { addressOf } from '../access/http-lab'
import { whoMay } from '../access/matrix'
import { pages } from '../access/matrix-app'
import type { Records } from './records'

/** A page in one state; failures name both. */
export type Place = { file: string; state: string; address: string }

/** Pages that need no session; /set-up exists only while nobody can sign in. */
export const withoutSession = Object.keys(pages).filter((file) => pages[file] === 'unasked')

const inBoth = (address: string) =>
  Object.fromEntries(environments.map((one) => [one, withParams(address, { environment: one })]))

const each = (ids: Record<string, string>, addressFor: (id: string) => string) =>
  Object.fromEntries(Object.entries(ids).map(([state, id]) => [state, addressFor(id)]))

/** Pages to check in several states; all others are checked once. */
const states: Record<string, (records: Records) => Record<string, string>> = {
  'app/page.tsx': () => inBoth(paths.home()),
  'app/trials/page.tsx': () => inBoth(paths.trials()),
  'app/devices/page.tsx': () => inBoth(paths.devices()),
  'app/devices/labels/page.tsx': () => ({
    ...inBoth(paths.deviceLabels()),
    sheet: paths.deviceLabels({ size: 'a4', environment: 'simulated' }),
  }),
  'app/outcomes/page.tsx': () => ({
    ...inBoth(paths.outcomes()),
    'two groups': paths.outcomes({
      ...{ environment: 'simulated', interval: 'exact' },
      ...{ by: 'platform', first: 'iOS', second: 'tvOS' },
    }),
    'an observation counted': paths.outcomes({
      ...{ environment: 'simulated', count: 'observation:promptShown', interval: 'exact' },
    }),
  }),
  'app/outcomes/survival/page.tsx': () => ({
    ...inBoth(paths.survival()),
    'two groups': paths.survival({
      ...{ environment: 'simulated', event: 'prompted' },
      ...{ by: 'platform', first: 'iOS', second: 'tvOS' },
    }),
  }),
  'app/outcomes/predictions/page.tsx': () => inBoth(paths.predictions()),
  'app/outcomes/flow/page.tsx': () => inBoth(paths.flow()),
  'app/outcomes/agreement/page.tsx': () => inBoth(paths.agreement()),
  'app/protocols/[id]/page.tsx': ({ protocol, armProtocol }) => ({
    '': paths.protocol(protocol),
    'with arms': paths.protocol(armProtocol),
  }),
  'app/protocols/[id]/edit/page.tsx': ({ protocol, armProtocol }) => ({
    '': paths.protocolEdit(protocol),
    'with arms': paths.protocolEdit(armProtocol),
  }),
  'app/protocols/[id]/arms/page.tsx': ({ protocol, armProtocol }) => ({
    'without arms': paths.protocolArms(protocol),
    ...inBoth(paths.protocolArms(armProtocol)),
  }),
  'app/claims/page.tsx': () => inBoth(paths.claims()),
  'app/contradictions/page.tsx': () => inBoth(paths.contradictions()),
  'app/plan/page.tsx': () => ({
    ...inBoth(paths.plan()),
    'narrowed, a weight ignored': paths.plan({ platform: 'iOS', urgency: 'much' }),
  }),
  'app/plan/budget/page.tsx': () => ({
    ...inBoth(paths.planBudget()),
    'a value ignored': paths.planBudget({ environment: 'simulated', ends: 'soon' }),
  }),
  'app/plan/calendar/page.tsx': () => ({
    ...inBoth(paths.planCalendar()),
    'a month, a value ignored': paths.planCalendar({ span: 'month', day: 'soon' }),
  }),
  'app/plan/queue/page.tsx': () => inBoth(paths.planQueue()),
  'app/plan/procurement/page.tsx': () => inBoth(paths.planProcurement()),
  'app/releases/page.tsx': () => ({
    ...inBoth(paths.releases()),
    'narrowed, a filter ignored': paths.releases({ version: '12', class: 'Phone' }),
  }),
  'app/known-issues/page.tsx': () => ({ '': paths.knownIssues() }),
  'app/known-issues/record/page.tsx': () => ({ '': paths.knownIssueRecord() }),
  'app/radars/page.tsx': () => inBoth(paths.radars()),
  'app/radars/calendar/page.tsx': () => inBoth(paths.radarCalendar()),
  'app/radars/[id]/page.tsx': ({ radars }) => each(radars, (id) => paths.radar(id)),
  'app/radars/new/page.tsx': ({ trials }) => ({
    'from a trial': paths.radarNew({ trial: trials.locked }),
    'without a trial': paths.radarNew({ environment: 'real' }),
  }),
  'app/notices/page.tsx': () => ({
    all: paths.notices(),
    'given up': paths.notices({ state: 'givenUp' }),
    'none of them': paths.notices({ state: 'discarded' }),
  }),
  'app/events/page.tsx': () => inBoth(paths.events()),
  'app/trials/[id]/page.tsx': ({ trials }) => ({
    ...each(trials, (id) => paths.trial(id)),
    history: paths.trial(trials.locked ?? '', { asOf: new Date().toISOString() }),
  }),
  'app/trials/[id]/report/page.tsx': ({ trials }) => each(trials, (id) => paths.trialReport(id)),
  'app/reports/share/page.tsx': ({ trials }) => ({
    'a locked trial': paths.reportShare({ trial: trials.locked ?? '' }),
    'no report': paths.reportShare(),
  }),
  'app/reports/for-other-labs/page.tsx': () => ({
    ...inBoth(paths.labReport()),
    'nothing in it': paths.labReport({ environment: 'simulated', version: '99.9' }),
  }),
  'app/reports/freeze/page.tsx': () => ({
    ...inBoth(paths.reportFreeze()),
    'nothing in it': paths.reportFreeze({ environment: 'simulated', version: '99.9' }),
  }),
  'app/devices/[id]/page.tsx': ({ devices }) => ({
    ...each(devices, (id) => paths.device(id)),
    history: paths.device(devices['with an alarm'] ?? '', { asOf: new Date().toISOString() }),
  }),
  'app/events/[id]/page.tsx': ({ events }) => each(events, paths.event),
  'app/sign-in/page.tsx': () => ({
    '': paths.signIn(),
    'session ended': paths.signIn(paths.devices(), 'The provider refused it.', true),
  }),
  'app/one-time-link/page.tsx': ({ linkToken }) => ({
    'no link': '/one-time-link',
    invitation: paths.oneTimeLink(linkToken),
  }),
}

/**
 * Every page of app/, in the states above.
 * @throws Error for a page whose address has a `[segment]` without a value
 */
export function listPlaces(records: Records): Place[] {
  const { trials, devices, events, radars, claim, protocol, server, noticeTarget } = records
  const ids = {
    ...{ device: devices.real ?? '', trial: trials.armed ?? '' },
    ...{ event: events.read ?? '', radar: radars.draft ?? '', protocol, server },
    ...{ noticeTarget, claim, report: '', token: '' },
  }
  return findPages().flatMap((file) =>
    Object.entries(states[file]?.(records) ?? { '': addressOf(file, ids) }).map(
      ([state, address]) => ({ file, state, address }),
    ),
  )
}

/** Whether somebody with this role sees that page. */
export function sees(role: string, file: string): boolean {
  const permission = pages[file]
  if (permission === undefined) throw new Error(`${file} has no row in e2e/access/matrix-app.ts`)
  return permission !== 'unasked' && (whoMay[permission] ?? []).some((one) => one === role)
}
