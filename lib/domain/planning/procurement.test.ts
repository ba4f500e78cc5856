import { expect, test } from 'vitest'
import { type OpenQuestion, procurementAdvice } from './procurement'

const today = '2026-11-29'
const question = (cell: string, more: Partial<OpenQuestion> = {}): OpenQuestion => ({
  cell,
  platform: 'iOS',
  mechanism: 'command',
  startVersion: '12.1',
  trialsWanted: 3,
  models: ['iPhone7,2', 'iPad4,1'],
  sendableUntil: undefined,
  ...more,
})

test('what the lab’s own devices cannot cover is bought, by version', () => {
  const advice = procurementAdvice(
    [
      question('a', { sendableUntil: '2026-12-31' }),
      question('b', { trialsWanted: 2, sendableUntil: '2027-02-01' }),
      question('c', { startVersion: '9.3.5', trialsWanted: 1 }),
      question('d', { startVersion: '11.10', trialsWanted: 1 }),
    ],
    [{ cells: ['a', 'b'] }, { cells: ['a'] }, { cells: ['d'] }],
    today,
  )
  expect(advice).toEqual([
    {
      ...{ platform: 'iOS', mechanism: 'command' },
      version: '9.3.5',
      models: ['iPad4,1', 'iPhone7,2'],
      devices: 1,
      cells: ['c'],
      uselessAfter: undefined,
      cautions: ['only a device enrolled by ADE, without a passcode'],
    },
    {
      ...{ platform: 'iOS', mechanism: 'command' },
      version: '12.1',
      models: ['iPad4,1', 'iPhone7,2'],
      devices: 3,
      cells: ['a', 'b'],
      uselessAfter: '2027-02-01',
      cautions: [],
    },
  ])
})

test('a target without a known end leaves the day open, and other models are another line', () => {
  const advice = procurementAdvice(
    [
      question('a', { sendableUntil: '2026-12-31' }),
      question('b'),
      question('c', { models: [], sendableUntil: '2026-12-31' }),
      question('d', { models: ['iPad4,1', 'iPhone7,2'] }),
    ],
    [],
    today,
  )
  expect(advice.map(({ cells, models, uselessAfter }) => [cells, models, uselessAfter])).toEqual([
    [['a', 'b', 'd'], ['iPad4,1', 'iPhone7,2'], undefined],
    [['c'], [], '2026-12-31'],
  ])
})

test('nothing is bought for a target that is gone, or for a version without the command', () => {
  const gone = question('a', { sendableUntil: '2026-11-28' })
  expect(procurementAdvice([gone, question('b', { startVersion: '27.0' })], [], today)).toEqual([])
  const last = { ...gone, sendableUntil: today }
  expect(procurementAdvice([last], [], today)).toHaveLength(1)
})

test.each([
  ['10.3', 'ProductVersion is not understood before 11.3'],
  ['11.3.1', '11.3.1 did not answer a command that named the version already installed'],
  ['11.4.1', '11.4.1 is reported as broken'],
  ['8.4', 'the command is not known to work before 10.3'],
  ['soon', '"soon" is not a version'],
])('from %s: %s', (startVersion, caution) => {
  const [line] = procurementAdvice([question('a', { startVersion })], [], today)
  expect(line?.cautions).toEqual([caution])
})

test('an Apple TV has bounds of its own', () => {
  const of = (startVersion: string) =>
    procurementAdvice([question('a', { platform: 'tvOS', startVersion })], [], today)[0]?.cautions
  expect(of('11.4')).toEqual(['the command is not known to work before 12'])
  expect(of('12.1')).toEqual(['ProductVersion is not understood before 12.2'])
  expect(of('18.0')).toEqual([])
})

test('a version is bought for the mechanism that it has', () => {
  const asked = (mechanism: 'command' | 'declaration', startVersion: string) =>
    procurementAdvice([question('a', { mechanism, startVersion })], [], today).map(
      ({ version, cautions }) => [version, cautions],
    )
  expect(asked('command', '26.4')).toEqual([['26.4', []]])
  expect(asked('command', '27.0')).toEqual([])
  expect(asked('declaration', '27.0')).toEqual([['27.0', []]])
  expect(asked('declaration', '16.7')).toEqual([])
})
