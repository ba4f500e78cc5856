import { readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { getCACertificates } from 'node:tls'
import type { FetchedFeed } from '@/lib/core/catalogue/fetch-feeds'

export type FetchLimits = {
  /** From the look-up of the name to the last byte. */
  withinMs: number
  maxBytes: number
  /** PEM certificates that are trusted beside those of the system; a file. */
  caFile?: string | undefined
  stopping?: AbortSignal | undefined
}

/** The largest feed that is fetched, AppleDB's list of one system, has some megabytes. */
export const usualLimits = { withinMs: 60_000, maxBytes: 24_000_000 }

/**
 * Reads one feed over HTTPS: the certificate is always verified, no redirect is followed, and nothing but a whole
 * answer with the status 200 counts. Apple's list is signed by Apple's own root, which ordinary systems do not have:
 * its certificate stands in `caFile`. Never rejects.
 */
export async function fetchFeed(url: string, limits: FetchLimits): Promise<FetchedFeed> {
  const failed = (reason: string) => ({ status: 'failed' as const, reason })
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    return failed('the address is not https')
  try {
    const own = limits.caFile === undefined ? [] : [await readFile(limits.caFile, 'utf8')]
    return await read(url, [...getCACertificates('default'), ...own], limits)
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error))
  }
}

function read(url: string, ca: string[], limits: FetchLimits): Promise<FetchedFeed> {
  const { withinMs, maxBytes, stopping } = limits
  const time = AbortSignal.timeout(withinMs)
  const signal = stopping ? AbortSignal.any([time, stopping]) : time
  const headers = { accept: 'application/json', 'user-agent': 'Oneway (OS catalogue)' }
  return new Promise((resolve) => {
    const fail = (reason: string) => {
      resolve({ status: 'failed', reason })
      request.destroy()
    }
    const onError = (error: Error) =>
      fail(time.aborted ? `no whole answer within ${withinMs / 1000} s` : error.message)
    const request = get(url, { ca, headers, signal, agent: false, rejectUnauthorized: true })
    request.on('error', onError).on('response', (response) => {
      const { statusCode } = response
      if (statusCode !== 200) return fail(`the answer has the status ${statusCode}`)
      const chunks: Buffer[] = []
      let size = 0
      response.on('error', onError).on('data', (chunk: Buffer) => {
        size += chunk.byteLength
        if (size > maxBytes) fail(`the answer is larger than ${maxBytes / 1e6} MB`)
        else chunks.push(chunk)
      })
      response.on('end', () => {
        if (response.complete) resolve({ status: 'read', bytes: Buffer.concat(chunks) })
        else fail('the answer was cut off')
      })
      response.on('aborted', () => onError(new Error('the answer was cut off')))
    })
  })
}
