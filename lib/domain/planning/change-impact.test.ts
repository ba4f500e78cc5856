import { expect, test } from 'vitest'
import { catalogueChanges } from '../catalogue/changes'
import type { Listing, Signing } from '../catalogue/feed'
import type { Catalogue } from '../catalogue/sourced'
import { impactsOf, type KeptDevice, type PlannedTrial } from './change-impact'

const today = '2026-11-29'
const phone = 'iPhone14,2'
const models = new Set([phone, 'iPad13,1'])
const day = (text: string) => ({ text, precision: 'day' as const })
const source = { kind: 'pmv', readOn: '2026-11-20' } as const
const listing = (version: string, until?: string, devices = [phone]): Listing => ({
  ...{ family: 'iOS', version, devices, set: 'managed' },
  ...(until && { until: day(until) }),
})
const signing = (version: string, signed: boolean): Signing => ({
  ...{ family: 'iOS', version, build: `build ${version}`, devices: [phone], signed },
})
const copy = (listings: Listing[], signings: Signing[] = []): Catalogue => ({
  listings: listings.map((one) => ({ ...one, source })),
  signings: signings.map((one) => ({ ...one, source: { ...source, kind: 'ipswDevice' } })),
  ...{ releases: [], names: new Map(), listReadOn: '2026-11-20' },
})
const changesOf = (before: Catalogue, after: Catalogue) =>
  catalogueChanges(before, after, models, today)
const inShort = (before: Catalogue, after: Catalogue) =>
  changesOf(before, after).map(({ kind, version }) => `${kind} ${version}`)

test('a target that the list no longer has, or whose end has passed, is gone', () => {
  const before = copy([listing('26.5', '2026-11-25'), listing('26.4'), listing('26.6')])
  expect(inShort(before, copy([listing('26.5', '2026-11-25'), listing('26.6')]))).toEqual([
    'gone 26.5',
    'gone 26.4',
  ])
  // It had ended when the copy before was read.
  expect(inShort(copy([listing('26.5', '2026-11-19')]), copy([]))).toEqual([])
})

test('an end that moves, a new target and a signature that ends are changes; the same copy has none', () => {
  const before = copy([listing('26.5', '2026-12-20')], [signing('26.4', true)])
  const changes = (...after: Parameters<typeof copy>) => inShort(before, copy(...after))
  expect(changes([listing('26.5', '2026-12-01')])).toEqual(['sooner 26.5'])
  expect(changes([listing('26.5', '2027-01-01')])).toEqual(['later 26.5'])
  expect(changes([listing('26.5')])).toEqual(['later 26.5'])
  expect(changes([listing('26.5', '2026-12-20'), listing('26.6')])).toEqual(['new 26.6'])
  expect(changes([listing('26.5', '2026-12-20')], [signing('26.4', false)])).toEqual([
    'unsigned 26.4',
  ])
  expect(inShort(before, before)).toEqual([])
})

test('models are compared one by one: another group’s row says nothing of this one', () => {
  const both = [phone, 'iPad13,1', 'iPhone99,1']
  const [change, ...more] = changesOf(
    copy([listing('26.5', '2026-12-20', both)]),
    copy([listing('26.5', '2026-12-20', [phone]), listing('26.5', '2026-12-01', ['iPad13,1'])]),
  )
  expect(change).toMatchObject({ kind: 'sooner', models: ['iPad13,1'] })
  expect(more).toEqual([])
})

test('of several rows for one model the longest counts', () => {
  const rows = [listing('26.5', '2026-12-20'), listing('26.5', '2026-12-01')]
  expect(inShort(copy(rows), copy(rows.toReversed()))).toEqual([])
  expect(inShort(copy([...rows, listing('26.5')]), copy(rows))).toEqual(['sooner 26.5'])
})

test('without a copy before, or without one now, nothing of the list has changed', () => {
  const { listReadOn: _, ...none } = copy([])
  expect(inShort(none, copy([listing('26.5')]))).toEqual([])
  expect(inShort(copy([listing('26.5')]), none)).toEqual([])
})

const kept: KeptDevice = {
  ...{ deviceId: 'd1', labTag: 'A-1', modelIdentifier: phone, version: '26.4', reason: 'R-4' },
}
const trial: PlannedTrial = { ...kept, id: 't1', number: 7, state: 'armed', target: '26.5' }
const radar = {
  ...{ id: 'r1', number: 4, models: new Map([['d1', phone]]) },
  plan: {
    verifiable: { state: 'known' as const, on: '2026-11-01', target: '26.5' },
    devices: [{ device: 'd1', labTag: 'A-1', hop: undefined, suggestReservation: true }],
  },
}
const touchedBy = (
  before: Catalogue,
  after: Catalogue,
  lab: Partial<Parameters<typeof impactsOf>[1]>,
) =>
  impactsOf(changesOf(before, after), { kept: [], trials: [], radars: [], ...lab }).map((one) => [
    one.change.version,
    one.kept.length,
    one.trials.length,
    one.radars.length,
  ])

test('a lost target touches what is kept for it, what is planned to it and what is checked with it', () => {
  const [before, after] = [copy([listing('26.5'), listing('26.3')]), copy([])]
  const lab = { kept: [kept], trials: [trial], radars: [radar] }
  // 26.3 lies below the device, and nothing is planned to it.
  expect(touchedBy(before, after, lab)).toEqual([
    ['26.5', 1, 1, 1],
    ['26.3', 0, 0, 0],
  ])
  const other = { ...kept, modelIdentifier: 'iPad13,1' }
  expect(touchedBy(before, after, { kept: [other] })[0]).toEqual(['26.5', 0, 0, 0])
  const any = [
    { ...trial, target: null },
    { ...trial, target: '26.6' },
  ]
  expect(touchedBy(before, after, { trials: any })[0]).toEqual(['26.5', 0, 1, 0])
  const unknown = [{ ...kept, version: null }]
  expect(touchedBy(before, after, { kept: unknown })).toEqual([
    ['26.5', 1, 0, 0],
    ['26.3', 1, 0, 0],
  ])
})

test('a hop that takes a device to a fix rests on its target', () => {
  const hop = { from: '26.4', to: '26.5', observesBug: true }
  const plan = {
    verifiable: { state: 'unknown' as const, reason: 'none' },
    devices: [{ device: 'd1', labTag: 'A-1', hop, suggestReservation: true }],
  }
  const lab = { radars: [{ ...radar, plan }] }
  expect(touchedBy(copy([listing('26.5')]), copy([]), lab)).toEqual([['26.5', 0, 0, 1]])
  expect(touchedBy(copy([listing('26.6')]), copy([]), lab)).toEqual([['26.6', 0, 0, 0]])
})

test('a restore image that is no longer signed touches devices that run its version', () => {
  const [before, after] = [copy([], [signing('26.4', true)]), copy([], [signing('26.4', false)])]
  expect(touchedBy(before, after, { kept: [kept], trials: [trial], radars: [radar] })).toEqual([
    ['26.4', 1, 1, 0],
  ])
  expect(touchedBy(before, after, { kept: [{ ...kept, version: '26.5' }] })).toEqual([
    ['26.4', 0, 0, 0],
  ])
})
