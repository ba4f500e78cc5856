import { expect, test } from 'vitest'
import { primaryOutcomes } from '../trial/primary-outcome'
import {
  type CoverageTrials,
  coverageMatrix,
  type MatrixBlock,
  type UnusedDevice,
  unknownTarget,
} from './coverage'
import { nextBest, windowsOf } from './next-best'
import { narrowed, questionWeight, readPlanView, weightsOf } from './plan-view'
import { usualWeights } from './score-terms'

const trials = (more: Partial<CoverageTrials> = {}): CoverageTrials => ({
  platform: 'iOS',
  passcode: 'notSet',
  mechanism: 'command',
  startVersion: '11.3',
  target: '11.4',
  outcome: 'installedAsExpected',
  primary: 'installed',
  against: false,
  trials: 1,
  last: { id: 'trial 1', number: 1, at: new Date('2026-03-02T09:00:00Z') },
  ...more,
})
const device = (labTag: string, more: Partial<UnusedDevice> = {}): UnusedDevice => ({
  id: `id of ${labTag}`,
  labTag,
  platform: 'iOS',
  passcode: 'notSet',
  modelIdentifier: 'iPhone10,1',
  startVersion: '11.3',
  offered: ['12.0'],
  reserved: false,
  ...more,
})
const cellAt = (blocks: readonly MatrixBlock[], start: string, target: string) =>
  blocks
    .flatMap(({ rows }) => rows.flatMap(({ cells }) => cells))
    .find((cell) => cell.startVersion === start && cell.target === target)

test('a cell counts what reached the primary outcome, and gives an interval from 3 trials on', () => {
  const last = { id: 'trial 9', number: 9, at: new Date('2026-03-09T09:00:00Z') }
  const blocks = coverageMatrix(
    [
      trials({ trials: 2 }),
      trials({ outcome: 'refused', last }),
      // Neither for nor against: void, and against what the builds show.
      trials({ outcome: 'lost', trials: 4 }),
      trials({ against: true }),
      trials({ target: '12.0', trials: 2 }),
    ],
    [],
    'installed',
  )
  expect(cellAt(blocks, '11.3', '11.4')).toMatchObject({ n: 3, reached: 2, last })
  expect(cellAt(blocks, '11.3', '11.4')?.interval?.low).toBeCloseTo(0.2077, 4)
  expect(cellAt(blocks, '11.3', '12.0')).toMatchObject({ n: 2, interval: undefined })
})

test('a trial of the download alone is in the other matrix', () => {
  const download = trials({ primary: 'downloaded', outcome: 'downloadedOnly' })
  expect(coverageMatrix([download], [], 'installed')).toEqual([])
  expect(cellAt(coverageMatrix([download], [], 'downloaded'), '11.3', '11.4')).toMatchObject({
    n: 1,
    reached: 1,
  })
})

test('an empty cell is there, with the devices that could fill it', () => {
  const blocks = coverageMatrix(
    [trials()],
    [
      device('A'),
      device('B', { reserved: true }),
      device('C', { offered: undefined }),
      device('D', { startVersion: '12.0', offered: ['12.0', '12.1'] }),
    ],
    'installed',
  )
  expect(blocks.map(({ targets }) => targets)).toEqual([['11.4', '12.0', '12.1']])
  expect(cellAt(blocks, '11.3', '12.0')).toMatchObject({ n: 0, able: 2, reserved: 1 })
  expect(cellAt(blocks, '11.3', '12.1')).toMatchObject({ n: 0, able: 0, possible: true })
  // What it runs already, or an older version, is no target.
  expect(cellAt(blocks, '12.0', '12.0')).toMatchObject({ able: 0, possible: false })
  expect(cellAt(blocks, '12.0', '11.4')).toMatchObject({ able: 0, possible: false })
  expect(blocks[0]?.rows.map((row) => [row.startVersion, row.devices, row.notQueried])).toEqual([
    ['11.3', 3, 1],
    ['12.0', 1, 0],
  ])
})

