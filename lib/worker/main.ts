import { setPriority } from 'node:os'
import path from 'node:path'
import { openAttachmentStore } from '@/lib/attachment-store/store'
import { outliveLostConnections } from '@/lib/db/postgres/lost-connections'
import { demandSessionOf } from '@/lib/db/postgres/session'
import { env, sessionUrl } from '@/lib/env'
import { startWorker } from './worker'

// The worker process. It sends all commands and reads all events; the web server only stores and shows them.
// docs/decisions/006-worker-process.md

// Reading an event can wait and storing one cannot: if both need the processor, the web server comes first.
const niceness = 5
setPriority(niceness)

outliveLostConnections((error) => console.error('the worker lost a new connection:', error))
const { ONEWAY_BASE_URL, ONEWAY_DATA, ONEWAY_FEEDS_CA_FILE } = env()
// Never through a pooler that keeps no session: what is sent depends on what these connections see.
const databaseUrl = sessionUrl(env())
await demandSessionOf(databaseUrl)
const worker = startWorker(databaseUrl, {
  baseUrl: ONEWAY_BASE_URL,
  witnessFolder: path.join(ONEWAY_DATA, 'witness'),
  feedsCaFile: ONEWAY_FEEDS_CA_FILE,
  attachments: openAttachmentStore(env()),
})

let ending = false
const end = () => {
  if (ending) return
  ending = true
  worker.stop().then(
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
