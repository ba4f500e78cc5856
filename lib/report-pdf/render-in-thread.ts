import type { ReportDocument } from '../domain/report/blocks'
import type { PicturedPhoto } from '../domain/report/photos'
import { createThread, type NoAnswer } from '../one-thread'

export type Rendered =
  | { status: 'rendered'; pdf: Uint8Array<ArrayBuffer> }
  | { status: 'not'; reason: string }

export type Request = { document: ReportDocument; photos: readonly PicturedPhoto[] }

const ask = createThread<Request, Uint8Array<ArrayBuffer>>({
  file: ['lib', 'report-pdf', 'thread.ts'],
  maxHeapMb: 384,
  maxMs: 30_000,
  maxWaiting: 4,
})

const reasons: Record<NoAnswer, string> = {
  busy: 'Several other reports are being written at the moment. Try again in a few seconds.',
  slow: 'This report is too long to be written as a PDF in 30 seconds. Print its page, or take the JSON.',
  ended: 'This report is too long to be written as a PDF. Print its page, or take the JSON.',
}

/** Writes a report as a PDF in a thread, one report at a time, so that none can block the process. */
export async function renderInThread(
  document: ReportDocument,
  photos: readonly PicturedPhoto[] = [],
): Promise<Rendered> {
  const answered = await ask({ document, photos })
  return answered.status === 'answered'
    ? { status: 'rendered', pdf: answered.answer }
    : { status: 'not', reason: reasons[answered.status] }
}
