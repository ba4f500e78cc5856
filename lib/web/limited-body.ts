import type { IncomingMessage } from 'node:http'
import type { HeldBodies, Holding } from './held-bodies'

/** Larger than any reply a device sends: the greatest plist that is read at all is smaller. */
export const bodyLimitBytes = 8 * 1024 * 1024

/** A body in memory; `holding` is to be released with its answer. */
export type HeldBody = { bytes: Uint8Array; holding: Holding | undefined }

/**
 * The raw bytes of a request, as they were signed; `tooLarge` where there are more than `limit`, `crowded`
 * where all bodies together are more than may be held. The rest of such a body is never taken into memory,
 * whatever its Content-Length says.
 * @throws Error when the sender goes away in the middle
 */
export function readLimitedBody(
  request: IncomingMessage,
  bodies?: HeldBodies,
  limit = bodyLimitBytes,
): Promise<HeldBody | 'tooLarge' | 'crowded'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve('tooLarge')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const holding = bodies?.open(() => end(() => resolve('crowded')))
    const giveUp = (settle: () => void) => {
      holding?.release()
      end(settle)
    }
    const take = (chunk: unknown) => {
      if (!Buffer.isBuffer(chunk))
        return giveUp(() => reject(new TypeError('the body was decoded before it was signed')))
      size += chunk.byteLength
      if (size > limit) return giveUp(() => resolve('tooLarge'))
      if (holding?.grow(chunk.byteLength) ?? true) chunks.push(chunk)
    }
    const whole = () => {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      end(() => resolve({ bytes, holding }))
    }
    const failed = (error?: Error) =>
      giveUp(() => reject(error ?? new Error('the sender went away in the middle')))
    /** Nothing is read any more; the socket is left, so that an answer can still be written to it. */
    function end(settle: () => void): void {
      request.off('data', take).off('end', whole).off('error', failed).off('close', failed)
      // One that comes later has nobody who waits for it.
      request.on('error', () => undefined)
      if (!request.complete) request.pause()
      chunks.length = 0
      settle()
    }
    request.on('data', take).once('end', whole).once('error', failed).once('close', failed)
    if (request.destroyed) failed()
  })
}
