import { zipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { LabTrial } from '@/lib/domain/report/lab-report'
import { later, must } from '../../testing/people'
import { fileOfAnotherLab, rowLike, usualRow, zipOf } from './lab-report.testing'
import { bytesOfTrials } from './lab-trials'
import { readLabReport } from './read-lab-report'

const trials = [rowLike(usualRow, 'one'), rowLike(usualRow, 'two')]
const now = later(6000)
const read = (bytes: Uint8Array) => readLabReport(bytes, now)
const bytes = (text: string) => new TextEncoder().encode(text)

test('a whole file is read as it was made', () => {
  const found = must(read(fileOfAnotherLab({ trials })), 'read')
  expect(found.trials).toEqual(trials)
  expect(found.manifest.lab.name).toBe('Lab a')
})

/** The text of rows, changed where it stands. */
const altered = (from: string, to: string) => {
  const text = new TextDecoder().decode(bytesOfTrials(trials))
  if (!text.includes(from)) throw new Error(`no ${from} in the rows`)
  return bytes(text.replace(from, to))
}
/** A file whose manifest has the hash of the altered rows, as a forger would make it. */
const forged = (row: object) => fileOfAnotherLab({ trials: [{ ...trials[0], ...row } as LabTrial] })

test('one altered byte of the rows, and a cut file, are named', () => {
  const whole = must(read(fileOfAnotherLab({ trials })), 'read')
  const file = zipOf(whole.manifest, altered('"12.1"', '"12.2"'))
  expect(read(file)).toMatchObject({
    status: 'refused',
    field: 'file',
    reason: expect.stringMatching(/^trials\.json was altered: its SHA-256 is [0-9a-f]{64}/),
  })
  const full = fileOfAnotherLab({ trials })
  for (const at of [10, full.length >> 1, full.length - 3])
    expect(read(full.slice(0, at))).toMatchObject({ status: 'refused', field: 'file' })
})

test.each([
  ['outcome', { outcome: 'installed by magic' }, /^trials\.json: number 1, outcome: /],
  ['model', { model: "Erin's iPad" }, /number 1, model: .*Accepted: a model identifier/],
  ['a text', { note: 'read this' }, /number 1: .*note/],
  ['version', { startOs: '12.01' }, /number 1, startOs: .*without leading zeros/],
  ['missing', { power: undefined }, /number 1, power: /],
  ['date', { releasedOn: 'yesterday' }, /number 1, releasedOn: /],
  ['too many', { contradictions: Array(51).fill(usualRow.contradictions[0]) }, /contradictions: /],
  [
    'path',
    { contradictions: [{ ...usualRow.contradictions[0], path: '<script>' }] },
    /number 1, contradictions, number 1, path: /,
  ],
])('a forged row is refused with its field: %s', (_what, row, reason) => {
  expect(read(forged(row))).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(reason),
  })
})

test.each([
  ['another form', (m: object) => ({ ...m, format: 'oneway-frozen-report' }), /format/],
  ['a newer form', (m: object) => ({ ...m, version: 2 }), /version/],
  ['no lab', (m: object) => ({ ...m, lab: { id: 'x', name: 'x' } }), /lab, id: /],
  ['a name of lines', (m: object) => ({ ...m, lab: { id: '0'.repeat(64), name: 'a\nb' } }), /name/],
  ['a mark of real trials', (m: object) => ({ ...m, environment: 'real' }), /mark/],
  ['the future', (m: object) => ({ ...m, frozenAt: later(200_000).toISOString() }), /future/],
  ['other trials', (m: object) => ({ ...m, trials: ['0'.repeat(32)] }), /names other trials/],
  ['an extra key', (m: object) => ({ ...m, note: 'x' }), /note/],
])('a forged manifest is refused: %s', (_what, forge, reason) => {
  expect(read(fileOfAnotherLab({ trials, forge }))).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(reason),
  })
})

test('a trial that stands twice is refused', () => {
  const [one] = trials
  if (!one) throw new Error('no row')
  expect(read(fileOfAnotherLab({ trials: [one, one] }))).toMatchObject({
    reason: expect.stringContaining('twice'),
  })
})

test.each([
  ['nothing', new Uint8Array(), /no report for other labs/],
  ['a text', bytes('hello'), /no report for other labs/],
  ['too large', new Uint8Array(2 * 1024 * 1024 + 1), /larger than 2 MiB/],
  [
    'a third file',
    zipSync({ 'manifest.json': bytes('{}'), 'a.txt': bytes('') }),
    /does not belong/,
  ],
  ['a path', zipSync({ '../manifest.json': bytes('{}') }), /does not belong/],
  ['one file', zipSync({ 'manifest.json': bytes('{}') }), /no trials\.json/],
  [
    'a ZIP that unpacks to much',
    zipSync({ 'manifest.json': bytes('{}'), 'trials.json': new Uint8Array(9 * 1024 * 1024) }),
    /more than 8 MiB/,
  ],
  ['no JSON', zipOf({}, bytes('[')), /manifest\.json: /],
  [
    'a deep manifest',
    zipOf(JSON.parse(`${'['.repeat(9)}${']'.repeat(9)}`), bytes('[]')),
    /too deep/,
  ],
  [
    'no UTF-8',
    zipSync({ 'manifest.json': new Uint8Array([0xff, 0xfe]), 'trials.json': bytes('[]') }),
    /not JSON in UTF-8/,
  ],
])('%s is refused with a reason', (_what, file, reason) => {
  expect(read(file)).toMatchObject({ status: 'refused', reason: expect.stringMatching(reason) })
})

test('a million brackets are no work, and exhaust no stack', () => {
  const deep = zipSync({
    'manifest.json': bytes('['.repeat(1_000_000)),
    'trials.json': bytes('[]'),
  })
  expect(read(deep)).toMatchObject({ reason: expect.stringContaining('too deep') })
})

test('a ZIP whose header says less than it holds is not unpacked beyond that', () => {
  const file = fileOfAnotherLab({ trials })
  // The size of each file stands in the directory at the end, 24 bytes behind its mark "PK\1\2".
  const view = new DataView(file.buffer, file.byteOffset)
  for (let at = 0; at < file.length - 46; at += 1)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 5, true)
  expect(read(file)).toMatchObject({ status: 'refused', field: 'file' })
})
