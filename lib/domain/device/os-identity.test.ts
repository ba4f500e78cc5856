import { expect, test } from 'vitest'
import { isOtherOs, type OsIdentity, runningOs } from './os-identity'

const base = { version: '26.3.1', build: '23D8133' }
const supplemented = { ...base, extra: '(a)', supplementalBuild: '23D771330a' }

const cases: [what: string, a: OsIdentity, b: OsIdentity, other: boolean | undefined][] = [
  ['the same', base, base, false],
  ['another version', base, { ...base, version: '26.3.2' }, true],
  ['another build of the same version', base, { ...base, build: '23D8134' }, true],
  ['a supplement beside none', { ...base, supplementalBuild: '23D8133' }, supplemented, true],
  ['the next supplement', supplemented, { ...base, supplementalBuild: '23D771331a' }, true],
  ['the next letter, told alone', { version: '26.3.1 (b)' }, supplemented, true],
  ['a check-in, which tells no supplement', base, supplemented, false],
  ['a look at Settings', { version: '26.3.1 (a)' }, supplemented, false],
  [
    'a letter beside a build told to have none',
    { version: '26.3.1 (a)' },
    { ...base, supplementalBuild: '23D8133' },
    true,
  ],
  ['nothing in common', { version: '26.3.1' }, { build: '23D8133' }, undefined],
  ['a blank for a version', { version: ' ' }, { version: '26.3.1' }, undefined],
]

test.each(cases)('%s', (_, a, b, other) => {
  expect(isOtherOs(a, b)).toBe(other)
  expect(isOtherOs(b, a)).toBe(other)
})

const read = { id: '1', source: 'mdm' as const, answeredAt: new Date(0) }

test('an iPad below iPadOS 13.1 runs iOS, and the supplement is shown', () => {
  const device = { platform: 'iPadOS' as const, modelIdentifier: 'iPad4,1' }
  const state = {
    osVersion: { ...read, field: 'osVersion' as const, value: '12.5.5' },
    osBuild: { ...read, field: 'osBuild' as const, value: '16H62' },
  }
  expect(runningOs(state, device)).toBe('iOS 12.5.5 (16H62)')
  const newer = {
    osVersion: { ...state.osVersion, value: '26.3.1' },
    osVersionExtra: { ...read, field: 'osVersionExtra' as const, value: '(a)' },
    osSupplementalBuild: { ...read, field: 'osSupplementalBuild' as const, value: '23D771330a' },
  }
  expect(runningOs(newer, device)).toBe('iPadOS 26.3.1 (a) (23D771330a)')
  expect(runningOs({}, device)).toBe('an unknown OS')
})
