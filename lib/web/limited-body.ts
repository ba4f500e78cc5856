import type { IncomingMessage } from 'node:http'
import type { HeldBodies, Holding } from './body-budgets'

/** Larger than any reply that a device sends, and than the largest plist that is read at all. */
export const bodyLimitBytes = 8 * 1024 * 1024

/** A body in memory; `holding` is to be released with its answer. */
export type HeldBody = { bytes: Uint8Array; holding: Holding | undefined }

/**
 * Reads the raw bytes of a request, as they were signed. The rest of a body that is refused never gets into memory,
 * whatever its Content-Length says.
 * @returns `tooLarge` if there are more than `limit` bytes, `crowded` if the budget of all bodies is used up
 * @throws Error if the sender disconnects half-way
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
    /** Stops reading, but leaves the socket open, so that an answer can still be written to it. */
    function end(settle: () => void): void {
      request.off('data', take).off('end', whole).off('error', failed).off('close', failed)
      // A later error has no listener and would end the process.
      request.on('error', () => undefined)
      if (!request.complete) request.pause()
      chunks.length = 0
      settle()
    }
    request.on('data', take).once('end', whole).once('error', failed).once('close', failed)
    if (request.destroyed) failed()
  })
}
