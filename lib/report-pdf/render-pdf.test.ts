import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reportOf, wholeTrial } from '../core/record/report/report.testing'
import { reportDocument } from '../core/record/report/report-document'
import { sentTrial } from '../core/testing/trial'
import { createTestDb, type TestDb } from '../db/testing'
import { piecesOf, type ReportDocument, textsOf } from '../domain/report/blocks'
import type { PicturedPhoto } from '../domain/report/photos'
import { fontFiles, pointsOf, settable } from './fonts'
import { renderInThread } from './render-in-thread'
import { renderPdf } from './render-pdf'

let lab: TestDb
let whole: ReportDocument
let live: ReportDocument
let pages: string[]

beforeAll(async () => {
  lab = await createTestDb()
  whole = reportDocument(await reportOf(lab.db, (await wholeTrial(lab.db)).trialId))
  live = reportDocument(await reportOf(lab.db, (await sentTrial(lab.db)).trialId))
  pages = await pagesOf(await renderPdf(whole))
})
afterAll(() => lab.drop())

async function pagesOf(pdf: Uint8Array): Promise<string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), {
    mergePages: false,
  })
  return text
}

/** Where lines and pages break is the layout's affair. */
const packed = (text: string) => text.replaceAll(/\s/g, '')
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test('the same report gives the same bytes, in this process and in the thread', async () => {
  const [first, second] = [await renderPdf(whole), await renderPdf(whole)]
  expect(sha256(second)).toBe(sha256(first))
  const rendered = await renderInThread(whole)
  if (rendered.status !== 'rendered') throw new Error(rendered.reason)
  expect(sha256(rendered.pdf)).toBe(sha256(first))
  expect(sha256(await renderPdf(live))).not.toBe(sha256(first))
})

const photo = (id: number, jpeg?: Uint8Array): PicturedPhoto => ({
  ...{ id, sha256: `hash ${id}`, heading: `Screen dark ${id}`, jpeg },
  caption: [[`IMG_${id}.HEIC`, `, attachment ${id}, by `, '日本', '']],
  without: jpeg ? undefined : 'A recording without a picture here: no picture is made of one.',
})

test('photos stand below the timeline, each with what it shows; a recording says why it has no picture', async () => {
  const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#246' } })
    .jpeg()
    .toBuffer()
  const photos = [photo(1, jpeg), photo(2), photo(3, jpeg)]
  const pdf = await renderPdf(live, photos)
  const rendered = await renderInThread(live, photos)
  if (rendered.status !== 'rendered') throw new Error(rendered.reason)
  expect(sha256(rendered.pdf)).toBe(sha256(pdf))
  expect(
    Buffer.from(pdf)
      .toString('latin1')
      .match(/\/Subtype \/Image/g),
  ).toHaveLength(2)
  const text = packed((await pagesOf(pdf)).join(''))
  const places = ['Timeline', 'Photos and recordings', 'Screen dark 1', 'without a picture here']
    .concat('Screen dark 3', 'attachment 3, by ⟨U+65E5 U+672C⟩', 'Replies and contradictions')
    .map((words) => text.indexOf(packed(words)))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
  expect(text).toContain(packed('stand as their code points'))
  expect(packed((await pagesOf(await renderPdf(live))).join(''))).not.toContain(
    'Photosandrecordings',
  )
})

test('the text of the PDF has every text of the report', () => {
  const body = bodyOf(pages)
  const wanted = [...textsOf(whole).filter((text) => text !== whole.mark && text !== whole.foot)]
  expect(wanted.length).toBeGreaterThan(300)
  const set = wanted.map((text) => settable(text, 'normal'))
  const interrupted = set.filter((text) => !body.includes(packed(text)))
  // A row that goes on over a page has its other cells in between; each of its words is there.
  expect(interrupted.length).toBeLessThan(pages.length)
  const words = interrupted.flatMap((text) => text.split(/\s+/))
  expect(words.filter((word) => !body.includes(word))).toEqual([])
})

/**
 * The text of all pages without what is repeated on each: a text that goes on over a page has the foot of one, the head of
 * the next and the titles of its table in between.
 */
function bodyOf(all: readonly string[]): string {
  const titles = whole.sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) =>
      block.kind === 'table' ? packed(block.columns.map(({ title }) => title).join('')) : [],
    )
  const bodies = all.map((page) =>
    packed(page)
      .replaceAll(packed(whole.mark ?? ' '), '')
      .replaceAll(/T-\d+,SIMULATED,read.*?\d+of\d+/g, ''),
  )
  return bodies
    .map((body) => body.slice(titles.find((title) => body.startsWith(title))?.length ?? 0))
    .join('')
}

