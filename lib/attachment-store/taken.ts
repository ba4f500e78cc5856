import { type FileHandle, open } from 'node:fs/promises'

// When a file says that it was taken. It is a claim of the camera's clock, and shown as one.

const [exifPointer, takenTag, offsetTag] = [0x8769, 0x9003, 0x9011]
const maxEntries = 200

/**
 * DateTimeOriginal and its offset of an Exif block (CIPA DC-008 §4.6), as "2026-11-29 15:02:11 +01:00"; without the
 * offset where the camera wrote none. Undefined if there is no such time.
 */
export function takenByExif(block: Uint8Array): string | undefined {
  const start = String.fromCharCode(...block.subarray(0, 4)) === 'Exif' ? 6 : 0
  const bytes = block.subarray(start)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const little = view.getUint16(0) === 0x4949
    const root = entriesAt(view, view.getUint32(4, little), little)
    const exif = entriesAt(view, root.get(exifPointer)?.value ?? 0, little)
    const text = (tag: number) => textOf(bytes, exif.get(tag))
    const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text(takenTag) ?? '')
    if (!found) return undefined
    const [, year, month, day, time] = found
    const offset = /^[+-]\d\d:\d\d$/.exec(text(offsetTag) ?? '')?.[0]
    return [`${year}-${month}-${day}`, time, offset].filter(Boolean).join(' ')
  } catch (error) {
    // It points outside of itself.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

type Entry = { count: number; value: number; at: number }

function entriesAt(view: DataView, at: number, little: boolean): Map<number, Entry> {
  if (at === 0) return new Map()
  const count = Math.min(view.getUint16(at, little), maxEntries)
  const entries = Array.from({ length: count }, (_, index): [number, Entry] => {
    const place = at + 2 + index * 12
    const entry = {
      count: view.getUint32(place + 4, little),
      value: view.getUint32(place + 8, little),
      at: place + 8,
    }
    return [view.getUint16(place, little), entry]
  })
  return new Map(entries)
}

/** A text of up to four bytes stands in the entry itself. */
function textOf(bytes: Uint8Array, entry: Entry | undefined): string | undefined {
  if (!entry || entry.count > 64) return undefined
  const at = entry.count <= 4 ? entry.at : entry.value
  return String.fromCharCode(...bytes.subarray(at, at + entry.count)).replaceAll('\0', '')
}

/** 1904-01-01 to 1970-01-01, in seconds: ISO/IEC 14496-12 §8.2.2 counts from 1904. */
const since1904 = 2_082_844_800
const maxBoxes = 1000

/** The creation time of a recording's `mvhd` box, in UTC; undefined if it has none. */
export async function takenByMovie(file: string): Promise<string | undefined> {
  const opened = await open(file, 'r')
  try {
    const { size } = await opened.stat()
    const movie = await findBox(opened, 'moov', { at: 0, end: size })
    const header = movie && (await findBox(opened, 'mvhd', movie))
    if (!header) return undefined
    const view = await read(opened, header.at, 12)
    const seconds = view.getUint8(0) === 1 ? Number(view.getBigUint64(4)) : view.getUint32(4)
    // Many programs write 0 for "not known".
    if (seconds <= since1904) return undefined
    const at = new Date((seconds - since1904) * 1000)
    return Number.isNaN(at.getTime())
      ? undefined
      : `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  } finally {
    await opened.close()
  }
}

type Span = { at: number; end: number }

/** The content of the first box of this name. */
async function findBox(file: FileHandle, name: string, within: Span): Promise<Span | undefined> {
  let { at } = within
  for (let box = 0; box < maxBoxes && at + 8 <= within.end; box++) {
    const head = await read(file, at, 16)
    const short = head.getUint32(0)
    const [headSize, size] = short === 1 ? [16, Number(head.getBigUint64(8))] : [8, short]
    const end = size === 0 ? within.end : at + size
    const found = String.fromCharCode(...[4, 5, 6, 7].map((place) => head.getUint8(place)))
    if (found === name) return { at: at + headSize, end: Math.min(end, within.end) }
    if (end <= at) return undefined
    at = end
  }
  return undefined
}

/** A view of as many bytes as there are; reading beyond them is a RangeError. */
async function read(file: FileHandle, at: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  return new DataView(bytes.buffer, 0, bytesRead)
}
