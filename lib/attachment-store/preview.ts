import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { AttachmentType } from '@/lib/domain/attachment/attachment'
import { fileOf, previewOf } from './folder'
import { type AttachmentStore, copyOut } from './store'

/** A HEIC of 48 megapixels takes a slow machine half of it. */
const withinMs = 30_000
const maxHeapMebibytes = 512
/** All memory of the process; decoders take theirs outside of the heap. */
const maxBytes = 1024 * 1024 * 1024
const lookEveryMs = 100
const maxReason = 300

const answerSchema = z.object({
  state: z.enum(['made', 'none']),
  reason: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  takenText: z.string().max(40).optional(),
})
export type MadePreview = z.output<typeof answerSchema>

type Limits = { withinMs: number; maxBytes: number }

/**
 * Makes the preview of a file in a process of its own, with limits on time and memory. What cannot be decoded within
 * them has no preview, and the reason is kept.
 * @throws BucketFailure if the file is in object storage that cannot be asked
 */
export async function makePreview(
  store: AttachmentStore,
  file: { sha256: string; type: AttachmentType },
  limits: Limits = { withinMs, maxBytes },
): Promise<MadePreview> {
  const to = previewOf(store, file.sha256)
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  const here = fileOf(store, file.sha256)
  if (existsSync(here)) return makeFrom(here, to, file.type, limits)
  // A file is moved to the object storage after its preview: this one was lost with a disk, or a restore left it out.
  const copy = `${to}.original`
  try {
    const problem = store.bucket ? await copyOut(store, file.sha256, copy) : 'it is missing'
    if (problem === undefined) return await makeFrom(copy, to, file.type, limits)
    return none(
      store.bucket
        ? `of the file in the object storage: ${problem}`
        : 'the file is missing from the data folder',
    )
  } finally {
    await rm(copy, { force: true })
  }
}

function makeFrom(
  from: string,
  to: string,
  type: AttachmentType,
  limits: Limits,
): Promise<MadePreview> {
  // By its path, as lib/import-file/read-in-thread.ts starts its thread.
  const file = path.join(process.cwd(), 'lib', 'attachment-store', 'preview-child.ts')
  const heap = `--max-old-space-size=${maxHeapMebibytes}`
  const child = spawn(process.execPath, [heap, '--import', 'tsx', file, from, to, type], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Nothing of the lab's secrets: it reads one file and writes one.
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production' },
  })
  return answerOf(child, limits)
}

const none = (reason: string): MadePreview => ({
  state: 'none',
  reason: reason.slice(0, maxReason),
})

function answerOf(child: ChildProcess, limits: Limits): Promise<MadePreview> {
  return new Promise((resolve) => {
    let text = ''
    let killed: string | undefined
    const kill = (reason: string) => {
      killed ??= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(
      () => kill(`it was not decoded within ${limits.withinMs / 1000} s`),
      limits.withinMs,
    )
    const look = setInterval(async () => {
      if ((await memoryOf(child.pid)) > limits.maxBytes)
        kill(
          `decoding it takes more than ${Math.round(limits.maxBytes / 1024 / 1024)} MiB of memory`,
        )
    }, lookEveryMs)
    const settle = (answer: MadePreview) => {
      clearTimeout(timer)
      clearInterval(look)
      resolve(answer)
    }
    child.stdout?.on('data', (chunk: Buffer) => {
      if (text.length < 10_000) text += chunk.toString()
    })
    child.once('error', (error) => settle(none(`it was not decoded: ${error.message}`)))
    child.once('close', () => settle(killed === undefined ? read(text) : none(killed)))
  })
}

function read(text: string): MadePreview {
  try {
    const { reason, ...answer } = answerSchema.parse(JSON.parse(text))
    return reason === undefined ? answer : { ...answer, reason: reason.slice(0, maxReason) }
  } catch {
    return none('its decoder ended without an answer')
  }
}

/** The memory of a process in bytes, where the system tells it (Linux); 0 elsewhere. */
async function memoryOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  return Number(text.split(' ')[1] ?? 0) * 4096
}
