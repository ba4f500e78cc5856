import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { claimsInWords } from '@/lib/domain/declaration/status-claims'
import { fc } from '@/lib/property.testing'
import { readDeclarationCheckin } from './checkin'
import type { PlistValue } from './plist/value'
import { readStatusReport } from './status-report'

const folder = fileURLToPath(new URL('./testdata/ddm-status/', import.meta.url))
const sample = (start: string) =>
  readFileSync(`${folder}${readdirSync(folder).find((name) => name.startsWith(start))}`)
const report = (json: unknown) => Buffer.from(JSON.stringify(json))
const read = (bytes: Uint8Array) => {
  const found = readStatusReport(bytes)
  if (!found.ok) throw new Error(found.reason)
  return found
}
const claims = (bytes: Uint8Array) => read(bytes).claims
const update = (softwareupdate: object) => report({ StatusItems: { softwareupdate }, Errors: [] })

test.each([
  [
    '01',
    'no update pending; to be installed by 2026-11-30 20:00:00 +0000; reason declaration; no failure; configuration lab.t17.enforce is active; activation lab.t17.act is active',
  ],
  [
    '02',
    'downloading 26.9.1 (23J99); to be installed by 2026-11-30 20:00:00 +0000; reason declaration; no failure',
  ],
  ['05', 'no update pending; no reason for an update; no failure; it runs 26.9.1 (23J99)'],
  [
    '09',
    'no update pending; no reason for an update; no failure; configuration lab.t17.enforce is refused: Error.ConfigurationCannotBeApplied, made-up description; activation lab.t17.act is active',
  ],
  [
    '15',
    'prepared 26.9.1 (a) (23J770099a); to be installed by 2026-11-30 20:00:00 +0000; reason declaration; no failure; it runs 26.9.1 (23J99)',
  ],
  [
    '16',
    'no update pending; no reason for an update; no failure; it runs 26.9.1 (a) (23J99, supplemental build 23J770099a)',
  ],
  [
    '17',
    'waiting to start 27.1 (24B99); to be installed by 2026-12-01T20:00:00, local time of the device; reason declaration, declaration lab.t17.enforce; no failure',
  ],
  [
    '18',
    'failed 27.1 (24B99); to be installed by 2026-12-01T20:00:00, local time of the device; reason declaration, declaration lab.t17.enforce; failures: 3, the last at 2026-11-28T09:15:00Z: "made-up: the update could not be installed"',
  ],
  [
    '19',
    'prepared; failures: 299, the last at 2026-09-01T13:06:48-03:00: "made-up: update failed"',
  ],
  [
    '20',
    'configuration lab.t17.enforce is not active: Info.NotReferencedByActivation, made-up text naming identifier and token; activation lab.t17.act is active',
  ],
  [
    '22',
    'no update pending; it cannot report softwareupdate.device-id: Error.UnsupportedStatusValue, made-up',
  ],
])('the sample %s in plain words', (start, words) => {
  expect(claimsInWords(claims(sample(start))).join('; ')).toBe(words)
  expect(read(sample(start)).oddities).toEqual([])
})

test('a full report says so, and contains identifiers of its device', () => {
  const { claims: found, identity } = read(sample('21'))
  expect(found).toMatchObject({ full: true, installState: 'none' })
  expect(identity).toEqual({ udid: '00008140-0000000000000000' })
})

test.each([
  [
    'a dict with a list, as documented',
    { reason: ['mdm', 'declaration'] },
    ['mdm', 'declaration'],
    0,
  ],
  ['a dict with one text', { reason: 'mdm' }, ['mdm'], 0],
  ['a list alone', ['mdm'], ['mdm'], 1],
  ['a text alone', 'mdm', ['mdm'], 1],
  ['an empty dict', {}, [], 0],
  ['a number', 3, undefined, 2],
])('install-reason as %s', (_, given, reasons, warnings) => {
  const found = read(update({ 'install-reason': given }))
  expect(found.claims.installReason?.reasons).toEqual(reasons)
  expect(found.oddities).toHaveLength(warnings)
})

