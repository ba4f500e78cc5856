import { expect, test } from 'vitest'
import { describeLoss, findOsChange, type OsRead, type OsReading } from './outside-update'

const day = (n: number) => new Date(Date.UTC(2026, 2, n))
const read = (value: string, on: number, source: OsReading['source'] = 'mdm'): OsReading => ({
  id: on,
  value,
  at: day(on),
  source,
  byName: null,
})
const os = (version: string | null, build: string | null): OsRead => ({ version, build })

test('a first reading is no change', () => {
  const readings = { version: [read('11.3', 1)], build: [read('15E216', 1)] }
  expect(findOsChange(readings, day(1))).toBeUndefined()
  expect(findOsChange({ version: [], build: [] }, day(1))).toBeUndefined()
})

test('the same version, however it is written, and the same build are no change', () => {
  const readings = {
    version: [read('11.3.0', 2), read('11.3', 1)],
    build: [read('15E216', 2), read('15E216', 1)],
  }
  expect(findOsChange(readings, day(2))).toBeUndefined()
})

test('a change of version and build has the OS before and the reading that shows it', () => {
  const version = [read('11.4', 2), read('11.3', 1)]
  const readings = { version, build: [read('15F79', 2), read('15E216', 1)] }
  expect(findOsChange(readings, day(2))).toEqual({
    from: os('11.3', '15E216'),
    to: os('11.4', '15F79'),
    by: version[0],
  })
})

test('a build that changes alone is a change', () => {
  const readings = {
    version: [read('12.0.1', 2), read('12.0.1', 1)],
    build: [read('16A405', 2), read('16A404', 1)],
  }
  expect(findOsChange(readings, day(2))).toMatchObject({ to: os('12.0.1', '16A405') })
})

test('an older version is a change too', () => {
  const readings = { version: [read('11.3', 2), read('11.4', 1)], build: [] }
  expect(findOsChange(readings, day(2))).toMatchObject({
    from: os('11.4', null),
    to: os('11.3', null),
  })
})

test('a reading that is not the newest, or one without an OS, shows no change', () => {
  const readings = { version: [read('11.4', 3), read('11.3', 1)], build: [] }
  expect(findOsChange(readings, day(2))).toBeUndefined()
  expect(findOsChange(readings, day(4))).toBeUndefined()
})

test('a part that was not read is not given as found', () => {
  const readings = { version: [read('11.4', 2), read('11.3', 1)], build: [read('15E216', 1)] }
  expect(findOsChange(readings, day(2))).toMatchObject({
    from: os('11.3', '15E216'),
    to: os('11.4', null),
  })
})

test('a build read after its version completes the update, and the next build is another one', () => {
  const version = [read('11.4', 2), read('11.3', 1)]
  const last = { ...os('11.4', null), seenAt: day(2) }
  const completed = { version, build: [read('15F79', 3), read('15E216', 1)] }
  expect(findOsChange(completed, day(3), last)).toBeUndefined()
  const another = { version, build: [read('15F80', 4), read('15F79', 3)] }
  expect(findOsChange(another, day(4), last)).toMatchObject({ to: os(null, '15F80') })
})

test('a version read after its build completes the update', () => {
  const last = { ...os(null, '15F79'), seenAt: day(2) }
  const build = [read('15F79', 2), read('15E216', 1)]
  const readings = { version: [read('11.4', 3), read('11.3', 1)], build }
  expect(findOsChange(readings, day(3), last)).toBeUndefined()
})

test('a version that cannot be ordered is compared as text', () => {
  const readings = { version: [read('11.4 beta', 2), read('11.3 beta', 1)], build: [] }
  expect(findOsChange(readings, day(2))).toBeDefined()
})

const reported = { source: 'mdm', byName: null } as const
test.each([
  [
    { ...reported, from: os('11.3', '15E216'), to: os('11.4', '15F79') },
    'Updated outside a trial: 11.3 (15E216) before, then found on 11.4 (15F79); no released command explains it.',
  ],
  [
    { ...reported, from: os('11.4', '15F79'), to: os('11.3', '15E216') },
    'Updated outside a trial: 11.4 (15F79) before, then found on the older 11.3 (15E216); no released command explains it.',
  ],
  [
    { ...reported, from: os(null, '16A404'), to: os(null, '16A405') },
    'Updated outside a trial: build 16A404 before, then found on build 16A405; no released command explains it.',
  ],
  [
    { from: os('11.3', null), to: os('11.4', null), source: 'typed', byName: 'Erin' } as const,
    'Updated outside a trial: 11.3 before, then found on 11.4; no released command explains it. Entered by Erin, not reported by the device.',
  ],
])('an update outside a trial in words', (loss, words) => {
  expect(describeLoss(loss)).toBe(words)
})
