import { setPriority } from 'node:os'
import path from 'node:path'
import { outliveLostConnections } from '@/lib/db/postgres/lost-connections'
import { demandSessionOf } from '@/lib/db/postgres/session'
import { env } from '@/lib/env'
import { startWorker } from './worker'

// The worker's process: everything that is sent and read goes through it, and the web server only
// keeps and shows. docs/decisions/006-worker-process.md

// Reading can wait and keeping cannot: where both want the processor, the web server comes first.
const niceness = 5
setPriority(niceness)

outliveLostConnections((error) => console.error('the worker lost a new connection:', error))
const { DATABASE_URL, ONEWAY_DATA } = env()
await demandSessionOf(DATABASE_URL)
const worker = startWorker(DATABASE_URL, { witnessFolder: path.join(ONEWAY_DATA, 'witness') })

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
// A start that is killed closes its end of the channel; the worker must not go on without it.
if (process.connected) process.on('disconnect', end)
console.log('worker running')