test('an item of a wrong type hides no other, and becomes a parser warning', () => {
  const { claims: found, oddities } = read(
    report({
      StatusItems: {
        softwareupdate: { 'install-state': 7, 'failure-reason': { count: '3', reason: null } },
        device: { 'operating-system': { version: 'iOS', 'build-version': '23J99' } },
        management: { declarations: { configurations: [{ active: true }, { identifier: 'a' }] } },
      },
    }),
  )
  expect(found).toEqual({
    failure: {},
    os: { build: '23J99' },
    declarations: [{ kind: 'configuration', identifier: 'a' }],
  })
  expect(oddities.map(({ path }) => path)).toEqual([
    'StatusItems.softwareupdate.failure-reason.reason',
    'StatusItems.softwareupdate.install-state',
    'StatusItems.softwareupdate.failure-reason.count',
    'StatusItems.device.operating-system.version',
    'StatusItems.management.declarations.configurations[0]',
  ])
})

test('what is kept of a report is bounded, and it says how much is not', () => {
  const configurations = Array.from({ length: 300 }, (_, i) => ({
    identifier: `c${i}`,
    active: true,
  }))
  const found = claims(
    report({ StatusItems: { management: { declarations: { configurations } } } }),
  )
  expect(found.declarations).toHaveLength(200)
  expect(found.leftOut).toBe(100)
  const long = claims(update({ 'install-state': 'x'.repeat(10_000) }))
  expect(long.installState).toHaveLength(500)
})

test.each([
  ['no JSON', Buffer.from('not json'), 'not JSON'],
  ['no UTF-8', Buffer.from([0xff, 0xfe]), 'not JSON in UTF-8'],
  ['an array', report([]), 'no JSON object'],
  ['no StatusItems', report({ Errors: [] }), 'no StatusItems'],
  [
    'more values than are read',
    report({ StatusItems: { a: Array(20_000).fill(1) } }),
    '10000 values',
  ],
])('a report with %s says why it is not read', (_, bytes, reason) => {
  expect(readStatusReport(bytes)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
})

test('no bytes and no JSON make the reader throw, and every text can be stored', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        fc.jsonValue().map((value) => update({ 'install-state': value, 'install-reason': value })),
        fc
          .jsonValue()
          .map((value) => report({ StatusItems: { management: { declarations: value } } })),
      ),
      (bytes) => {
        const found = readStatusReport(bytes)
        if (!found.ok) return
        const kept = JSON.stringify(found.claims)
        expect(kept).not.toMatch(/\\u0000|[\p{Cc}\p{Cs}]/u)
        claimsInWords(found.claims)
      },
    ),
  )
})

const dict = (entries: [string, PlistValue][]): PlistValue => ({
  type: 'dict',
  entries: new Map(entries),
})
const asking = (endpoint: string) =>
  readDeclarationCheckin(dict([['Endpoint', { type: 'string', value: endpoint }]]))

test.each([
  ['tokens', { kind: 'tokens' }],
  ['declaration-items', { kind: 'items' }],
  ['declaration/configuration/lab.a', { kind: 'configuration', identifier: 'lab.a' }],
  ['declaration/activation/lab.a/b//c', { kind: 'activation', identifier: 'lab.a/b//c' }],
  ['declaration/asset/x', { kind: 'asset', identifier: 'x' }],
  ['declaration/management/x', { kind: 'management', identifier: 'x' }],
  ['declaration/other/x', { kind: 'other', endpoint: 'declaration/other/x' }],
  ['declaration/configuration/', { kind: 'other', endpoint: 'declaration/configuration/' }],
  ['', { kind: 'other', endpoint: '' }],
])('the endpoint %j', (endpoint, expected) => {
  expect(asking(endpoint)).toEqual(expected)
})

test('an endpoint of any length is cut', () => {
  expect(asking(`declaration/configuration/${'x'.repeat(9_000)}`).identifier).toHaveLength(512)
})