test('platform and passcode are matrices of their own, versions stand in the order of numbers', () => {
  const blocks = coverageMatrix(
    [
      trials({ startVersion: '11.10' }),
      trials({ startVersion: '11.4', target: null }),
      trials({ startVersion: 'beta' }),
      trials({ platform: 'tvOS', passcode: 'notApplicable' }),
    ],
    [device('A', { passcode: 'set' })],
    'installed',
  )
  expect(blocks.map(({ platform, passcode }) => `${platform} ${passcode}`)).toEqual([
    'iOS notSet',
    'iOS set',
    'tvOS notApplicable',
  ])
  expect(blocks[0]?.rows.map((row) => row.startVersion)).toEqual(['11.4', '11.10', 'beta'])
  expect(blocks[0]?.targets).toEqual(['11.4', unknownTarget])
})

const given = { weights: usualWeights, window: () => undefined, fixes: [] }

test('the next trials name one device a question, and an empty question comes first', () => {
  const devices = [device('B'), device('A', { offered: ['11.4', '12.0'] })]
  const next = nextBest(
    coverageMatrix([trials({ trials: 3 })], devices, 'installed'),
    devices,
    given,
  )
  expect(next.map(({ labTag, question }) => [labTag, question.target])).toEqual([
    // A is the only one that can still go to 11.4, so B goes to 12.0.
    ['B', '12.0'],
    ['A', '11.4'],
  ])
  expect(next[0]).toMatchObject({ successExpected: 0.5, alternatives: 1, deviceReserved: false })
  expect(next[1]?.successExpected).toBeCloseTo(4 / 5, 12)
})

test('a reserved device comes last, though its question stays', () => {
  const devices = [device('A', { reserved: true }), device('B')]
  const blocks = coverageMatrix([], devices, 'installed')
  expect(nextBest(blocks, devices, given)[0]?.labTag).toBe('B')
  const alone = nextBest(blocks, devices.slice(0, 1), given)
  expect(alone).toMatchObject([{ labTag: 'A', deviceReserved: true }])
})

test('a trial that starts at a claimed fix or later counts for its verification', () => {
  const devices = [device('A'), device('B', { startVersion: '11.4' })]
  const blocks = coverageMatrix([], devices, 'installed')
  const verifies = (platform: 'iOS' | 'tvOS', claimedFix: string | null) =>
    nextBest(blocks, devices, { ...given, fixes: [{ platform, claimedFix, fixMechanism: null }] })
      .filter(({ terms }) => terms.verification.value === 1)
      .map(({ labTag }) => labTag)
  expect(verifies('iOS', '11.3.1')).toEqual(['B'])
  expect(verifies('iOS', '11.3')).toHaveLength(2)
  for (const none of [null, 'soon', '12.0']) expect(verifies('iOS', none)).toEqual([])
  expect(verifies('tvOS', '11.3')).toEqual([])
})

test('a fix of one mechanism is checked by no trial of the other', () => {
  const devices = [device('A', { startVersion: '26.4', offered: ['26.5'] })]
  const blocks = coverageMatrix([], devices, 'installed')
  const verifies = (fixMechanism: 'command' | 'declaration' | null) => {
    const fixes = [{ platform: 'iOS' as const, claimedFix: '26.4', fixMechanism }]
    return nextBest(blocks, devices, { ...given, fixes })
      .filter(({ terms }) => terms.verification.value === 1)
      .map(({ question }) => question.mechanism)
  }
  expect(verifies('command')).toEqual(['command'])
  expect(verifies('declaration')).toEqual(['declaration'])
  expect(verifies(null).toSorted()).toEqual(['command', 'declaration'])
})

test('a window counts once no device of the question has longer', () => {
  const devices = [device('A'), device('B', { modelIdentifier: 'iPhone6,1' })]
  const blocks = coverageMatrix([], devices, 'installed')
  const days = { 'iPhone10,1': 3, 'iPhone6,1': 15 } as Record<string, number>
  const window = ({ modelIdentifier }: { modelIdentifier: string | null }) =>
    days[modelIdentifier ?? '']
  const urgencyWith = (of: typeof window) =>
    nextBest(blocks, devices, { ...given, window: of })[0]?.terms.urgency.value
  expect(urgencyWith(window)).toBe(0.5)
  // For one of the two no end is known.
  expect(urgencyWith((of) => (of.modelIdentifier === 'iPhone10,1' ? 3 : undefined))).toBe(0)
})

