import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Db } from '../client'
import { transact } from '../transact'

/** An action that changes no row, such as an export or a refused attempt. */
export type RecordedAction = {
  kind:
    | ('refused' | 'signInFailed' | 'exported' | 'verified' | 'clockStepped')
    | ('noticeRetried' | 'noticeDiscarded')
  table?: string
  row?: string
  deviceId?: string | undefined
  trialId?: string | undefined
  /** No secrets: it stays in the trail for ever. */
  data: Record<string, unknown>
}

const nobody: Actor = { id: 'nobody', name: 'Nobody signed in', role: 'system' }

/** Enters an action into the audit trail. */
export async function recordAction(db: Db, actor: Actor | undefined, action: RecordedAction) {
  const { kind, table = null, row = null, deviceId = null, trialId = null, data } = action
  await transact(db, actor ?? nobody, (tx) =>
    tx.execute(sql`select record_action(${kind}, ${table}::text, ${row}::text, ${deviceId}::uuid,
      ${trialId}::uuid, ${JSON.stringify(data)}::jsonb, null)`),
  )
}

/** A file that leaves the lab, as the trail names it; no secrets. */
export type ExportedFile = {
  /** Such as `trials` or `reply`. */
  file: string
  /** The records of `csv` are counted, without the header; `bytes` have no rows. */
  form: 'csv' | 'bytes'
  /** The filter as it was requested. */
  filter?: Record<string, unknown>
  table?: string
  row?: string
  deviceId?: string | undefined
  trialId?: string | undefined
}

export type Body = ReadableStream<Uint8Array> | Uint8Array | string

/**
 * Enters an export into the audit trail: file, filter, rows, bytes and the SHA-256 of what was sent. Every
 * route that serves a file of the lab's record passes its body through here.
 *
 * The entry is written after the last byte and before the stream ends: the reader has the whole file only if
 * the trail has the entry, and the transfer breaks if the entry cannot be written. A reader who disconnects
 * or a source that fails leaves an entry of what was sent until then, with `complete: false`.
 */
export function recordExport(
  db: Db,
  actor: Actor,
  { file, form, filter, ...about }: ExportedFile,
  body: Body,
): ReadableStream<Uint8Array> {
  const reader = streamOf(body).getReader()
  const sent = createTally(form)
  let recorded = false
  const record = async (complete: boolean, reason?: string) => {
    if (recorded) return
    recorded = true
    const data = { file, ...sent.soFar(), complete, ...(reason && { reason }), filter }
    await recordAction(db, actor, { kind: 'exported', ...about, data })
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch(async (error: unknown) => {
          await record(false, 'the source failed')
          throw error
        })
        if (done) {
          await record(true)
          controller.close()
          return
        }
        sent.add(value)
        controller.enqueue(value)
      },
      async cancel(reason) {
        await reader.cancel(reason)
        await record(false, 'the reader went away')
      },
    },
    // No read-ahead, so that only bytes the reader has taken are counted.
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
function createTally(form: ExportedFile['form']) {
  const hash = createHash('sha256')
  let [bytes, ends, quoted] = [0, 0, false]
  const count = (chunk: Uint8Array) => {
    for (const byte of chunk) {
      // A quote within a quoted cell is doubled (RFC 4180 §2.7); toggling twice changes nothing.
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
