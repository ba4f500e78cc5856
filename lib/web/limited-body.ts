import type { IncomingMessage } from 'node:http'

/** Larger than any reply a device sends: the greatest plist that is read at all is smaller. */
export const bodyLimitBytes = 8 * 1024 * 1024

/**
 * The raw bytes of a request, as they were signed; undefined where there are more than `limit`. The
 * rest of such a body is never taken into memory, whatever its Content-Length says.
 * @throws Error when the sender goes away in the middle
 */
export async function readLimitedBody(
  request: IncomingMessage,
  limit = bodyLimitBytes,
): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return undefined
  const chunks: Buffer[] = []
  let size = 0
  // destroyOnReturn: false keeps the socket, so that the 413 can still be written to it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('the body was decoded before it was signed')
    size += chunk.byteLength
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}
