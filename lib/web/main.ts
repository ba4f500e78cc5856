import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import next from 'next'
import { isLoopback } from '@/lib/auth/origins'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { connect } from '@/lib/db/client'
import { demandPoolOf, demandSessionOf } from '@/lib/db/postgres/session'
import { systemActor } from '@/lib/domain/account/permissions'
import { env, sessionUrl } from '@/lib/env'
import { createLog } from '@/lib/log'
import { databaseReady } from '@/lib/operations/health'
import { openMetrics } from '@/lib/operations/metrics'
import { yieldProcessor } from '@/lib/operations/processor-share'
import { quietConsole } from '../log'
import { createApi } from './api'
import { createConcurrencyLimit } from './concurrency-limit'
import { endWith } from './end-with'
import { refuseForeign } from './foreign'
import { answering, createFront, type Front } from './front'
import { keepConnection } from './keep-connection'
import { openReceiving } from './receiving'
import { trustedProxies } from './request-headers'
import { createRequestLog } from './request-log'
import { readPrivatePages } from './signed-out'
import { createTlsFront } from './tls-front'
import { readWorker } from './worker-file'

// The web server process: Next's pages, and in front of them the headers of every response. The listener hands it
// requests by a socket; started apart (`--only web`) or in development it has the address itself.
// docs/decisions/017-headers-before-next.md and docs/decisions/100-a-listener-of-its-own.md

const {
  HOST,
  PORT,
  ONEWAY_METRICS_PORT,
  DATABASE_URL,
  DATABASE_DIRECT_URL,
  ONEWAY_BASE_URL,
  ONEWAY_TRUSTED_PROXIES,
  ONEWAY_WEB_SOCKET,
} = env()
const { ONEWAY_TLS_CERT_FILE: certFile, ONEWAY_TLS_KEY_FILE: keyFile } = env()
const dev = process.argv[2] === 'dev'
quietConsole()
// In development events come here alone.
if (!dev) yieldProcessor()
const log = createLog('web')

const databaseUrl = sessionUrl(env())
await demandSessionOf(databaseUrl)
if (DATABASE_DIRECT_URL !== undefined) await demandPoolOf(DATABASE_URL)

const isProxy = trustedProxies(ONEWAY_TRUSTED_PROXIES ?? [])
// What comes by the socket has no address, and the listener has left out what its client had no right to say.
const isBelieved = (address: string) =>
  isProxy(address) || (ONEWAY_WEB_SOCKET !== undefined && address === '')

// Events come here in development, or by a proxy that should send them to the listener: they are kept all the same,
// but only the first has a heartbeat, as a web server that runs says nothing of the listener.
const { db, sql, end, webhook, heartbeat } = openReceiving(databaseUrl, {
  isTrusted: isBelieved,
  beats: dev,
})
const clockWatch = createClockWatch(db, {
  process: 'web',
  report: (error) => log.error({ err: error }, 'a step of the clock was not recorded'),
})

const isReady = databaseReady(() => sql`select 1`)
const metrics = openMetrics({
  ...{ port: ONEWAY_METRICS_PORT, host: HOST, isReady },
  report: (error) => log.error({ err: error }, 'the metrics were not answered'),
})
const logRequest = createRequestLog(log)

// Of its own too: lists for programs wait neither for pages nor for the webhook, nor these for them.
const { db: apiDb, end: endApi } = connect(DATABASE_URL, {
  max: 6,
  actor: systemActor,
  prepared: true,
  pooled: DATABASE_DIRECT_URL !== undefined,
})
const answerProgram = createApi({
  db: apiDb,
  recordDb: db,
  clock: () => new Date(),
  report: (error) => createLog('api').error({ err: error }, 'a list was not given'),
})

const buildFolder = process.env.NEXT_DIST_DIR ?? '.next'
const withinLimit = createConcurrencyLimit({ maxRendering: 2, maxMs: 3_000 })
const front: Front = {
  baseUrl: ONEWAY_BASE_URL,
  // Not on loopback: a browser would then refuse whatever else this machine serves there without TLS.
  https: ONEWAY_BASE_URL.startsWith('https:') && !isLoopback(ONEWAY_BASE_URL),
  dev,
  isTrusted: isBelieved,
  icon: readFileSync(new URL('../../app/icon.svg', import.meta.url)),
  worker: dev ? undefined : readWorker(buildFolder),
  isPrivatePage: dev ? undefined : readPrivatePages(buildFolder),
  isReady,
  onRequest: (request, response) => {
    if (ONEWAY_WEB_SOCKET !== undefined) keepConnection(response)
    logRequest(request, response, (ended) => metrics.request(request.url, ended))
  },
  webhook: (request, response, slug) => void webhook(request, response, slug),
  page: (request, response) => {
    if (answerProgram(request, response)) return
    withinLimit({ request, response }, () => void showPage(request, response))
  },
  refuseForeign: (request, response, reason) => void refuseForeign(db, request, response, reason),
}
const plain = createFront(front)
const server =
  certFile !== undefined && keyFile !== undefined && ONEWAY_WEB_SOCKET === undefined
    ? createTlsFront(
        front,
        { cert: readFileSync(certFile), key: readFileSync(keyFile) },
        answering(front),
      )
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

const running = () => {
  // Not earlier: a heartbeat says that this process can receive events.
  heartbeat.start()
  clockWatch.start()
  console.log('web server running')
}
if (ONEWAY_WEB_SOCKET === undefined) server.listen({ port: PORT, host: HOST }, running)
else {
  // Left by a web server that was killed.
  rmSync(ONEWAY_WEB_SOCKET, { force: true })
  server.listen(ONEWAY_WEB_SOCKET, running)
}
endWith(server, {
  stop: () => {
    heartbeat.stop()
    clockWatch.stop()
    metrics.close()
  },
  close: async () => void (await Promise.all([end(), endApi()])),
})