test('a window is the days left on Apple’s list for that very model', () => {
  const source = { kind: 'pmv' as const, readOn: '2026-11-29' }
  const listing = {
    ...{ family: 'iOS', version: '12.0', devices: ['iPhone10,1'], set: 'managed' as const },
    ...{ until: { text: '2026-12-09', precision: 'day' as const }, source },
  }
  const catalogue = { listings: [listing], listReadOn: '2026-11-29' }
  const window = windowsOf(catalogue, '2026-11-29')
  expect(window({ ...device('A'), target: '12.0' })).toBe(10)
  expect(window({ ...device('A'), target: '12.1' })).toBeUndefined()
  expect(
    window({ ...device('A', { modelIdentifier: 'iPhone6,1' }), target: '12.0' }),
  ).toBeUndefined()
  expect(
    windowsOf({ listings: [] }, '2026-11-29')({ ...device('A'), target: '12.0' }),
  ).toBeUndefined()
})

test('a view is read from the address, and a weight that is none is named with what is accepted', () => {
  const { view, problems } = readPlanView({
    platform: 'tvOS',
    start: '12',
    primary: ['downloaded', 'installed'],
    urgency: '0.5',
    reserved: '0',
    environment: 'real',
  })
  expect(problems).toEqual([])
  expect(view).toMatchObject({ platform: 'tvOS', start: '12', primary: 'downloaded' })
  expect(weightsOf(view)).toEqual({ ...usualWeights, urgency: 0.5, reserved: 0 })
})

test.each([
  ['urgency', 'much'],
  ['urgency', '-1'],
  ['shrinkage', '101'],
  ['shrinkage', '1e3'],
  ['shrinkage', 'NaN'],
  ['opportunity', '0,5'],
])('%s of %s is refused, and the usual weight stays', (field, text) => {
  const { view, problems } = readPlanView({ [field]: text })
  expect(problems).toEqual([
    {
      field,
      reason: `“${text}” is not valid for ${field}`,
      accepted: 'a number from 0 to 100, such as 0.5',
    },
  ])
  expect(weightsOf(view)).toEqual(usualWeights)
})

test.each([
  ['platform', 'macOS', 'iOS, iPadOS, tvOS'],
  ['passcode', 'maybe', 'set, notSet, notApplicable, unknown'],
  ['primary', 'certain', primaryOutcomes.join(', ')],
  ['start', '12.x', 'the beginning of a version, such as 12 or 11.2'],
])('%s of %s is refused with the accepted form', (field, text, accepted) => {
  expect(readPlanView({ [field]: text }).problems).toMatchObject([{ field, accepted }])
})

test('a view narrows by whole parts of a version', () => {
  const blocks = coverageMatrix(
    ['1.1', '12.0', '12.1', '11.3'].map((startVersion) => trials({ startVersion, target: '13.0' })),
    [],
    'installed',
  )
  const starts = (start: string) =>
    narrowed(blocks, { start }).flatMap(({ rows }) => rows.map((row) => row.startVersion))
  expect(starts('12')).toEqual(['12.0', '12.1'])
  expect(starts('12.1')).toEqual(['12.1'])
  expect(starts('1')).toEqual(['1.1'])
  expect(narrowed(blocks, { platform: 'tvOS' })).toEqual([])
  expect(narrowed(blocks, { passcode: 'notSet' })).toHaveLength(1)
})

test('a question counts what the first entry that fits it says, and 1 where none does', () => {
  const { view, problems } = readPlanView({
    questions: '11.2.6>12.0:3, tvOS *>12.1 : 0.5,*>12.1:2',
  })
  expect(problems).toEqual([])
  const of = (platform: 'iOS' | 'tvOS', startVersion: string, target: string) =>
    questionWeight(view, { platform, startVersion, target })
  expect(of('iOS', '11.2.6', '12')).toBe(3)
  expect(of('tvOS', '12.0', '12.1')).toBe(0.5)
  expect(of('iOS', '11.4', '12.1')).toBe(2)
  expect(of('iOS', '11.4', '12.0')).toBe(1)
})

