import { expect, test } from 'vitest'
import { type Change, contextWith } from '../testing'
import { listReason, qualify } from './qualify'

const cases: [what: string, change: Change, words: string][] = [
  [
    'a baseline that is consumed',
    {
      device: {
        consumed: [{ build: '15D100', version: '11.2.6', trial: 'T-4' }],
      },
    },
    'Baseline consumed at 11.2.6 (T-4)',
  ],
  [
    'a device that is offered nothing',
    { values: { availableUpdates: [] } },
    'No newer update offered',
  ],
  [
    'a target that is not offered',
    { slot: { installAction: 'Default', productVersion: '12.1' } },
    'Target not offered; 11.4.1 is',
  ],
  ['a stale battery', { stale: ['batteryLevel'] }, 'Battery was read more than 10 minutes ago'],
  [
    'a battery the device reports wrongly on its version',
    { values: { osVersion: '11.1', batteryLevel: 0.18 } },
    'Battery as reported is not reliable on this OS',
  ],
  ['a query under way', { device: { openQuery: 'SecurityInfo, queued' } }, 'Query under way'],
]

test.each(cases)('the list has one sentence why %s does not qualify', (_, change, words) => {
  const { findings } = qualify(contextWith(change))
  const short = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
  expect(short.map(listReason)).toContain(words)
})

test('an open query makes the verdict unknown, not a fail', () => {
  const { overall } = qualify(contextWith({ device: { openQuery: 'SecurityInfo, queued' } }))
  expect(overall).toBe('notYet')
})
