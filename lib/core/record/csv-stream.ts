import type { Readable } from 'node:stream'

/** As much as a socket accepts at once; one chunk per row would take twice as long. */
const chunkBytes = 64 * 1024
const lineFeed = 0x0a
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

/** Gathers rows into chunks and ends each row with CRLF (RFC 4180 §2.1); a line feed inside a cell stays. */
export function createRowGatherer(give: (chunk: Uint8Array) => void) {
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let used = 0

  const flush = () => {
    if (used === 0) return
    give(chunk.subarray(0, used))
    chunk = Buffer.allocUnsafe(chunkBytes)
    used = 0
  }

  return {
    /** @param row as COPY writes it, with its line feed */
    add(row: Uint8Array): void {
      const length = row.at(-1) === lineFeed ? row.length - 1 : row.length
      if (used + length + 2 > chunkBytes) flush()
      if (length + 2 > chunkBytes) {
        give(Buffer.concat([row.subarray(0, length), Buffer.from('\r\n')]))
        return
      }
      chunk.set(row.subarray(0, length), used)
      used += length
      chunk[used++] = 0x0d
      chunk[used++] = lineFeed
    },
    flush,
  }
}

/**
 * The rows of a COPY as a response body, sent as fast as the client reads them. If the client disconnects, the rest is
 * drained and not destroyed, because the connection is only usable again once COPY has ended.
 * @param rows a stream with one row per `data` event
 * @param ended called once, when the connection is free again, also after an error
 */
export function streamCsv(
  rows: Readable,
  { bom, ended }: { bom: boolean; ended: () => void },
): ReadableStream<Uint8Array> {
  let gone = false
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (bom) controller.enqueue(byteOrderMark)
        const gatherer = createRowGatherer((chunk) => {
          controller.enqueue(chunk)
          if ((controller.desiredSize ?? 0) <= 0) rows.pause()
        })
        rows.on('data', (row: Uint8Array) => {
          if (!gone) gatherer.add(row)
        })
        rows.on('end', () => {
          if (gone) return
          gatherer.flush()
          controller.close()
        })
        // The client must see a broken transfer, not a file that looks complete.
        rows.on('error', (error) => {
          if (!gone) controller.error(error)
        })
        rows.on('close', ended)
        rows.pause()
      },
      pull: () => {
        rows.resume()
      },
      cancel: () => {
        gone = true
        rows.resume()
      },
    },
    { highWaterMark: 4 },
  )
}
