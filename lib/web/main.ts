import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import next from 'next'
import { type Heard, keepEvents } from '@/lib/core/ingest/keep-events'
import { gather } from '@/lib/core/shared/gather'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { connect } from '@/lib/db/client'
import { demandSessionOf } from '@/lib/db/postgres/session'
import { systemActor } from '@/lib/domain/account/actor'
import { env } from '@/lib/env'
import { createLog } from '@/lib/log'
import { refuseForeign } from './foreign'
import { createForgeries } from './forgeries'
import { createFront } from './front'
import { createHeldBodies } from './held-bodies'
import { createServerLookup } from './known-servers'
import { patienceMs } from './patience'
import { quietConsole } from './quiet-console'
import { clientAddress, trustedProxies } from './request-headers'
import { createSignOfLife } from './sign-of-life'
import { createTurns } from './turns'
import { type Receiving, receive } from './webhook'

// The web server's process: Next's pages, and before them the webhook, which must be heard even where
// a page is slow, and the headers of every response. docs/decisions/008-webhook-before-next.md and
// docs/decisions/017-headers-before-next.md

const { HOST, PORT, DATABASE_URL, ONEWAY_BASE_URL, ONEWAY_TRUSTED_PROXIES } = env()
const dev = process.argv[2] === 'dev'
quietConsole()
const log = createLog('webhook')

await demandSessionOf(DATABASE_URL)

// Connections of its own, so that pages that hold all of theirs cannot keep a reply from being kept.
// They try again at once: a database that comes back must be seen while the requests are still held.
const { db, end: endDatabase } = connect(DATABASE_URL, {
  max: 4,
  actor: systemActor,
  retrySeconds: 0.25,
  connectSeconds: 5,
})
const keep = gather<Heard>((heard) => keepEvents(db, heard), {
  maxItems: 200,
  sizeOf: ({ body }) => body.byteLength,
  maxSize: 16 * 1024 * 1024,
})
const clock = () => new Date()
const life = createSignOfLife(db, {
  clock,
  report: (error) => log.error({ err: error }, 'a heartbeat was not written'),
})
const clockWatch = createClockWatch(db, {
  process: 'web',
  report: (error) => log.error({ err: error }, 'a step of the clock was not entered'),
})
const isTrusted = trustedProxies(ONEWAY_TRUSTED_PROXIES ?? [])
const receiving: Receiving = {
  findServer: createServerLookup(db),
  keep: async (heard) => {
    await keep(heard)
    // The database is back: what it could not take can be written down now.
    if (life.missed.isOwed()) void life.beat()
  },
  report: (error) => log.error({ err: error }, 'a webhook body was not kept'),
  clock,
  missed: life.missed.note,
  patienceMs,
  bodies: createHeldBodies(),
  forgeries: createForgeries(),
  senderOf: (request) => clientAddress(request, isTrusted),
}

const inTurn = createTurns({ atOnce: 2, longestMs: 3_000 })
const server = createFront({
  baseUrl: ONEWAY_BASE_URL,
  https: ONEWAY_BASE_URL.startsWith('https:'),
  dev,
  isTrusted,
  icon: readFileSync(new URL('../../app/icon.svg', import.meta.url)),
  webhook: (request, response, slug) => void receive(request, response, slug, receiving),
  page: (request, response) =>
    inTurn({ request, response }, () => void showPage(request, response)),
  refuseForeign: (request, response, reason) => void refuseForeign(db, request, response, reason),
})
const pages = next({
  dev,
  hostname: HOST,
  port: PORT,
  // Next listens there for WebSockets. Its dev server needs them; else it gets a server nobody reaches.
  httpServer: dev ? server : createServer(),
})
await pages.prepare()
const showPage = pages.getRequestHandler()

server.listen({ port: PORT, host: HOST }, () => {
  // Not before: who does not listen must not say so.
  life.start()
  clockWatch.start()
  console.log('web server running')
})

let ending = false
async function end(): Promise<void> {
  if (ending) return
  ending = true
  // A body whose request has come is still kept and answered; pages may be cut.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const patience = new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref())
  server.closeIdleConnections()
  life.stop()
  clockWatch.stop()
  await Promise.race([closed, patience])
  server.closeAllConnections()
  await endDatabase()
  process.exit(0)
}
process.on('SIGTERM', end).on('SIGINT', end)
if (process.connected) process.on('disconnect', end)
