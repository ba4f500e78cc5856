/** Larger than any reply a device sends: the greatest plist that is read at all is smaller. */
export const bodyLimitBytes = 8 * 1024 * 1024

/**
 * The raw bytes of a request, as they were signed; undefined where there are more than `limit`. The
 * rest of such a body is never taken into memory, whatever its Content-Length says.
 */
export async function readLimitedBody(
  request: Request,
  limit = bodyLimitBytes,
): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return undefined
  if (!request.body) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
    size += value.byteLength
    if (size > limit) {
      await reader.cancel()
      return undefined
    }
    chunks.push(value)
  }
}
