import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import next from 'next'
import { isLoopback } from '@/lib/auth/origins'
import { keepEvents, type ReceivedEvent } from '@/lib/core/ingest/keep-events'
import { gather } from '@/lib/core/shared/gather'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { connect } from '@/lib/db/client'
import { demandPoolOf, demandSessionOf } from '@/lib/db/postgres/session'
import { readLabMetrics } from '@/lib/db/queries/lab-metrics'
import { systemActor } from '@/lib/domain/account/permissions'
import { env, sessionUrl } from '@/lib/env'
import { createLog } from '@/lib/log'
import { databaseReady } from '@/lib/operations/health'
import { openMetrics } from '@/lib/operations/metrics'
import { quietConsole } from '../log'
import { createHeldBodies } from './body-budgets'
import { createConcurrencyLimit } from './concurrency-limit'
import { refuseForeign } from './foreign'
import { createForgeries } from './forgeries'
import { createFront, type Front } from './front'
import { createHeartbeat } from './heartbeat'
import { clientAddress, trustedProxies } from './request-headers'
import { createRequestLog } from './request-log'
import { createServerLookup } from './server-lookup'
import { createTlsFront } from './tls-front'
import { type Receiving, receive, webhookHoldMs } from './webhook'
import { readWorker } from './worker-file'

// The web server process: Next's pages, and in front of them the webhook, which must be received even if a page is
// slow, and the headers of every response. docs/decisions/008-webhook-before-next.md and
// docs/decisions/017-headers-before-next.md

const { HOST, PORT, ONEWAY_METRICS_PORT, DATABASE_URL, DATABASE_DIRECT_URL } = env()
const { ONEWAY_BASE_URL, ONEWAY_TRUSTED_PROXIES } = env()
const { ONEWAY_TLS_CERT_FILE: certFile, ONEWAY_TLS_KEY_FILE: keyFile } = env()
const dev = process.argv[2] === 'dev'
quietConsole()
const log = createLog('webhook')

const databaseUrl = sessionUrl(env())
await demandSessionOf(databaseUrl)
if (DATABASE_DIRECT_URL !== undefined) await demandPoolOf(DATABASE_URL)

// Separate connections, so that pages that use up theirs cannot keep a reply from being stored. They reconnect
// quickly: a database that comes back must be found while the requests are still held.
const { db, sql, end: endDatabase } = connect(databaseUrl, {
  max: 4,
  actor: systemActor,
  retrySeconds: 0.25,
  connectSeconds: 5,
})
const keep = gather<ReceivedEvent>((received) => keepEvents(db, received), {
  maxItems: 200,
  sizeOf: ({ body }) => body.byteLength,
  maxSize: 16 * 1024 * 1024,
})
const clock = () => new Date()
const heartbeat = createHeartbeat(db, {
  clock,
  report: (error) => log.error({ err: error }, 'a heartbeat was not written'),
})
const clockWatch = createClockWatch(db, {
  process: 'web',
  report: (error) => log.error({ err: error }, 'a step of the clock was not recorded'),
})
const isTrusted = trustedProxies(ONEWAY_TRUSTED_PROXIES ?? [])
const receiving: Receiving = {
  findServer: createServerLookup(db),
  keep: async (received) => {
    await keep(received)
    // The database is back: missed bodies can be recorded now.
    if (heartbeat.missed.isPending()) void heartbeat.recordHeartbeat()
  },
  report: (error) => log.error({ err: error }, 'a webhook body was not kept'),
  clock,
  missed: heartbeat.missed.note,
  holdMs: webhookHoldMs,
  bodies: createHeldBodies(),
  forgeries: createForgeries(),
  senderOf: (request) => clientAddress(request, isTrusted),
}

const withinLimit = createConcurrencyLimit({ maxRendering: 2, maxMs: 3_000 })
const isReady = databaseReady(() => sql`select 1`)

const metrics = openMetrics({
  ...{ port: ONEWAY_METRICS_PORT, host: HOST, isReady },
  readLab: () => readLabMetrics(db, new Date()),
  report: (error) => log.error({ err: error }, 'the metrics were not answered'),
})
const logRequest = createRequestLog(createLog('web'))

const front: Front = {
  baseUrl: ONEWAY_BASE_URL,
  // Not on loopback: a browser would then refuse whatever else this machine serves there without TLS.
  https: ONEWAY_BASE_URL.startsWith('https:') && !isLoopback(ONEWAY_BASE_URL),
  dev,
  isTrusted,
  icon: readFileSync(new URL('../../app/icon.svg', import.meta.url)),
  worker: dev ? undefined : readWorker(process.env.NEXT_DIST_DIR ?? '.next'),
  isReady,
  onRequest: (request, response) =>
    logRequest(request, response, (ended) => metrics.request(request.url, ended)),
  webhook: (request, response, slug) => void receive(request, response, slug, receiving),
  page: (request, response) =>
    withinLimit({ request, response }, () => void showPage(request, response)),
  refuseForeign: (request, response, reason) => void refuseForeign(db, request, response, reason),
}
const plain = createFront(front)
const server =
  certFile !== undefined && keyFile !== undefined
    ? createTlsFront(front, { cert: readFileSync(certFile), key: readFileSync(keyFile) })
    : plain
const pages = next({
  dev,
  hostname: HOST,
  port: PORT,
  // Next listens there for WebSockets. Only its dev server needs them; otherwise it gets a server that nobody reaches.
  httpServer: dev ? plain : createServer(),
})
await pages.prepare()
const showPage = pages.getRequestHandler()

server.listen({ port: PORT, host: HOST }, () => {
  // Not earlier: a heartbeat says that this process can receive events.
  heartbeat.start()
  clockWatch.start()
  console.log('web server running')
})

let ending = false
async function end(): Promise<void> {
  if (ending) return
  ending = true
  // A webhook body that is arriving is still stored and answered; pages may be cut off.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref())
  server.closeIdleConnections()
  heartbeat.stop()
  clockWatch.stop()
  await Promise.race([closed, deadline])
  server.closeAllConnections()
  await endDatabase()
  process.exit(0)
}
process.on('SIGTERM', end).on('SIGINT', end)
if (process.connected) process.on('disconnect', end)
