import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { ApiAnswer } from '@/lib/api/answer'
import { answerDevices } from '@/lib/api/devices'
import { answerTrials } from '@/lib/api/trials'
import { authorizeKey, keyIn } from '@/lib/auth/api-key-request'
import { refusalHeaders } from '@/lib/auth/refusal-answers'
import { recordRefusal } from '@/lib/auth/security-events'
import type { Db } from '@/lib/db/client'
import { isDatabaseAway } from '@/lib/db/errors'
import { askAgainWords } from '@/lib/domain/database-away'
import { jsonHeaders } from '@/lib/text-answers'

/** The lists of the API. Each is also a route below app/api/v1, which answers a browser by its session. */
const lists = new Map<string, (db: Db, url: URL, now: Date) => Promise<ApiAnswer>>([
  ['/api/v1/devices', answerDevices],
  ['/api/v1/trials', answerTrials],
])

type Api = {
  /** A pool of its own, with prepared statements. */
  db: Db
  /** Where refusals are recorded. */
  recordDb: Db
  clock(): Date
  report(error: unknown): void
}

/**
 * Answers a program that asks for a list with a key, before Next, which would take longer than the list.
 * docs/decisions/102-lists-before-next.md
 * @returns whether it answers; false leaves the request to the pages
 */
export function createApi(api: Api) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { method, url = '' } = request
    const list = method === 'GET' ? lists.get(url.split('?', 1)[0] ?? '') : undefined
    const key = keyIn({ get: (name) => textOf(request.headers[name]) })
    if (list === undefined || key === undefined) return false
    const answer = async () => {
      const now = api.clock()
      const allowed = await authorizeKey(api.db, key, 'look', now)
      if (allowed.status === 'authorized')
        // Only the path and the query are read.
        return await give(request, response, await list(api.db, new URL(url, 'http://lab'), now))
      const { code, reason, actor, waitSeconds } = allowed
      await recordRefusal(api.recordDb, { actor, what: 'look', reason })
      refuse(response, code, reason, waitSeconds)
    }
    void answer().catch((error: unknown) => fail(response, error, api.report))
    return true
  }
}

const textOf = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null)

const compress = promisify(gzip)
/** Below this a packet holds it either way. */
const minCompressed = 1_400

async function give(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { status, body }: ApiAnswer,
): Promise<void> {
  response.setHeader('vary', 'accept-encoding')
  const bytes = Buffer.from(body)
  const small = bytes.length < minCompressed || !takesGzip(textOf(headers['accept-encoding']))
  // The quickest level: the next costs three times as much for a tenth less.
  const sent = small ? bytes : await compress(bytes, { level: constants.Z_BEST_SPEED })
  if (!small) response.setHeader('content-encoding', 'gzip')
  response.writeHead(status, { ...jsonHeaders, 'content-length': sent.length }).end(sent)
}

/** Whether `Accept-Encoding` names gzip without refusing it (RFC 9110 §12.5.3). */
const takesGzip = (accepted: string | null): boolean =>
  (accepted ?? '')
    .split(',')
    .some((one) => /^\s*gzip\s*(;|$)/i.test(one) && !/;\s*q=0(\.0*)?\s*$/i.test(one))

function refuse(response: ServerResponse, status: number, reason: string, wait?: number): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, refusalHeaders(status, wait)).end(JSON.stringify({ error: reason }))
}

function fail(response: ServerResponse, error: unknown, report: Api['report']): void {
  if (isDatabaseAway(error)) return void refuse(response, 503, askAgainWords)
  report(error)
  refuse(response, 500, 'The list could not be made; the log of the web server says why.')
}
