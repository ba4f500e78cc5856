import { expect, test } from 'vitest'
import type { Listing, Release } from '../catalogue/feed'
import type { Catalogue } from '../catalogue/sourced'
import { type ProcurementView, readBudgetView, readProcurementView, usualEnd } from './budget-view'
import { type CoverageTrials, coverageMatrix, type UnusedDevice } from './coverage'
import { budgetDeviceOf, burnDownDays, type LabDevice, labBudget } from './lab-budget'
import { labAdvice } from './lab-procurement'

const today = '2026-11-29'
const source = { kind: 'pmv', readOn: '2026-11-28' } as const
const day = (text: string) => ({ text, precision: 'day' as const })
const listing = (version: string, devices: string[], until?: string): Listing => ({
  ...{ family: 'iOS', version, devices, set: 'managed' },
  ...(until && { until: day(until) }),
})
const release = (version: string, on: string, devices: string[] = []): Release => ({
  ...{ family: 'iOS', version, devices, marks: [], released: day(on) },
})
const catalogueOf = (listings: Listing[], releases: Release[] = []): Catalogue => ({
  listings: listings.map((one) => ({ ...one, source })),
  releases: releases.map((one) => ({ ...one, source })),
  ...{ signings: [], names: new Map() },
  ...(listings.length > 0 && { listReadOn: source.readOn }),
})
const releases26 = ['01-01', '01-22', '02-12', '03-05', '03-26', '04-16'].map((on, at) =>
  release(`26.${at}`, `2026-${on}`),
)
const device = (but: Partial<LabDevice> = {}): LabDevice => ({
  ...{ id: 'a', labTag: 'A-1', platform: 'iOS', modelIdentifier: 'iPhone14,2' },
  ...{ version: '26.4', offered: undefined, unused: true },
  ...but,
})

const by = (both: boolean | undefined) => ({ command: both, declaration: both })
const declared = { command: false, declaration: true }

test('without a list and without an answer of the device, nothing is known of what it will be offered', () => {
  expect(budgetDeviceOf(catalogueOf([]), today)(device())).toEqual({
    ...{ platform: 'iOS', version: '26.4' },
    ...{ hopOffered: by(undefined), line: undefined, takesRemoval: undefined },
  })
})

test('Apple’s list says which line a model is on, and whether it takes the version that removes the command', () => {
  const lists = catalogueOf([
    listing('26.5', ['iPhone14,2', 'iPhone11,8'], '2026-12-31'),
    listing('18.7', ['iPad7,5'], '2026-12-31'),
    listing('27.0', ['iPhone14,2']),
  ])
  const of = (but: Partial<LabDevice>) => budgetDeviceOf(lists, today)(device(but))
  expect(of({})).toMatchObject({ hopOffered: by(true), line: 26, takesRemoval: true })
  expect(of({ modelIdentifier: 'iPhone11,8' })).toMatchObject({ line: 26, takesRemoval: false })
  expect(of({ modelIdentifier: 'iPad7,5', version: '17.1' })).toMatchObject({ line: 18 })
  expect(of({ unused: false })).toMatchObject({ hopOffered: by(false), line: 26 })
  expect(of({ unused: undefined })).toMatchObject({ hopOffered: by(undefined) })
  expect(of({ version: '26.5' })).toMatchObject({ hopOffered: by(false), line: 26 })
  const newer = catalogueOf([listing('27.0', ['iPhone14,2']), listing('27.1', ['iPhone14,2'])])
  const there = (but: Partial<LabDevice>) =>
    budgetDeviceOf(newer, today)(device({ version: '27.0', ...but }))
  expect(there({})).toMatchObject({ line: 27, hopOffered: declared, takesRemoval: true })
  // An answer from before it was on 27 is none.
  expect(there({ offered: [] })).toMatchObject({ hopOffered: declared })
  expect(there({ version: '27.1' })).toMatchObject({ line: 27, hopOffered: by(false) })
  expect(there({ modelIdentifier: 'iPhone11,8' })).toMatchObject({ line: undefined })
})

