import { createHash } from 'node:crypto'
import type { Actor } from '@/lib/domain/account/actor'
import type { Db } from '../client'
import { recordDeed } from './deeds'

/** What leaves the lab, in the words of the trail; never a secret. */
export type Outgoing = {
  /** What it is, such as `trials` or `reply`. */
  file: string
  /** `csv` counts its records, without the header; of anything else there are no rows. */
  form: 'csv' | 'bytes'
  /** What narrows it, as it was asked. */
  filter?: Record<string, unknown>
  table?: string
  row?: string
  deviceId?: string | undefined
  trialId?: string | undefined
}

export type Body = ReadableStream<Uint8Array> | Uint8Array | string

/**
 * Makes the leaving of a file a deed of the audit trail: what, filter, rows, bytes and the SHA-256 of
 * what was sent. Every route that gives a file of the lab's record hands its body through here.
 *
 * The entry is made before the last byte is followed by the end: a file is whole for its reader only where
 * the trail has it, and where the entry cannot be made the transfer breaks. A reader who goes away, and a
 * source that fails, leave an entry of what was sent until then, `complete: false`.
 */
export function keepExport(
  db: Db,
  actor: Actor,
  { file, form, filter, ...about }: Outgoing,
  body: Body,
): ReadableStream<Uint8Array> {
  const reader = streamOf(body).getReader()
  const sent = createTally(form)
  let told = false
  const tell = async (complete: boolean, because?: string) => {
    if (told) return
    told = true
    const data = { file, ...sent.soFar(), complete, ...(because && { because }), filter }
    await recordDeed(db, actor, { kind: 'exported', ...about, data })
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch(async (error: unknown) => {
          await tell(false, 'the source failed')
          throw error
        })
        if (done) {
          await tell(true)
          controller.close()
          return
        }
        sent.add(value)
        controller.enqueue(value)
      },
      async cancel(reason) {
        await reader.cancel(reason)
        await tell(false, 'the reader went away')
      },
    },
    // Nothing is read ahead: what was counted has been taken.
    { highWaterMark: 0 },
  )
}

function streamOf(body: Body): ReadableStream<Uint8Array> {
  if (body instanceof ReadableStream) return body
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

const [quote, lineFeed] = [0x22, 0x0a]

/** Counts and hashes bytes as they go by. */
function createTally(form: Outgoing['form']) {
  const hash = createHash('sha256')
  let [bytes, ends, quoted] = [0, 0, false]
  const count = (chunk: Uint8Array) => {
    for (const byte of chunk) {
      // A quote within a quoted cell is doubled (RFC 4180 §2.7), and two turns are none.
      if (byte === quote) quoted = !quoted
      else if (byte === lineFeed && !quoted) ends += 1
    }
  }
  return {
    add(chunk: Uint8Array): void {
      hash.update(chunk)
      bytes += chunk.length
      if (form === 'csv') count(chunk)
    },
    soFar: () => ({
      ...(form === 'csv' && { rows: Math.max(ends - 1, 0) }),
      bytes,
      sha256: hash.copy().digest('hex'),
    }),
  }
}
