import { parentPort } from 'node:worker_threads'
import { type ImportRequest, readImport } from './read-import'

// Started by read-in-thread.ts as a thread, as a file of 20,000 rows takes a second of processor time, in which the web
// process could not receive webhooks.
parentPort?.on('message', (request: ImportRequest) => {
  parentPort?.postMessage(readImport(request))
})
