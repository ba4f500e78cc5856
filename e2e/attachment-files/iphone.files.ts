import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import heicDecode from 'heic-decode'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileOf, openAttachmentFolder, previewOf } from '@/lib/attachment-store/folder'
import { createUploads } from '@/lib/attachment-store/uploads'
import { copyWithoutPlace } from '@/lib/attachment-store/without-place'
import { beginAttachment, recordAttachment } from '@/lib/core/record/attach'
import { engineer, later } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { listAttachments, listPreviews } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { attachmentPartBytes } from '@/lib/domain/attachment/attachment'
import { makeNextPreview } from '@/lib/worker/previews'

const { IPHONE_PHOTO: photo, FFMPEG_BIN: ffmpeg } = process.env
const home = mkdtempSync(path.join(tmpdir(), 'oneway-iphone-'))
const folder = openAttachmentFolder(path.join(home, 'data'))
const exiftool = path.join('node_modules', 'exiftool-vendored.pl', 'bin', 'exiftool')

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command}: ${stderr}`)
  return stdout
}
const tags = (file: string, ...names: string[]) =>
  run('perl', exiftool, '-m', '-ee', '-s', '-s', '-s', '-n', ...names, file)
    .trim()
    .split('\n')
    .filter((line) => line !== '')

/** A place that nobody was at: the file of the package has none. */
const latitude = 48.1234
const longitude = 11.5678
const iso6709 = '+48.1234+011.5678+500.000/'

/** The photo with a made-up place, where an iPhone writes it. */
function placedPhoto(): string {
  const file = path.join(home, 'IMG_0001.HEIC')
  copyFileSync(photo ?? '', file)
  expect(tags(file, '-gps*')).toEqual([])
  const place = [
    ...[`-GPSLatitude=${latitude}`, '-GPSLatitudeRef=N', `-GPSLongitude=${longitude}`],
    ...['-GPSLongitudeRef=E', '-GPSAltitude=500', '-GPSAltitudeRef=0', '-GPSSpeed=0'],
  ]
  run('perl', exiftool, '-q', '-m', '-overwrite_original', ...place, file)
  return file
}

/** Two seconds of a test picture with a tone, as QuickTime with the keys and both places of an iPhone's recording. */
function placedRecording(): string {
  const file = path.join(home, 'IMG_0002.MOV')
  const inputs = ['testsrc2=size=1280x720:rate=30:duration=2', 'sine=duration=2']
  run(
    ffmpeg ?? '',
    ...['-loglevel', 'error', '-y', ...inputs.flatMap((one) => ['-f', 'lavfi', '-i', one])],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', 'mov'],
    ...['-metadata', 'creation_time=2018-07-31T12:52:07Z', file],
  )
  const keys = [
    ...[`-Keys:GPSCoordinates#=${iso6709}`, `-UserData:GPSCoordinates#=${iso6709}`],
    ...['-Keys:Make=Apple', '-Keys:Model=iPhone 8 Plus', '-Keys:Software=11.4.1'],
    '-Keys:CreationDate=2018:07:31 14:52:07+02:00',
  ]
  run('perl', exiftool, '-q', '-m', '-overwrite_original', ...keys, file)
  expect(readFileSync(file).includes('com.apple.quicktime.location.ISO6709')).toBe(true)
  return file
}

/** The hash of every picture and every piece of sound, as they are decoded. */
const framesOf = (file: string) =>
  run(ffmpeg ?? '', '-v', 'error', '-i', file, '-f', 'framemd5', '-')

async function pixelsOf(bytes: Buffer) {
  const [first] = await heicDecode.all({ buffer: bytes })
  if (!first) throw new Error('it holds no picture')
  const { width, height } = first
  const { data } = await first.decode()
  return { width, height, data: Buffer.from(data.buffer) }
}

