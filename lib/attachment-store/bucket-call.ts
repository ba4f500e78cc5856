import { createHash } from 'node:crypto'
import { lookup as systemLookup } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
// Node finds no named exports in it.
import aws4 from 'aws4'
import { guardedLookup, hostOf } from '@/lib/mdm/server-url'

// One signed request to S3-compatible object storage: a connection of its own, TLS verified, the address checked as for
// MDM servers, no redirect. docs/decisions/085-object-storage.md

export type BucketSettings = {
  /** Scheme, host and port. */
  endpoint: URL
  region: string
  bucket: string
  /** What the names of all objects begin with; empty, or with a slash at its end. */
  prefix: string
  keyId: string
  secret: string
  /** Whether the bucket stands in the path, and not before the host name. */
  pathStyle: boolean
}

export type BucketCall = {
  method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** The name of an object; the bucket itself without it. */
  object?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: Buffer
  /** How long nothing may happen on the connection before the answer begins. */
  quietMs?: number
  /** Ends the request, and its answer if that has begun. */
  signal?: AbortSignal | undefined
  /** Instead of the system's, for tests of where names may lead. */
  lookup?: LookupFunction | undefined
}

type FailureKind = 'noAnswer' | 'notTrusted' | 'refused' | 'full' | 'altered'

/** Object storage that does not do what it was asked to. Its message can be shown to a person. */
export class BucketFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status?: number,
    /** The code by which S3 names the error, such as NoSuchBucket. */
    readonly code?: string,
  ) {
    super(message)
  }
}

const usualQuietMs = 15_000
/** Once bytes arrive: a player may pause, and reads on by another request after this. */
const quietBodyMs = 120_000
const maxTextBytes = 1024 * 1024

/**
 * Makes one request, and resolves when its answer has begun.
 * @returns an answer with a status of 2xx; its body must be read or destroyed
 * @throws BucketFailure
 */
export async function callBucket(
  settings: BucketSettings,
  call: BucketCall,
): Promise<IncomingMessage> {
  const answer = await exchange(settings, call)
  const status = answer.statusCode ?? 0
  if (status >= 200 && status < 300) return answer
  throw refusalOf(settings, status, await readText(settings, answer).catch(() => ''))
}

function exchange(settings: BucketSettings, call: BucketCall): Promise<IncomingMessage> {
  const { url, path } = placeOf(settings, call)
  const { method, body, quietMs = usualQuietMs, signal, lookup = systemLookup } = call
  const signed = aws4.sign(
    {
      ...{ service: 's3', region: settings.region, method, host: url.host, path },
      headers: {
        ...call.headers,
        host: url.host,
        // The storage compares it with what arrives.
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
      },
    },
    { accessKeyId: settings.keyId, secretAccessKey: settings.secret },
  )
  const host = hostOf(url)
  const isSecure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? requestHttps : requestHttp)({
      ...{ method, host, port: url.port || (isSecure ? 443 : 80), agent: false },
      path: signed.path ?? path,
      headers: signed.headers ?? {},
      lookup: guardedLookup(url, lookup),
      ...(signal && { signal }),
      ...(isSecure && isIP(host) === 0 && { servername: host }),
    })
    let waitsMs = quietMs
    sent.setTimeout(waitsMs)
    sent.on('timeout', () => sent.destroy(new Error(`nothing within ${waitsMs / 1000} s`)))
    sent.on('error', (error) => reject(failureOf(settings, error)))
    sent.on('response', (answer) => {
      waitsMs = quietBodyMs
      sent.setTimeout(waitsMs)
      resolve(answer)
    })
    sent.end(body)
  })
}

/** All texts but those of a query are in a form that needs no escaping: lib/env-variables.ts, and the hashes. */
function placeOf(settings: BucketSettings, { object, query = {} }: BucketCall) {
  const { bucket, endpoint, pathStyle } = settings
  const url = pathStyle ? endpoint : new URL(`${endpoint.protocol}//${bucket}.${endpoint.host}`)
  const parts = Object.entries(query).map(([name, value]) =>
    value === '' ? name : `${name}=${encodeURIComponent(value)}`,
  )
  const search = parts.length === 0 ? '' : `?${parts.join('&')}`
  const inBucket = object === undefined ? '' : `${settings.prefix}${object}`
  const path = pathStyle ? `/${bucket}${inBucket === '' ? '' : `/${inBucket}`}` : `/${inBucket}`
  return { url, path: `${path}${search}` }
}

/**
 * The whole text of an answer.
 * @throws BucketFailure if it breaks off or is too large
 */
export async function readText(settings: BucketSettings, answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer) {
      // Without an encoding an answer gives buffers.
      const piece = chunk as Buffer
      bytes += piece.byteLength
      if (bytes > maxTextBytes) throw new Error('its answer is too long')
      chunks.push(piece)
    }
  } catch (error) {
    throw failureOf(settings, error)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Without a regular expression, which a hostile answer could make slow. */
export function between(text: string, start: string, end: string, from = 0): string | undefined {
  const begin = text.indexOf(start, from)
  if (begin < 0) return undefined
  const stop = text.indexOf(end, begin + start.length)
  return stop < 0 ? undefined : text.slice(begin + start.length, stop)
}

/** What an error in XML says, if its code has the form of one. */
export function errorCodeIn(text: string): string | undefined {
  const code = between(text, '<Code>', '</Code>')
  return code !== undefined && /^[A-Za-z0-9.]{1,60}$/.test(code) ? code : undefined
}

/** The failure of an answer, or of an error within one. */
export function refusalOf(
  { endpoint }: BucketSettings,
  status: number,
  text: string,
): BucketFailure {
  const code = errorCodeIn(text)
  const said = code === undefined ? `${status}` : `${status} ${code}`
  const isFull = status === 507 || /StorageFull|QuotaExceeded|InsufficientStorage/.test(said)
  return isFull
    ? new BucketFailure(
        'full',
        `the object storage at ${endpoint.host} is full (${said})`,
        status,
        code,
      )
    : new BucketFailure(
        'refused',
        `the object storage at ${endpoint.host} answered ${said}`,
        status,
        code,
      )
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** The failure of a connection. */
export function failureOf({ endpoint }: BucketSettings, error: unknown): BucketFailure {
  if (error instanceof BucketFailure) return error
  const code = codeOf(error)
  const words = error instanceof Error ? error.message : String(error)
  const detail = (code || words).slice(0, 200)
  const isNotTrusted = code
    ? /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO/.test(code)
    : /belongs to no server|does not lead to this machine/.test(words)
  return isNotTrusted
    ? new BucketFailure(
        'notTrusted',
        `the object storage at ${endpoint.host} is not trusted: ${detail}`,
      )
    : new BucketFailure(
        'noAnswer',
        `the object storage at ${endpoint.host} does not answer: ${detail}`,
      )
}
