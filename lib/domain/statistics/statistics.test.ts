import { expect, test } from 'vitest'
import type { Outcome } from '../outcome/outcome'
import { clopperPearsonInterval, wilsonInterval } from './proportion'
import { outcomeRows, reachedIn } from './statistics'

const trial = (row: string, outcome: Outcome) => ({ row, outcome })

test('versions are ordered by number, and what is no version comes last', () => {
  const versions = ['11.10', '9.3', 'unreadable', '11.4', '11.4.1'].map((os) =>
    trial(os, 'refused'),
  )
  expect(outcomeRows(versions).map(({ row }) => row)).toEqual([
    '9.3',
    '11.4',
    '11.4.1',
    '11.10',
    'unreadable',
  ])
})

test('lost, void and censored trials are counted beside the rate and not in it', () => {
  const rows = outcomeRows([
    trial('11.2', 'installedAsExpected'),
    trial('11.2', 'installedDespiteError'),
    trial('11.2', 'refused'),
    trial('11.2', 'wrongVersionInstalled'),
    trial('11.2', 'lost'),
    trial('11.2', 'voidOperator'),
    trial('11.2', 'censoredAtDeadline'),
  ])
  expect(rows).toEqual([
    {
      row: '11.2',
      n: 4,
      leftOut: 3,
      reached: 2,
      against: 0,
      overruled: 0,
      rate: 0.5,
      interval: wilsonInterval(2, 4),
      exact: clopperPearsonInterval(2, 4),
      counts: {
        installedAsExpected: 1,
        installedDespiteError: 1,
        refused: 1,
        wrongVersionInstalled: 1,
        lost: 1,
        voidOperator: 1,
        censoredAtDeadline: 1,
      },
    },
  ])
})

test('a version with two countable trials shows dots and no rate', () => {
  const [row] = outcomeRows([
    trial('11.2', 'installedAsExpected'),
    trial('11.2', 'refused'),
    trial('11.2', 'lost'),
  ])
  expect(row).toMatchObject({
    n: 2,
    leftOut: 1,
    rate: undefined,
    interval: undefined,
    exact: undefined,
  })
})

test('trials that were counted together weigh what they are', () => {
  const one = { row: '11.4', outcome: 'refused' as const }
  const three = { row: '11.4', outcome: 'installedAsExpected' as const, trials: 3 }
  const lost = { row: '11.4', outcome: 'lost' as const, trials: 2 }
  expect(outcomeRows([one, three, lost])).toMatchObject([
    { n: 4, reached: 3, leftOut: 2, rate: 0.75, counts: { refused: 1, lost: 2 } },
  ])
})

test('a trial of a download counts where it downloaded, and an install there is none', () => {
  const trials = [trial('11.2', 'downloadedOnly'), trial('11.2', 'installedAsExpected')]
  expect(outcomeRows(trials, 'downloaded')).toMatchObject([{ n: 2, reached: 1 }])
  expect(outcomeRows(trials, 'installed')).toMatchObject([{ n: 2, reached: 1 }])
  expect(outcomeRows([trial('11.2', 'downloadedOnly')], 'downloaded')).toMatchObject([
    { n: 1, reached: 1 },
  ])
})

test('what was decided against the builds is in no numerator and in no denominator', () => {
  const against = { ...trial('11.1', 'installedAsExpected'), overruled: true, against: true }
  expect(outcomeRows([against, trial('11.1', 'refused')])).toMatchObject([
    { n: 1, reached: 0, leftOut: 1, against: 1, overruled: 1 },
  ])
})

test('a group counts over all its starting versions, by the primary outcome', () => {
  const group = [
    trial('11.2', 'downloadedOnly'),
    trial('11.4', 'installedAsExpected'),
    trial('11.4', 'lost'),
    { ...trial('11.4', 'refused'), trials: 3 },
  ]
  expect(reachedIn(group, 'installed')).toEqual({ n: 5, reached: 1 })
  expect(reachedIn(group, 'downloaded')).toEqual({ n: 5, reached: 1 })
  expect(reachedIn([], 'installed')).toEqual({ n: 0, reached: 0 })
})
