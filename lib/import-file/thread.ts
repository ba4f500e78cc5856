import { parentPort } from 'node:worker_threads'
import { type ImportRequest, readImport } from './read-import'

// A thread of its own: a file of 20,000 rows takes a second of one processor, in which the web
// process would hear no webhook. Started by read-in-thread.ts.
parentPort?.on('message', (request: ImportRequest) => {
  parentPort?.postMessage(readImport(request))
})
