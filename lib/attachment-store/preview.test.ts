import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import type { AttachmentType } from '@/lib/domain/attachment/attachment'
import { fileOf, openAttachmentFolder, previewOf } from './folder'
import { makePreview } from './preview'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-previews-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const folder = openAttachmentFolder(home)

function store(bytes: Uint8Array, type: AttachmentType) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = fileOf(folder, sha256)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  return { sha256, type }
}

const drawn = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#1c7ed6' } })
const pixelsOf = async (sha256: string) => sharp(previewOf(folder, sha256)).metadata()

test('a JPEG becomes a smaller one, turned as its camera was held, without its place and camera', async () => {
  const photo = await drawn(3000, 2000)
    .jpeg()
    .withExif({
      IFD0: { Make: 'Test maker' },
      IFD2: { DateTimeOriginal: '2026:11:29 15:02:11', OffsetTimeOriginal: '+01:00' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 0/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer()
  const one = store(photo, 'image/jpeg')
  expect(await makePreview(folder, one)).toEqual({
    ...{ state: 'made', width: 1067, height: 1600, takenText: '2026-11-29 15:02:11 +01:00' },
  })
  const { format, exif } = await pixelsOf(one.sha256)
  expect([format, exif]).toEqual(['jpeg', undefined])
})

test('a HEIC becomes a JPEG with its colours', async () => {
  const one = store(readFileSync('lib/attachment-store/testdata/photo.heic'), 'image/heic')
  expect(await makePreview(folder, one)).toEqual({
    ...{ state: 'made', width: 160, height: 120, takenText: '2026-11-29 15:02:11 +01:00' },
  })
  const corner = await sharp(previewOf(folder, one.sha256))
    .extract({ left: 10, top: 10, width: 1, height: 1 })
    .raw()
    .toBuffer()
  expect(corner[0]).toBeGreaterThan(200)
  expect(corner[1]).toBeLessThan(60)
})

test('a small PNG keeps its size', async () => {
  const one = store(await drawn(40, 30).png().toBuffer(), 'image/png')
  expect(await makePreview(folder, one)).toEqual({ state: 'made', width: 40, height: 30 })
})

const word = (text: string) => Buffer.from(text, 'latin1')
const number = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const box = (name: string, ...content: Buffer[]) => {
  const all = Buffer.concat(content)
  return Buffer.concat([number(all.length + 8), word(name), all])
}

test('a recording has no preview, and says in UTC when it was taken', async () => {
  const seconds = Date.UTC(2026, 10, 29, 14, 2, 11) / 1000 + 2_082_844_800
  const movie = Buffer.concat([
    box('ftyp', word('qt  '), number(0), word('qt  ')),
    box('mdat', randomBytes(500)),
    box('moov', box('mvhd', number(0), number(seconds), number(seconds), Buffer.alloc(80))),
  ])
  expect(await makePreview(folder, store(movie, 'video/quicktime'))).toEqual({
    ...{ state: 'none', reason: 'no picture is made of a recording' },
    takenText: '2026-11-29 14:02:11 UTC',
  })
})

test.each([
  ['a JPEG that breaks off', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), 'image/jpeg'],
  [
    'a HEIC that breaks off',
    readFileSync('lib/attachment-store/testdata/photo.heic').subarray(0, 300),
    'image/heic',
  ],
  ['noise', randomBytes(5000), 'image/png'],
] as const)('%s has no preview, with the reason', async (_, bytes, type) => {
  const made = await makePreview(folder, store(bytes, type))
  expect(made).toMatchObject({
    state: 'none',
    reason: expect.stringContaining('cannot be decoded'),
  })
})

test('a picture of a few bytes that claims billions of pixels is not decoded', async () => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(60_000, 0)
  head.writeUInt32BE(60_000, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const crc = Buffer.alloc(4)
  const png = await drawn(4, 4).png().toBuffer()
  crc.writeUInt32BE(crc32(Buffer.concat([word('IHDR'), head])))
  const bomb = Buffer.concat([png.subarray(0, 16), head, crc, png.subarray(33)])
  const made = await makePreview(folder, store(bomb, 'image/png'))
  expect(made).toMatchObject({ state: 'none', reason: expect.stringContaining('pixel limit') })
})

test('what is not decoded in its time or memory has no preview', async () => {
  const one = store(await drawn(50, 50).png().toBuffer(), 'image/png')
  const slow = await makePreview(folder, one, { withinMs: 1, maxBytes: 2 ** 40 })
  expect(slow.reason).toBe('it was not decoded within 0.001 s')
  const large = await makePreview(folder, one, { withinMs: 60_000, maxBytes: 1024 * 1024 })
  expect(large.reason).toBe('decoding it takes more than 1 MiB of memory')
})

test('a file that is missing is said', async () => {
  const made = await makePreview(folder, { sha256: 'a'.repeat(64), type: 'image/png' })
  expect(made).toEqual({ state: 'none', reason: 'the file is missing from the data folder' })
})
