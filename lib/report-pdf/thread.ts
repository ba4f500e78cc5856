import { parentPort } from 'node:worker_threads'
import type { ReportDocument } from '../domain/report/blocks'
import { renderPdf } from './render-pdf'

// Started by render-in-thread.ts as a thread: a long report takes seconds of processor time, in which the web process could
// not receive webhooks.
parentPort?.on('message', async (document: ReportDocument) => {
  parentPort?.postMessage(new Uint8Array(await renderPdf(document)))
})
