import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { newerTargetOffered } from './q06-newer-target-offered'

const offers = (version: string) => ({
  availableUpdates: [{ productKey: 'iOSUpdate15G77', version, build: '23D771331a' }],
})
const on = (extra?: string) => ({
  osVersion: '26.3.1',
  osBuild: '23D8133',
  ...(extra === undefined ? { osSupplementalBuild: '23D8133' } : { osVersionExtra: extra }),
})

const cases: [what: string, change: Change, verdict: string][] = [
  ['the key named is offered', {}, 'pass'],
  [
    'the version named is offered',
    { slot: { installAction: 'Default', productVersion: '11.4.1' } },
    'pass',
  ],
  [
    '11.4.1.0 is the same version',
    { slot: { installAction: 'Default', productVersion: '11.4.1.0' } },
    'pass',
  ],
  [
    'another version is named',
    { slot: { installAction: 'Default', productVersion: '11.4' } },
    'fail',
  ],
  [
    'another key is named',
    { slot: { installAction: 'Default', productKey: 'iOSUpdate15F79' } },
    'fail',
  ],
  [
    'the key is offered but the version differs',
    { slot: { installAction: 'Default', productKey: 'iOSUpdate15G77', productVersion: '11.4' } },
    'fail',
  ],
  [
    'the key names a build that is offered under another key',
    { values: { availableUpdates: [{ productKey: 'x', version: '11.4.1', build: '15G77' }] } },
    'pass',
  ],
  ['nothing is named and a newer one is offered', { slot: { installAction: 'Default' } }, 'pass'],
  [
    'nothing is named and only the installed one is offered',
    { slot: { installAction: 'Default' }, values: { osVersion: '11.4.1' } },
    'fail',
  ],
  ['the target is the version installed', { values: { osVersion: '11.4.1' } }, 'fail'],
  [
    '11.10 is newer than 11.4.1',
    {
      values: { osVersion: '11.4.1', availableUpdates: [{ productKey: 'k', version: '11.10' }] },
      slot: { installAction: 'Default', productKey: 'k' },
    },
    'pass',
  ],
  ['26.3.1 (b) is newer than (a)', { values: { ...on('(a)'), ...offers('26.3.1 (b)') } }, 'pass'],
  [
    '26.3.1 (a) is no newer than itself',
    { values: { ...on('(a)'), ...offers('26.3.1 (a)') } },
    'fail',
  ],
  ['26.3.1 (a) is newer than 26.3.1', { values: { ...on(), ...offers('26.3.1 (a)') } }, 'pass'],
  [
    '26.3.1 (a), and which is installed was not told',
    { values: { osVersion: '26.3.1', ...offers('26.3.1 (a)') } },
    'unknown',
  ],
  [
    '26.3.2, and the supplement was not told',
    { values: { osVersion: '26.3.1', ...offers('26.3.2') } },
    'pass',
  ],
  ['nothing is offered', { values: { availableUpdates: [] } }, 'fail'],
  ['never asked', { without: ['availableUpdates'] }, 'unknown'],
  ['asked long ago', { stale: ['availableUpdates'] }, 'unknown'],
  ['the installed version is not known', { without: ['osVersion'] }, 'unknown'],
  [
    'the offer has a build for a version',
    { values: { availableUpdates: [{ productKey: 'iOSUpdate15G77', version: '15G77' }] } },
    'unknown',
  ],
  [
    'the offer has no version and the command names one',
    {
      values: { availableUpdates: [{ productKey: 'k' }] },
      slot: { installAction: 'Default', productVersion: '11.4.1' },
    },
    'unknown',
  ],
]

test.each(cases)('Q6 newer target: %s', (_, change, verdict) => {
  expect(judge(newerTargetOffered, change).verdict).toBe(verdict)
})

test('Q6 newer target: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(newerTargetOffered, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})

test('a target of 27 or later is the last trial of the device, and says so', () => {
  const last = judge(newerTargetOffered, {
    values: { osVersion: '26.7.1', availableUpdates: [{ productKey: 'k', version: '27.0.1' }] },
    slot: { installAction: 'Default', productKey: 'k' },
  })
  expect(last).toMatchObject({ verdict: 'pass' })
  expect(last.warning).toContain('last ScheduleOSUpdate trial for this device')
  expect(judge(newerTargetOffered).warning).toBeUndefined()
})