test('a question that a lead says matters more scores more', () => {
  const devices = [
    device('A', { offered: ['12.0'] }),
    device('B', { startVersion: '11.3', offered: ['12.1'] }),
  ]
  const blocks = coverageMatrix([], devices, 'installed')
  const given = { weights: usualWeights, fixes: [], window: () => undefined }
  const { view } = readPlanView({ questions: '11.3>12.1:3' })
  const [first, second] = nextBest(blocks, devices, {
    ...given,
    questionWeight: (question) => questionWeight(view, question),
  })
  expect(first).toMatchObject({ labTag: 'B', questionWeight: 3 })
  expect(second).toMatchObject({ labTag: 'A', questionWeight: 1 })
  expect(first?.terms.shrinkage.value).toBeCloseTo(3 * (second?.terms.shrinkage.value ?? 0), 12)
})

test.each([
  '11.2.6>12.0',
  '11.2.6:3',
  '11.2.6>12.0:101',
  '11.2.6>12.0:-1',
  'macOS 11>12:1',
  '11.x>12:1',
  '11>12:1,',
  `${'1>2:1,'.repeat(20)}1>2:1`,
])('questions of %s are refused with the accepted form', (questions) => {
  const { view, problems } = readPlanView({ questions })
  expect(view).toEqual({})
  expect(problems).toMatchObject([
    { field: 'questions', accepted: expect.stringContaining('11.2.6>12.0:3') },
  ])
})

test('a device is in the matrix of each mechanism that its version has', () => {
  const at = (startVersion: string, more: Partial<UnusedDevice> = {}) =>
    coverageMatrix(
      [],
      [device('A', { startVersion, offered: ['27.0'], ...more })],
      'installed',
    ).map(({ mechanism, rows }) => [mechanism, rows[0]?.cells.map(({ target }) => target)])
  expect(at('16.7')).toEqual([['command', ['27.0']]])
  expect(at('17.0')).toEqual([
    ['command', ['27.0']],
    ['declaration', ['27.0']],
  ])
  expect(at('18.3', { platform: 'tvOS' })).toEqual([['command', ['27.0']]])
  expect(at('27.0', { listed: ['27.1'] })).toEqual([['declaration', ['27.1']]])
  const [row] =
    coverageMatrix([], [device('A', { startVersion: '27.0' })], 'installed')[0]?.rows ?? []
  expect(row).toMatchObject({ devices: 1, notQueried: 1 })
})

test('trials by one mechanism are in no cell of the other, and no device is counted for both at once', () => {
  const from = { startVersion: '18.1', target: '18.2' }
  const own = device('A', { startVersion: '18.1', offered: ['18.2'], listed: ['18.2', '18.3'] })
  const blocks = coverageMatrix(
    [
      trials({ ...from, trials: 3 }),
      trials({ ...from, mechanism: 'declaration', outcome: 'refused' }),
      trials({ ...from, mechanism: 'both' }),
    ],
    [own],
    'installed',
  )
  const cells = blocks.flatMap(({ rows }) => rows.flatMap((row) => row.cells))
  expect(
    cells.map(({ mechanism, target, n, reached, able, offering }) => [
      ...[mechanism, target, n, reached, able, offering],
    ]),
  ).toEqual([
    ['command', '18.2', 3, 3, 1, 1],
    ['declaration', '18.2', 1, 0, 1, 1],
    ['declaration', '18.3', 0, 0, 1, 0],
    ['both', '18.2', 1, 1, 0, 0],
  ])
  const { view } = readPlanView({ mechanism: 'declaration' })
  expect(narrowed(blocks, view).map(({ mechanism }) => mechanism)).toEqual(['declaration'])
})

test('the next trial knows that one device has questions of both mechanisms, and another of one alone', () => {
  const devices = [
    device('Both', { startVersion: '18.1', offered: ['18.2'] }),
    device('New', { startVersion: '27.0', offered: undefined, listed: ['27.1'] }),
    device('Old', { startVersion: '16.6', offered: ['16.7'] }),
  ]
  const next = nextBest(coverageMatrix([], devices, 'installed'), devices, {
    ...{ weights: usualWeights, fixes: [], window: () => undefined },
  })
  expect(
    next.map(({ labTag, question, terms }) => [
      ...[labTag, question.mechanism, terms.opportunity.value > 0],
    ]),
  ).toEqual([
    ['New', 'declaration', false],
    ['Old', 'command', false],
    // Each of its two questions loses the other, as no other device could answer it.
    ['Both', 'command', true],
    ['Both', 'declaration', true],
  ])
})