test('what a device offered when it last answered counts before the list for commands, and beside it for declarations', () => {
  const lists = catalogueOf([listing('26.5', ['iPhone14,2'])])
  const of = (offered: string[]) => budgetDeviceOf(lists, today)(device({ offered }))
  expect(of([]).hopOffered).toEqual(declared)
  expect(of(['27.0'])).toMatchObject({ hopOffered: declared, takesRemoval: true })
  expect(budgetDeviceOf(catalogueOf([]), today)(device({ offered: ['26.5'] }))).toMatchObject({
    ...{ hopOffered: by(true), line: 26, takesRemoval: undefined },
  })
})

test('a lab’s budget is by version, and a device whose OS is not known is counted as such', () => {
  const lists = catalogueOf([listing('26.5', ['iPhone14,2'])], releases26)
  const devices = [
    device(),
    device({ id: 'b', version: '26.3' }),
    device({ id: 'c', version: undefined, unused: undefined }),
    device({ id: 'd', version: '27.0', unused: false }),
    device({ id: 'e', platform: 'tvOS', modelIdentifier: null, version: '26.4' }),
  ]
  const budget = labBudget(devices, lists, { ends: '2026-12-31' }, today)
  expect(budget.osUnknown.map(({ id }) => id)).toEqual(['c'])
  // The line has been silent for 227 days, so one more release may come; the hop to 27 is not known.
  expect(budget.lines).toEqual([
    expect.objectContaining({ version: '26.3', devices: 1, low: 1, expected: 1, high: 3 }),
    expect.objectContaining({ version: '26.4', platform: 'iOS', expected: 1, withoutForecast: 0 }),
    expect.objectContaining({ version: '27.0', low: 0, high: 0, withoutForecast: 1 }),
    expect.objectContaining({ platform: 'tvOS', low: 0, high: 2, withoutForecast: 1 }),
  ])
  expect(budget.now).toEqual({ low: 2, expected: 2, high: 8 })
  expect(budget.burnDown.days.at(0)).toEqual({ on: today, ...budget.now })
  expect(budget.burnDown.days.at(-1)).toMatchObject({ on: '2026-12-31', expected: 2 })
  expect(budget.burnDown.withoutForecast).toBe(2)
  const { command, declaration } = budget.byMechanism
  expect([command, declaration]).toEqual([budget.now, budget.now])
  const byCommand = labBudget(devices, lists, { ends: '2026-12-31', mechanism: 'command' }, today)
  expect(byCommand.now).toEqual(command)
  expect(byCommand.burnDown.withoutForecast).toBe(1)
  const narrow = labBudget(devices, lists, { platform: 'iOS', start: '26.3' }, today)
  expect(narrow.devices.map(({ id }) => id)).toEqual(['b'])
  expect(narrow.osUnknown).toEqual([])
  expect(labBudget([], lists, {}, today).now).toEqual({ low: 0, expected: 0, high: 0 })
})

test('the assumed end is a year after the removal, and never before today', () => {
  const removal = [release('27.0', '2026-09-14'), release('27.0.1', '2026-09-28')]
  expect(usualEnd(catalogueOf([], removal), today)).toBe('2027-09-14')
  expect(usualEnd(catalogueOf([], [release('27.0', '2020-09-14')]), today)).toBe(today)
  expect(usualEnd(catalogueOf([]), today)).toBe('2027-11-29')
})

test('a burn-down runs from today to the end in even steps', () => {
  expect(burnDownDays(today, today)).toEqual([today])
  expect(burnDownDays(today, '2026-12-01')).toEqual([today, '2026-11-30', '2026-12-01'])
  const year = burnDownDays(today, '2027-11-29')
  expect([year.length, year.at(0), year.at(-1)]).toEqual([13, today, '2027-11-29'])
})

test.each([
  ['ends', '2026-11-28', 'a day from 2026-11-29 to 2031-11-29'],
  ['ends', '2040-01-01', 'a day from 2026-11-29 to 2031-11-29'],
  ['ends', '2026-02-30', 'a day such as 2026-03-02'],
  ['platform', 'watchOS', 'iOS, iPadOS, tvOS'],
  ['start', 'eleven', 'the beginning of a version, such as 12 or 11.2'],
  ['end', '2027-01-01', 'platform, mechanism, start, ends, environment, bom'],
])('%s of %s is named with what is accepted', (field, text, accepted) => {
  const { view, problems } = readBudgetView({ [field]: text }, today)
  expect(view).toEqual({})
  expect(problems).toMatchObject([{ field, accepted }])
})