describe.skipIf(photo === undefined || ffmpeg === undefined)('files of an iPhone', () => {
  let lab: TestDb
  beforeAll(async () => {
    lab = await createTestDb()
  })
  afterAll(async () => {
    await lab.drop()
    rmSync(home, { recursive: true, force: true })
  })

  /** Sends a file in the parts of the page, to the uploads of the route. */
  async function upload(file: string) {
    const { trialId } = await sentTrial(lab.db)
    const bytes = readFileSync(file)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const handle = createUploads(folder, async () => 2 ** 40)
    const ask = (uploadId: string | undefined, init: RequestInit) =>
      handle({
        request: new Request(`http://lab/uploads/${uploadId ?? ''}`, init),
        ...{ uploadId, base: '/uploads', trialId, personId: engineer.id },
        begin: (wish) => beginAttachment(lab.db, engineer, { ...wish, trialId }, later(900)),
        finish: (arrived) =>
          recordAttachment(lab.db, engineer, { ...arrived, trialId }, later(901)),
      })
    const text = (words: string) => Buffer.from(words).toString('base64')
    const begun = await ask(undefined, {
      method: 'POST',
      headers: {
        ...{ 'tus-resumable': '1.0.0', 'upload-length': String(bytes.length) },
        'upload-metadata': `fileName ${text(path.basename(file))},sha256 ${text(sha256)}`,
      },
    })
    expect(begun.status).toBe(201)
    const uploadId = begun.headers.get('location')?.split('/').at(-1)
    for (let at = 0; at < bytes.length; at += attachmentPartBytes) {
      const body = bytes.subarray(at, at + attachmentPartBytes)
      const answer = await ask(uploadId, {
        ...{ method: 'PATCH', body: new Uint8Array(body) },
        headers: {
          ...{ 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' },
          ...{ 'upload-offset': String(at), 'content-length': String(body.length) },
        },
      })
      expect([200, 204]).toContain(answer.status)
    }
    await makeNextPreview(lab.db, folder, later(902))
    const [row] = await listAttachments(lab.db, trialId)
    const preview = (await listPreviews(lab.db, trialId)).get(sha256)
    if (!row) throw new Error('it was not attached')
    expect(readFileSync(fileOf(folder, sha256)).equals(bytes)).toBe(true)
    return { row, preview, bytes }
  }

  async function withoutPlace(row: {
    sha256: string
    type: 'image/heic' | 'video/quicktime'
    bytes: number
  }) {
    const copy = await copyWithoutPlace(folder, row)
    if (copy.status === 'refused') throw new Error(copy.reason)
    return copy.file
  }

  test('a photo of 12 megapixels in tiles, taken upright, gets an upright preview without its place', async () => {
    const { row, preview } = await upload(placedPhoto())
    expect(row).toMatchObject({ type: 'image/heic', fileName: 'IMG_0001.HEIC' })
    expect(preview).toMatchObject({
      ...{ state: 'made', width: 1200, height: 1600, takenText: '2018-07-31 14:52:07' },
    })
    const picture = previewOf(folder, row.sha256)
    expect((await sharp(picture).metadata()).exif).toBeUndefined()
    expect(tags(picture, '-gps*', '-Make', '-Model')).toEqual([])
    // Neither black nor a single colour: the tiles were decoded.
    const { channels } = await sharp(picture).stats()
    expect(channels.every(({ mean, stdev }) => mean > 20 && mean < 235 && stdev > 10)).toBe(true)
  })

  test('the copy of that photo has no place, and the same picture and camera; the original keeps its place', async () => {
    const { row, bytes } = await upload(placedPhoto())
    const file = await withoutPlace({ ...row, type: 'image/heic' })
    expect(tags(file, '-gps*')).toEqual([])
    expect(tags(file, '-Make', '-Model', '-Software')).toEqual(['Apple', 'iPhone 8 Plus', '11.4.1'])
    const [one, other] = [await pixelsOf(bytes), await pixelsOf(readFileSync(file))]
    expect([other.width, other.height]).toEqual([3024, 4032])
    expect(other.data.equals(one.data)).toBe(true)
    expect(tags(fileOf(folder, row.sha256), '-GPS:GPSLatitude')).toEqual([String(latitude)])
  })

  test('a recording says when it was taken, and its copy has neither of its places and every frame', async () => {
    const { row, preview, bytes } = await upload(placedRecording())
    expect(row).toMatchObject({ type: 'video/quicktime', fileName: 'IMG_0002.MOV' })
    expect(preview).toMatchObject({
      ...{ state: 'none', reason: 'no picture is made of a recording' },
      takenText: '2018-07-31 12:52:07 UTC',
    })
    const file = await withoutPlace({ ...row, type: 'video/quicktime' })
    expect(tags(file, '-gps*')).toEqual([])
    const copy = readFileSync(file)
    expect([bytes.includes(iso6709), copy.includes('+48.1234')]).toEqual([true, false])
    expect(tags(file, '-Keys:Make', '-Keys:Model')).toEqual(['Apple', 'iPhone 8 Plus'])
    expect(framesOf(file)).toBe(framesOf(fileOf(folder, row.sha256)))
    expect(framesOf(file).split('\n').length).toBeGreaterThan(100)
  })
})
