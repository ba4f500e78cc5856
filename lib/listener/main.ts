import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { isLoopback } from '@/lib/auth/origins'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { demandSessionOf } from '@/lib/db/postgres/session'
import { readLabMetrics } from '@/lib/db/queries/lab-metrics'
import { env, sessionUrl } from '@/lib/env'
import { createLog } from '@/lib/log'
import { databaseReady } from '@/lib/operations/health'
import { openMetrics } from '@/lib/operations/metrics'
import { endWith } from '@/lib/web/end-with'
import { withLimits } from '@/lib/web/front'
import { openReceiving } from '@/lib/web/receiving'
import { trustedProxies } from '@/lib/web/request-headers'
import { createRequestLog } from '@/lib/web/request-log'
import { createTlsFront } from '@/lib/web/tls-front'
import { hearing } from './listener'
import { createPassOn } from './pass-on'

// The listener process: it receives the events of MDM servers at Oneway's address and hands every other request to the
// web server, so that no page, however slow, keeps an event waiting. docs/decisions/100-a-listener-of-its-own.md

const {
  HOST,
  PORT,
  ONEWAY_METRICS_PORT,
  ONEWAY_BASE_URL,
  ONEWAY_TRUSTED_PROXIES,
  ONEWAY_WEB_SOCKET,
} = env()
const { ONEWAY_TLS_CERT_FILE: certFile, ONEWAY_TLS_KEY_FILE: keyFile } = env()
const log = createLog('listener')

const databaseUrl = sessionUrl(env())
await demandSessionOf(databaseUrl)
const isTrusted = trustedProxies(ONEWAY_TRUSTED_PROXIES ?? [])
const { db, sql, end, webhook, heartbeat } = openReceiving(databaseUrl, {
  isTrusted,
  beats: true,
})
const clockWatch = createClockWatch(db, {
  process: 'listener',
  report: (error) => log.error({ err: error }, 'a step of the clock was not recorded'),
})

/** Whether the web server takes connections. */
const pagesReady = (socketPath: string) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(socketPath, () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

const askDatabase = databaseReady(() => sql`select 1`)
const socketPath = ONEWAY_WEB_SOCKET
const https = ONEWAY_BASE_URL.startsWith('https:') && !isLoopback(ONEWAY_BASE_URL)
const isReady = async () => {
  if (socketPath !== undefined && !(await pagesReady(socketPath))) return 'the pages are starting'
  return askDatabase()
}
const metrics = openMetrics({
  ...{ port: ONEWAY_METRICS_PORT, host: HOST, isReady },
  readLab: () => readLabMetrics(db, new Date()),
  report: (error) => log.error({ err: error }, 'the metrics were not answered'),
})
const logRequest = createRequestLog(log)
const front = {
  ...{ baseUrl: ONEWAY_BASE_URL, https, dev: false, isTrusted },
  isReady,
  onRequest: (request: IncomingMessage, response: ServerResponse) =>
    logRequest(request, response, (ended) => metrics.request(request.url, ended)),
  webhook: (request: IncomingMessage, response: ServerResponse, slug: string) =>
    void webhook(request, response, slug),
}
const passOn = socketPath === undefined ? undefined : createPassOn({ socketPath, isTrusted, https })
const answer = hearing({ ...front, passOn })
const server =
  certFile !== undefined && keyFile !== undefined
    ? createTlsFront(front, { cert: readFileSync(certFile), key: readFileSync(keyFile) }, answer)
    : withLimits(createServer(answer), front)

server.listen({ port: PORT, host: HOST }, () => {
  // Not earlier: a heartbeat says that this process can receive events.
  heartbeat.start()
  clockWatch.start()
  console.log('listener running')
})
endWith(server, {
  stop: () => {
    heartbeat.stop()
    clockWatch.stop()
    metrics.close()
  },
  close: end,
})
