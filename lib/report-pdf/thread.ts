import { parentPort } from 'node:worker_threads'
import type { Request } from './render-in-thread'
import { renderPdf } from './render-pdf'

// Started by render-in-thread.ts as a thread: a long report takes seconds of processor time, in which the web process could
// not receive webhooks.
parentPort?.on('message', async ({ document, photos }: Request) => {
  parentPort?.postMessage(new Uint8Array(await renderPdf(document, photos)))
})
