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
export function unpackZip(bytes: Uint8Array, only?: string): Unpacked {
  let total = 0
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (only !== undefined && name !== only) return false
        total += originalSize
        if (total > maxUnpackedBytes) throw new Error('it would unpack to more than 256 MiB')
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

/**
 * Unpacks a ZIP of exactly these files, each once.
 * @param maxBytes of all of them when unpacked; a ZIP that says it has more is not unpacked
 */
export function unpackOnly(
  bytes: Uint8Array,
  names: readonly string[],
  maxBytes: number,
): Unpacked {
  const found: string[] = []
  let total = 0
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize
        if (!names.includes(name)) throw new Error('it has a file that does not belong there')
        if (found.includes(name)) throw new Error(`it has ${name} twice`)
        if (total > maxBytes)
          throw new Error(`it would unpack to more than ${maxBytes / 1024 / 1024} MiB`)
        found.push(name)
        return true
      },
    })
    const missing = names.find((name) => !found.includes(name))
    if (missing !== undefined) return { status: 'notAZip', reason: `it has no ${missing}` }
    return {
      status: 'unpacked',
      files: names.map((name) => ({ name, bytes: files[name] ?? new Uint8Array() })),
    }
  } catch (error) {
    // As above.
    return { status: 'notAZip', reason: error instanceof Error ? error.message : 'unknown' }
  }
}
