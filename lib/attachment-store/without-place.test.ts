import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import type { AttachmentType } from '@/lib/domain/attachment/attachment'
import { fileOf, openAttachmentFolder } from './folder'
import { takenByExif } from './taken'
import { copyWithoutPlace } from './without-place'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-placeless-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const folder = openAttachmentFolder(home)

function store(bytes: Uint8Array, type: AttachmentType) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = fileOf(folder, sha256)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  return { sha256, type, bytes: bytes.length }
}

const heic = readFileSync('lib/attachment-store/testdata/photo.heic')
const madeOf = async (one: Parameters<typeof copyWithoutPlace>[1]): Promise<Buffer> => {
  const made = await copyWithoutPlace(folder, one)
  if (made.status === 'refused') throw new Error(made.reason)
  return readFileSync(made.file)
}
const rawPixels = (bytes: Buffer) => sharp(bytes).raw().toBuffer()

test('a HEIC loses its place and keeps its time and its coded picture; the original stays', async () => {
  const one = store(heic, 'image/heic')
  const place = number(48, 1)
  expect(heic.includes(place)).toBe(true)
  const copy = await madeOf(one)
  expect(copy.includes(place)).toBe(false)
  const { exif } = await sharp(copy).metadata()
  expect(exif && takenByExif(exif)).toBe('2026-11-29 15:02:11 +01:00')
  const coded = (bytes: Buffer) => bytes.subarray(bytes.indexOf('mdat')).subarray(4, 150)
  expect(coded(copy).equals(coded(heic))).toBe(true)
  expect(readFileSync(fileOf(folder, one.sha256)).equals(heic)).toBe(true)
})

test('a JPEG has the same pixels without its place', async () => {
  const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .jpeg()
    .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 7/1 24/1' } })
    .toBuffer()
  const copy = await madeOf(store(photo, 'image/jpeg'))
  const gps = async (bytes: Buffer) => (await sharp(bytes).metadata()).exif?.includes('N\0\0\0')
  expect(await gps(photo)).toBe(true)
  expect(await gps(copy)).not.toBe(true)
  expect(await rawPixels(copy)).toEqual(await rawPixels(photo))
})

const word = (text: string) => Buffer.from(text, 'latin1')
const number = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length)
  values.forEach((value, at) => void bytes.writeUInt32BE(value, at * 4))
  return bytes
}
const box = (name: string | Buffer, ...content: Buffer[]) => {
  const all = Buffer.concat(content)
  return Buffer.concat([number(all.length + 8), Buffer.from(name), all])
}

test('an iPhone’s recording loses both of its places', async () => {
  const place = word('+48.1234+011.5678+500.000/')
  const length = Buffer.from([0, place.length, 0x15, 0xc7])
  const key = box('mdta', word('com.apple.quicktime.location.ISO6709'))
  const value = box(number(1), box('data', number(1, 0), place))
  const handler = box('hdlr', Buffer.alloc(8), word('mdta'), Buffer.alloc(12))
  const meta = box('meta', handler, box('keys', number(0, 1), key), box('ilst', value))
  const user = box('udta', box(word('\xa9xyz'), length, place))
  const movie = Buffer.concat([
    box('ftyp', word('qt  '), number(0), word('qt  ')),
    box('mdat', Buffer.alloc(100, 'x')),
    box('moov', box('mvhd', Buffer.alloc(100)), user, meta),
  ])
  const copy = await madeOf(store(movie, 'video/quicktime'))
  expect(copy.includes('+48.1234')).toBe(false)
  expect(copy.includes(Buffer.alloc(100, 'x'))).toBe(true)
})

/** A recording whose only track is one of positions, as phones and action cameras write it: its first position. */
function recordingWithPositions(): Buffer {
  // Camera motion metadata, type 5: https://developers.google.com/streetview/publish/camm-spec
  const position = Buffer.alloc(28)
  position.writeUInt16LE(5, 2)
  for (const [at, value] of [48.1234, 11.5678, 500].entries())
    position.writeDoubleLE(value, 4 + 8 * at)
  const type = box('ftyp', word('isom'), number(0), word('isom'))
  const samples = [
    box('stsd', number(0, 1), box('camm', number(0, 1))),
    box('stts', number(0, 1, 1, 1000)),
    box('stsc', number(0, 1, 1, 1, 1)),
    box('stsz', number(0, position.length, 1)),
    box('stco', number(0, 1, type.length + 8)),
  ]
  const handler = box('hdlr', number(0, 0), word('camm'), number(0, 0, 0), Buffer.alloc(1))
  const media = box('mdia', handler, box('minf', box('stbl', ...samples)))
  const header = box('mvhd', number(0, 0, 0, 1000, 1000), Buffer.alloc(80))
  const track = box('trak', box('tkhd', number(0, 0, 0, 1, 0, 1000), Buffer.alloc(60)), media)
  return Buffer.concat([type, box('mdat', position), box('moov', header, track)])
}

test('a recording with a track of positions is refused, as nothing takes them out', async () => {
  const one = store(recordingWithPositions(), 'video/mp4')
  expect(await copyWithoutPlace(folder, one)).toEqual({
    ...{ status: 'refused' },
    reason: 'The place could not be taken out of this file; the copy was thrown away.',
  })
})

test('a copy is made once, and what cannot be written is refused without a trace', async () => {
  const one = store(heic, 'image/heic')
  expect(await madeOf(one)).toEqual(await madeOf(one))
  const broken = store(heic.subarray(0, 60), 'image/heic')
  const refused = await copyWithoutPlace(folder, broken)
  expect(refused).toMatchObject({ status: 'refused', reason: expect.stringMatching(/^exiftool/) })
  const left = readdirSync(folder.previews, { recursive: true, encoding: 'utf8' })
  expect(left.filter((name) => name.includes('.part'))).toEqual([])
})

test('where perl is missing, that is the answer', async () => {
  const one = store(Buffer.concat([heic, Buffer.from([0])]), 'image/heic')
  expect(await copyWithoutPlace(folder, one, 'no-such-perl')).toMatchObject({
    reason: expect.stringContaining('perl is not installed on the server'),
  })
})
