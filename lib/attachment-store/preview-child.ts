import { readFile, rename, stat } from 'node:fs/promises'
import heicDecode from 'heic-decode'
import sharp, { type Sharp } from 'sharp'
import { takenByExif, takenByMovie } from './taken'

// The process that makes one preview and ends: a file from outside is decoded here and nowhere else, so that what it
// does to a decoder hits a process with limits on time and memory, and neither the web server nor the worker.
// lib/attachment-store/preview.ts starts it.

/** Longest edge in pixels: a screen of a phone, twice. */
const edge = 1600
/** More than any phone's camera has; a picture of a few bytes can claim billions. */
const maxPixels = 100_000_000
const maxHeicBytes = 64 * 1024 * 1024

const [from = '', to = '', type = ''] = process.argv.slice(2)
sharp.cache(false)
sharp.concurrency(1)

type Made = { state: 'made'; width: number; height: number; takenText?: string | undefined }
type None = { state: 'none'; reason: string; takenText?: string | undefined }

async function make(): Promise<Made | None> {
  if (type.startsWith('video/')) {
    const takenText = await takenByMovie(from)
    return { state: 'none', reason: 'no picture is made of a recording', takenText }
  }
  const { exif } = await sharp(from, { limitInputPixels: maxPixels }).metadata()
  const takenText = exif && takenByExif(exif)
  const isHeif = type === 'image/heic' || type === 'image/heif'
  const picture = isHeif ? await decodeHeif() : sharp(from, { limitInputPixels: maxPixels })
  if ('reason' in picture) return { ...picture, takenText }
  const part = `${to}.part`
  const { width, height } = await picture
    .rotate()
    .resize(edge, edge, { fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    // Nothing but the picture: no place, no name of a camera.
    .jpeg({ quality: 80 })
    .toFile(part)
  await rename(part, to)
  return { state: 'made', width, height, takenText }
}

/** sharp reads only what a HEIC says of itself: its libheif has no decoder of HEVC. */
async function decodeHeif(): Promise<Sharp | None> {
  const none = (reason: string): None => ({ state: 'none', reason })
  if ((await stat(from)).size > maxHeicBytes) return none('the picture has too many bytes')
  const found = await heicDecode.all({ buffer: await readFile(from) })
  const [first] = found
  if (!first) return none('it holds no picture')
  const { width, height } = first
  if (width * height > maxPixels) return none('the picture has too many pixels')
  const { data } = await first.decode()
  return sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } })
}

const result = await make().catch(
  (error: unknown): None => ({
    state: 'none',
    reason: `it cannot be decoded: ${error instanceof Error ? error.message : String(error)}`,
  }),
)
process.stdout.write(JSON.stringify(result))
