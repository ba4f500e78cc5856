import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import {
  type AttachmentType,
  attachmentInfo,
  minFreeForAttachments,
} from '@/lib/domain/attachment/attachment'
import { freeBytesOf, placelessOf } from './folder'
import { type AttachmentStore, cloneOut } from './store'

/** exiftool writes a file anew: two gigabytes on a slow disk. */
const withinMs = 120_000
/** Each needs the disk and a processor. */
const maxAtOnce = 2
let running = 0

export type Placeless = { status: 'made'; file: string } | { status: 'refused'; reason: string }

const refused = (reason: string) => ({ status: 'refused' as const, reason })

// By its path, as it is no module: a program in perl.
const program = path.join(process.cwd(), 'node_modules', 'exiftool-vendored.pl', 'bin', 'exiftool')

/**
 * A copy of a file without the place it was taken at; pixels and everything else stay as they are, and so does the
 * original. The copy is read back, and refused if a place is left in it. It is kept, and made once.
 * @param perl the program that runs exiftool
 * @throws BucketFailure if the file is in object storage that cannot be asked
 */
export async function copyWithoutPlace(
  store: AttachmentStore,
  { sha256, type, bytes }: { sha256: string; type: AttachmentType; bytes: number },
  perl = 'perl',
): Promise<Placeless> {
  const { ending } = attachmentInfo(type)
  const file = placelessOf(store, sha256, ending)
  if (existsSync(file)) return { status: 'made', file }
  if (!existsSync(program))
    return refused(
      'exiftool is not installed with this Oneway, so no copy without the place is made.',
    )
  if (running >= maxAtOnce) return refused('Other copies are being made. Try again in a moment.')
  if ((await freeBytesOf(store.files)) - 2 * bytes < minFreeForAttachments)
    return refused('The disk of the lab is nearly full: there is no room for a copy.')
  running += 1
  try {
    return await make(perl, (to) => cloneOut(store, sha256, to), file, ending)
  } finally {
    running -= 1
  }
}

async function make(
  perl: string,
  copyTo: (file: string) => Promise<string | undefined>,
  to: string,
  ending: string,
): Promise<Placeless> {
  // exiftool believes the ending; ours is by the content.
  const part = `${to}.${process.pid}.${Date.now()}.part.${ending}`
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  try {
    const problem = await copyTo(part)
    if (problem !== undefined) return refused(`No copy is made of this file: ${problem}.`)
    // Not `-gps:all=`, which leaves the place in an iPhone's recording (Keys:GPSCoordinates).
    const quiet = ['-q', '-q', '-m', '-api', 'LargeFileSupport=1']
    const written = await run(perl, [...quiet, '-overwrite_original', '-gps*=', part])
    if (written.problem !== undefined) return refused(written.problem)
    // Tracks of positions, and a recording within a photo, are read only with -ee, and nothing takes a place out of them.
    const left = await run(perl, [...quiet, '-ee', '-s', '-s', '-s', '-a', '-gps*', part])
    if (left.problem !== undefined) return refused(left.problem)
    if (left.text.trim() !== '')
      return refused('The place could not be taken out of this file; the copy was thrown away.')
    await rename(part, to)
    return { status: 'made', file: to }
  } finally {
    await rm(part, { force: true })
  }
}

type Ran = { text: string; problem?: string }

function run(perl: string, options: readonly string[]): Promise<Ran> {
  const limits = { timeout: withinMs, killSignal: 'SIGKILL', maxBuffer: 1024 * 1024 } as const
  // Nothing of the lab's secrets: it reads a file from outside.
  const env = { PATH: process.env.PATH ?? '', NODE_ENV: 'production' } as const
  return new Promise((resolve) => {
    execFile(perl, [program, ...options], { ...limits, env }, (error, text, words) => {
      if (!error) return resolve({ text })
      if (error.code === 'ENOENT')
        return resolve({
          text,
          problem:
            'perl is not installed on the server, so no copy without the place is made. The original is unchanged.',
        })
      // Its messages name the file by its path, which is nobody's business.
      const [first = ''] = words.split('\n')
      const [about = ''] = first.split(' - /')
      const said = about.slice(0, 200)
      resolve({
        text,
        problem: `exiftool could not write this file: ${said || error.message.slice(0, 60)}`,
      })
    })
  })
}
