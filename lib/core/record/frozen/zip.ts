import { unzipSync, Zip, ZipDeflate } from 'fflate'

export type ZipFile = { name: string; bytes: Uint8Array }

/** Packs files into a ZIP. One file after the other, so that the process can do other work in between. */
export async function packZip(files: readonly ZipFile[], at: Date): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  const zip = new Zip((error, chunk) => {
    if (error) throw error
    chunks.push(chunk)
  })
  for (const { name, bytes } of files) {
    const entry = new ZipDeflate(name, { level: name.endsWith('.pdf') ? 1 : 6 })
    entry.mtime = at
    zip.add(entry)
    entry.push(bytes, true)
    await new Promise((resolve) => setImmediate(resolve))
  }
  zip.end()
  return Buffer.concat(chunks)
}

/** A ZIP that says it would grow beyond this is not unpacked. */
const maxUnpackedBytes = 256 * 1024 * 1024

export type Unpacked =
  | { status: 'unpacked'; files: ZipFile[] }
  | { status: 'notAZip'; reason: string }

/** @param only the one file to unpack; all by default */
export const unpackZip = (bytes: Uint8Array, only?: string): Unpacked =>
  unpack(bytes, maxUnpackedBytes, (name) => only === undefined || name === only)

/**
 * Unpacks a ZIP of exactly these files, each once.
 * @param maxBytes of all of them when unpacked; a ZIP that says it has more is not unpacked
 */
export function unpackOnly(
  bytes: Uint8Array,
  names: readonly string[],
  maxBytes: number,
): Unpacked {
  const found = new Set<string>()
  const zip = unpack(bytes, maxBytes, (name) => {
    if (!names.includes(name)) throw new Error('it has a file that does not belong there')
    if (found.has(name)) throw new Error(`it has ${name} twice`)
    found.add(name)
    return true
  })
  if (zip.status === 'notAZip') return zip
  const missing = names.find((name) => !found.has(name))
  if (missing !== undefined) return { status: 'notAZip', reason: `it has no ${missing}` }
  const place = ({ name }: ZipFile) => names.indexOf(name)
  return { ...zip, files: zip.files.toSorted((a, b) => place(a) - place(b)) }
}

/** @param takes whether a file is unpacked; what it throws is the reason why none is */
function unpack(bytes: Uint8Array, maxBytes: number, takes: (name: string) => boolean): Unpacked {
  let total = 0
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!takes(name)) return false
        total += originalSize
        if (total > maxBytes)
          throw new Error(`it would unpack to more than ${maxBytes / 1024 / 1024} MiB`)
        return !name.endsWith('/')
      },
    })
    return {
      status: 'unpacked',
      files: Object.entries(files).map(([name, content]) => ({ name, bytes: content })),
    }
  } catch (error) {
    // A damaged archive is what a person may well bring here; the library throws for each kind of damage.
    return { status: 'notAZip', reason: error instanceof Error ? error.message : 'unknown' }
  }
}
