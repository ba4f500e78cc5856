import { expect, test } from 'vitest'
import type { ValidTargets } from '../catalogue/targets'
import { type Change, declared, judge } from '../testing'
import { declaredTargetListed } from './q23-declared-target-listed'
import type { DeviceFacts } from './rule'

const target = { version: '18.2', builds: ['22C152'], untils: [], standing: 'listed' } as const
/** The tests' day is in 2026-11. */
const list = (but: object = {}, readOn = '2026-11-26'): ValidTargets => ({
  status: 'known',
  readOn,
  targets: [{ ...target, ...but }],
})
const with_ = (device: Partial<DeviceFacts>, but: Change = {}): Change => ({
  ...declared,
  ...but,
  values: { osVersion: '17.5', availableUpdates: [], ...but.values },
  device,
})
const offer = { productKey: 'iOSUpdate22C152', version: '18.2', build: '22C152' }
const noList = { status: 'unknown', reason: 'no copy of Apple’s list was imported' } as const

const cases: [what: string, change: Change, verdict: string][] = [
  ['offered by the device', with_({}, { values: { availableUpdates: [offer] } }), 'pass'],
  ['listed for the model', with_({ listed: list() }), 'pass'],
  ['listed as a twin', with_({ listed: list({ builds: ['22C152', '22C6152'] }) }), 'pass'],
  ['listed with another build', with_({ listed: list({ builds: ['22C150'] }) }), 'fail'],
  ['listed without a build', with_({ listed: list({ builds: [] }) }), 'unknown'],
  ['its end is unclear', with_({ listed: list({ standing: 'unclear' }) }), 'unknown'],
  ['another version is listed', with_({ listed: list({ version: '18.3' }) }), 'fail'],
  ['the list is of last month', with_({ listed: list({}, '2026-10-20') }), 'unknown'],
  ['no list', with_({ listed: noList }), 'unknown'],
  ['the list was not read', with_({}), 'unknown'],
  ['no list, another offered', with_({ listed: noList }), 'unknown'],
  ['the same version', with_({ listed: list() }, { values: { osVersion: '18.2' } }), 'fail'],
  ['an older version', with_({ listed: list() }, { values: { osVersion: '18.10' } }), 'fail'],
  [
    'stale offers, and no list',
    with_(
      { listed: noList },
      { values: { availableUpdates: [offer] }, stale: ['availableUpdates'] },
    ),
    'unknown',
  ],
  ['OS unknown', with_({ listed: list() }, { without: ['osVersion'] }), 'unknown'],
  ['a virtual device, no list', with_({ simulated: true, listed: noList }), 'pass'],
  [
    'a virtual device, not newer',
    with_({ simulated: true, listed: noList }, { values: { osVersion: '18.2' } }),
    'fail',
  ],
]

test.each(cases)('Q23 declared target: %s', (_, change, verdict) => {
  const judged = judge(declaredTargetListed, change)
  expect(judged.verdict).toBe(verdict)
  if (verdict === 'unknown') expect(judged.remedy).toBeTruthy()
})

test('on a virtual device it warns that a real one would not qualify', () => {
  const { warning } = judge(declaredTargetListed, with_({ simulated: true, listed: noList }))
  expect(warning).toContain('a real device would not qualify')
})

test('27 has no AvailableOSUpdates: what is left of an earlier answer does not count', () => {
  const on27 = { values: { osVersion: '27.0', availableUpdates: [{ ...offer, version: '27.1' }] } }
  const slot = { mechanism: 'declaration', targetVersion: '27.1' } as const
  const when = { kind: 'asSoonAsPossible' } as const
  const change = { ...with_({ listed: noList }, on27), slot: { ...slot, when } }
  expect(judge(declaredTargetListed, change).verdict).toBe('unknown')
  const listed = list({ version: '27.1', builds: [] })
  expect(judge(declaredTargetListed, { ...change, device: { listed } }).verdict).toBe('pass')
})
