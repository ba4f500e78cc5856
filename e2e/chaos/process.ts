// A process of the program, to be killed: `worker` sends and reads, `web` stores webhook bodies, `people`
// press Release. On request it kills itself at the n-th point from then.
import { createServer } from 'node:http'
import { keepEvents, type ReceivedEvent } from '@/lib/core/ingest/keep-events'
import { gather } from '@/lib/core/shared/gather'
import { engineer } from '@/lib/core/testing/people'
import { releaseSigned } from '@/lib/core/testing/trial'
import { connect } from '@/lib/db/client'
import { findServerBySlug } from '@/lib/db/queries/servers/servers'
import { receive, webhookSlug } from '@/lib/web/webhook'
import { witnessFolderOf } from '@/lib/witness/testing'
import { startWorker } from '@/lib/worker/worker'
import { faultyConnections } from './bench-trip'
import type { InjectFault, Point } from './faulty'

type Seen = { trialId: string; ordinal: number; verdictId: number }

/** When to die: at the n-th point from now, of one kind or of any. */
export type Death = { at?: Point; nth: number }
export type ToProcess = { death: Death } | { release: Seen; times: number }
export type FromProcess =
  | { ready: true; port: number }
  | { results: { status: string; reason?: string }[] }

const databaseUrl = process.env.DATABASE_URL ?? ''
const send = (message: FromProcess) => process.send?.(message)

let death: Death = { nth: Number.POSITIVE_INFINITY }
const inject: InjectFault = (point) => {
  if (death.at === undefined || death.at === point) death.nth -= 1
  // SIGKILL closes and flushes nothing, as in a power cut.
  if (death.nth === 0) process.kill(process.pid, 'SIGKILL')
}

process.on('message', (message: ToProcess) => {
  if ('death' in message) death = message.death
  else void press(message)
})
process.on('disconnect', () => process.exit())

const roles: Record<string, () => Promise<number>> = {
  worker: async () => {
    startWorker(databaseUrl, {
      witnessFolder: witnessFolderOf(databaseUrl),
      pauseMs: 20,
      // Longer than the time-out of a call to an MDM server, as in production.
      strandedAfterMs: 2_000,
      through: (connection) => faultyConnections(connection, inject),
    })
    return 0
  },
  web: async () => {
    const connection = connect(databaseUrl, { max: 4 })
    const { db } = faultyConnections(connection, inject)
    const keep = gather<ReceivedEvent>((received) => keepEvents(db, received), {
      maxItems: 50,
      sizeOf: () => 1,
      maxSize: 50,
    })
    const server = createServer((request, response) =>
      receive(request, response, webhookSlug(request.url) ?? '', {
        findServer: (slug) => findServerBySlug(connection.db, slug),
        keep: async (received) => {
          // After the body and before the first statement; then after the commit and before the 200.
          inject('begin')
          await keep(received)
          inject('committed')
        },
        report: () => undefined,
        clock: () => new Date(),
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  },
  people: async () => 0,
}

/** `times` people press Release at once. */
async function press({ release, times }: { release: Seen; times: number }): Promise<void> {
  const { db, end } = connect(databaseUrl, { max: 10 })
  const one = () => releaseSigned(db, engineer, release, new Date())
  const results = await Promise.all(Array.from({ length: times }, one))
  await end()
  send({
    results: results.map((result) => ({
      status: result.status,
      ...('reason' in result ? { reason: result.reason } : {}),
    })),
  })
}

const role = roles[process.argv[2] ?? '']
if (!role) throw new Error('usage: process.ts worker|web|people')
send({ ready: true, port: await role() })
