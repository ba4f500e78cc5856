import path from 'node:path'
import { openAttachmentStore } from '@/lib/attachment-store/store'
import { connect } from '@/lib/db/client'
import { outliveLostConnections } from '@/lib/db/postgres/lost-connections'
import { demandSessionOf } from '@/lib/db/postgres/session'
import { readLabMetrics } from '@/lib/db/queries/lab-metrics'
import { systemActor } from '@/lib/domain/account/permissions'
import { env, sessionUrl } from '@/lib/env'
import { createLog } from '@/lib/log'
import { databaseReady } from '@/lib/operations/health'
import { openMetrics } from '@/lib/operations/metrics'
import { yieldProcessor } from '@/lib/operations/processor-share'
import { startWorker } from './worker'

// The worker process. It sends all commands and reads all events; the listener only stores them, the web server shows them.
// docs/decisions/006-worker-process.md

yieldProcessor()

outliveLostConnections((error) => console.error('the worker lost a new connection:', error))
const { HOST, ONEWAY_METRICS_PORT } = env()
const { ONEWAY_BASE_URL, ONEWAY_DATA, ONEWAY_WITNESS, ONEWAY_FEEDS_CA_FILE } = env()
// Never through a pooler that keeps no session: what is sent depends on what these connections see.
const databaseUrl = sessionUrl(env())
await demandSessionOf(databaseUrl)

/** Of its own connection, so that a question of the monitoring waits for no round of the worker, nor a round for it. */
function openWorkerMetrics(port: number) {
  const { db, sql, end } = connect(databaseUrl, { max: 1, actor: systemActor })
  const log = createLog('worker')
  const { close, send } = openMetrics({
    ...{ port, host: HOST },
    isReady: databaseReady(() => sql`select 1`),
    readLab: () => readLabMetrics(db, new Date()),
    report: (error) => log.error({ err: error }, 'the metrics were not answered'),
  })
  return {
    send,
    async end() {
      close()
      await end()
    },
  }
}
const metrics =
  ONEWAY_METRICS_PORT === undefined ? undefined : openWorkerMetrics(ONEWAY_METRICS_PORT)

const worker = startWorker(databaseUrl, {
  baseUrl: ONEWAY_BASE_URL,
  witnessFolder: ONEWAY_WITNESS ?? path.join(ONEWAY_DATA, 'witness'),
  feedsCaFile: ONEWAY_FEEDS_CA_FILE,
  attachments: openAttachmentStore(env()),
  onSend: metrics?.send,
})

let ending = false
const end = () => {
  if (ending) return
  ending = true
  const stopped = Promise.all([worker.stop(), metrics?.end()])
  stopped.then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
process.on('SIGTERM', end).on('SIGINT', end)
// If the process that started the worker is killed, the channel closes, and the worker must stop too.
if (process.connected) process.on('disconnect', end)
console.log('worker running')