const trials = (but: Partial<CoverageTrials>): CoverageTrials => ({
  ...{ platform: 'iOS', passcode: 'set', mechanism: 'command' },
  ...{ startVersion: '26.4', target: '26.5' },
  ...{ outcome: 'installedAsExpected', primary: 'installed', against: false, trials: 1 },
  ...{ last: { id: 't', number: 1, at: new Date(0) } },
  ...but,
})
const unused = (but: Partial<UnusedDevice> = {}): UnusedDevice => ({
  ...{ id: 'u', labTag: 'U-1', platform: 'iOS', passcode: 'set', modelIdentifier: 'iPhone14,2' },
  ...{ startVersion: '26.4', offered: ['26.5'], reserved: false },
  ...but,
})

test('what is missing of each question is bought, by what Apple lists', () => {
  const own = [unused()]
  const blocks = coverageMatrix([trials({}), trials({ startVersion: '26.3' })], own, 'installed')
  const lists = catalogueOf([
    listing('26.5', ['iPhone14,2', 'iPad13,1', 'AppleTV14,1'], '2026-12-15'),
    listing('26.5', ['iPhone11,8'], '2027-01-20'),
  ])
  const advice = (view: ProcurementView) =>
    labAdvice(blocks, own, lists, { mechanism: 'command', ...view }, today)
  const { lines, open, notListed } = advice({})
  expect([open, notListed]).toEqual([2, 0])
  expect(lines).toMatchObject([
    { version: '26.3', devices: 2, models: ['iPhone11,8', 'iPhone14,2'] },
    // One of its two missing trials is the lab's own device's.
    { version: '26.4', devices: 1, uselessAfter: '2027-01-20' },
  ])
  expect(lines[0]?.questions).toMatchObject([{ target: '26.5', passcode: 'set' }])
  expect(advice({ wanted: 1 }).lines).toEqual([])
  // Its own device can be declared to as well: a question of its own, for which two more are wanted.
  expect(advice({ mechanism: 'declaration' })).toMatchObject({
    open: 1,
    lines: [{ version: '26.4', mechanism: 'declaration', devices: 2 }],
  })
  expect(advice({ start: '26.3', wanted: 5 }).lines).toMatchObject([
    { version: '26.3', devices: 4 },
  ])
})

test('a target that the list no longer has is left out, and without a list its end is not known', () => {
  const blocks = coverageMatrix([trials({ startVersion: '11.2', target: '11.4' })], [], 'installed')
  const listed = catalogueOf([listing('26.5', ['iPhone14,2'])])
  expect(labAdvice(blocks, [], listed, {}, today)).toMatchObject({ lines: [], notListed: 1 })
  const none = labAdvice(blocks, [], catalogueOf([]), {}, today)
  expect(none.lines).toMatchObject([
    { version: '11.2', devices: 2, uselessAfter: undefined, models: [] },
  ])
})

test('trials of an unknown passcode or target are no question to buy a device for', () => {
  const unclear = [trials({ passcode: 'unknown' }), trials({ target: null })]
  const blocks = coverageMatrix(unclear, [], 'installed')
  expect(labAdvice(blocks, [], catalogueOf([]), {}, today)).toMatchObject({ lines: [], unclear: 2 })
})

test.each([
  ['wanted', '0', 'a whole number from 1 to 10'],
  ['wanted', '11', 'a whole number from 1 to 10'],
  ['wanted', '2.5', 'a whole number from 1 to 10'],
  ['target', 'newest', 'the beginning of a version, such as 12 or 11.2'],
])('advice with %s of %s is refused with the accepted form', (field, text, accepted) => {
  expect(readProcurementView({ [field]: text }).problems).toMatchObject([{ field, accepted }])
})