test('every page of a simulated trial is marked, and says which page of how many it is', async () => {
  expect(pages.length).toBeGreaterThan(2)
  pages.forEach((page, at) => {
    expect(page).toContain('SIMULATED: this trial is of a virtual device')
    expect(page).toContain(`${at + 1} of ${pages.length}`)
  })
  expect((await pagesOf(await renderPdf(live))).join()).not.toContain('SIMULATED')
})

test('every character of a report is in the font that sets it', () => {
  const uses = ['normal', 'bold', 'code'] as const
  const texts = [whole, live].flatMap(textsOf)
  for (const use of uses) {
    const points = pointsOf(use)
    const lacking = texts
      .flatMap((text) => [...settable(text, use)])
      .filter((one) => one !== '\n' && !points.has(one.codePointAt(0) ?? 0))
    expect([...new Set(lacking)], fontFiles[use]).toEqual([])
  }
})

test('the program’s own characters are never replaced', () => {
  for (const use of ['normal', 'bold', 'code'] as const)
    expect(settable('≤ ≥ − ✓ → – — “ ” ’ … ⟨ ⟩ · × ≠ µ é', use)).toBe(
      '≤ ≥ − ✓ → – — “ ” ’ … ⟨ ⟩ · × ≠ µ é',
    )
})

test('what the font lacks, runs from the right or is beyond U+FFFF stands as its code points', () => {
  expect(settable('a 日本 b', 'normal')).toBe('a ⟨U+65E5 U+672C⟩ b')
  expect(settable('עב', 'normal')).toBe('⟨U+05E2 U+05D1⟩')
  expect(settable('😀', 'normal')).toBe('⟨U+1F600⟩')
  expect(settable('a\u202eb', 'normal')).toBe('a⟨U+202E⟩b')
  expect(settable('Привет Ελλάδα', 'bold')).toBe('Привет Ελλάδα')
})

test('a note explains code points where there are some', async () => {
  const note = 'stand as their code points'
  expect(pages[0]).toContain(note)
  expect((await pagesOf(await renderPdf(live))).join()).not.toContain(note)
})

test('a word longer than its column is broken and not cut off', async () => {
  const long = 'A'.repeat(400)
  const cells = [[[long], [`x${long}`]]]
  const columns = [
    { title: 'Narrow', share: 20 },
    { title: 'Wide', share: 80 },
  ]
  const document = {
    ...live,
    sections: [{ title: 'Long', blocks: [{ kind: 'table' as const, columns, rows: cells }] }],
  }
  const text = packed((await pagesOf(await renderPdf(document))).join(''))
  expect([...text].filter((one) => one === 'A').length).toBeGreaterThanOrEqual(800)
})

test('a report of a thousand entries becomes a file, and costs the calling thread little', async () => {
  const entry = [
    ['2026-03-02 09:00:00 UTC'],
    [{ text: 'The device was queried', strong: true as const }, 'nothing under way'],
    ['Oneway'],
  ]
  const columns = ['Time', 'Event', 'By'].map((title) => ({ title, share: 33 }))
  const rows = Array.from({ length: 1000 }, () => entry)
  const document = {
    ...live,
    sections: [{ title: 'Timeline', blocks: [{ kind: 'table' as const, columns, rows }] }],
  }
  await renderInThread(live)
  const before = process.threadCpuUsage().user
  expect((await renderInThread(document)).status).toBe('rendered')
  expect((process.threadCpuUsage().user - before) / 1000).toBeLessThan(300)
})

test('links of the sources are kept', async () => {
  const linked = whole.sections
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) => (block.kind === 'table' ? block.rows.flat(2).flatMap(piecesOf) : []))
    .flatMap((piece) => (typeof piece === 'string' ? [] : (piece.href ?? [])))
  const document = await getDocumentProxy(new Uint8Array(await renderPdf(whole)))
  const numbers = Array.from({ length: document.numPages }, (_, at) => at + 1)
  const found = await Promise.all(
    numbers.map(async (at) => (await document.getPage(at)).getAnnotations()),
  )
  const urls = new Set(found.flat().map((one) => one.unsafeUrl))
  expect(linked.length).toBeGreaterThan(10)
  expect(linked.filter((url) => !urls.has(url))).toEqual([])
})
