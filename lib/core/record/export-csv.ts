import type { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { Db } from '@/lib/db/client'
import type { CopiedRows, ExportQuery } from '@/lib/db/queries/trials/exports'
import {
  listTrialsToCheck,
  putSignatureChecks,
  type SignatureCheck,
} from '@/lib/db/queries/trials/signatures'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { CustomField } from '@/lib/domain/device/custom-field'
import type { Environment } from '@/lib/domain/device/device'
import { chartColumns, planColumns } from '@/lib/domain/export/chart-columns'
import { claimColumns } from '@/lib/domain/export/claim-columns'
import { auditColumns, exportColumns, exportFileName } from '@/lib/domain/export/columns'
import { deviceColumns, fieldColumns } from '@/lib/domain/export/device-columns'
import { copiedCells } from '@/lib/domain/export/study'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { checkSignatures } from '../kernel/sign'
import { csvForm } from '../shared/csv-form'
import { forbidden, type Refusal } from '../shared/result'

/** Starts the COPY on a connection of its own; passed in by the caller. */
export type CopyRows = (query: ExportQuery) => Promise<CopiedRows>

export type TooMany = { status: 'busy'; reason: string }
export type StreamedFile = { status: 'ready'; fileName: string; body: ReadableStream<Uint8Array> }

/** Exports that run at once: each holds a connection for as long as its client reads. */
const maxAtOnce = 3
let running = 0

/**
 * Opens an export of one environment. Resolves when PostgreSQL has begun to copy.
 * @throws if PostgreSQL rejects the query; no file is begun then
 */
export async function exportCsv(
  copy: CopyRows,
  actor: Actor,
  query: ExportQuery & { bom: boolean },
  now: Date,
): Promise<StreamedFile | TooMany | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { bom, ...asked } = query
  const fileName = exportFileName(query.kind, query.environment, now)
  const header = exportColumns[query.kind].map(({ name }) => name).join(',')
  return oneOfFew(fileName, async (ended) => {
    const { form, rows, afterwards } = await copy(asked)
    const closed = () => {
      ended()
      // If the database goes away meanwhile, the next export begins where this one stopped.
      afterwards?.().catch(() => undefined)
    }
    return streamCsv(rows, { bom, ended: closed, ...(form === 'lines' && { header }) })
  })
}

/**
 * Opens a file unless several others are being read.
 * @param open is given what to call once, when its connection is free again
 */
export async function oneOfFew(
  fileName: string,
  open: (ended: () => void) => Promise<ReadableStream<Uint8Array>>,
): Promise<StreamedFile | TooMany> {
  if (running >= maxAtOnce)
    return {
      status: 'busy',
      reason: `${running} exports are being read; try again when one has ended`,
    }
  running += 1
  const ended = () => {
    running -= 1
  }
  try {
    return { status: 'ready', fileName, body: await open(ended) }
  } catch (error) {
    ended()
    throw error
  }
}

/**
 * The data dictionary of all exports as CSV, with the custom fields of this lab. It describes columns and contains no
 * data, so it is the same for both environments.
 */
export function exportDictionary({
  bom,
  fields = [],
}: {
  bom: boolean
  fields?: readonly CustomField[]
}): string {
  const rows = Object.entries({
    ...exportColumns,
    ...chartColumns,
    ...planColumns,
    claims: claimColumns,
    devices: [...deviceColumns, ...fieldColumns(fields)],
    audit: auditColumns,
  }).flatMap(([file, columns]) =>
    columns.map((column, index) => ({
      file,
      position: index + 1,
      column: column.name,
      type: column.type,
      unit: column.unit,
      meaning: column.meaning,
      missing: column.missing,
      codes: Object.entries(column.codes ?? {})
        .map(([code, means]) => (code === means ? code : `${code}: ${means}`))
        .join('; '),
    })),
  )
  return stringify(rows, { header: true, bom, ...csvForm })
}

/** Trials that one export waits for; for the others the file has the time of their last check. */
const maxChecked = 200
/** Each waits for the database most of the time. */
const checkedAtOnce = 4

/**
 * Checks the signatures of the trials in an export before it begins, those checked longest ago first, so that the file
 * shows for each whether its record is still what was signed.
 */
export async function recheckSignatures(
  db: Db,
  actor: Actor,
  query: { environment: Environment; filter: TrialFilter },
  now: Date,
): Promise<{ status: 'checked'; trials: number } | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const trials = await listTrialsToCheck(db, { ...query, limit: maxChecked })
  const checks: SignatureCheck[] = []
  for (let at = 0; at < trials.length; at += checkedAtOnce) {
    const some = trials.slice(at, at + checkedAtOnce)
    const found = await Promise.all(some.map((trialId) => checkSignatures(db, trialId)))
    for (const { id, differences } of found.flat())
      checks.push({ signatureId: id, checkedAt: now, differences })
  }
  // In one order, so that two exports do not wait for each other in a circle.
  const ordered = checks.toSorted((a, b) => a.signatureId - b.signatureId)
  await transact(db, actor, (tx) => putSignatureChecks(tx, ordered))
  return { status: 'checked', trials: trials.length }
}

/** As much as a socket accepts at once; one chunk per row would take twice as long. */
const chunkBytes = 64 * 1024
const lineFeed = 0x0a
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf)

/** Gathers rows into chunks and ends each row with CRLF (RFC 4180 §2.1); a line feed inside a cell stays. */
export function createRowGatherer(give: (chunk: Uint8Array) => void) {
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let used = 0

  const flush = () => {
    if (used === 0) return
    give(chunk.subarray(0, used))
    chunk = Buffer.allocUnsafe(chunkBytes)
    used = 0
  }

  return {
    /** @param row as COPY writes it, with its line feed */
    add(row: Uint8Array): void {
      const length = row.at(-1) === lineFeed ? row.length - 1 : row.length
      if (used + length + 2 > chunkBytes) flush()
      if (length + 2 > chunkBytes) {
        give(Buffer.concat([row.subarray(0, length), Buffer.from('\r\n')]))
        return
      }
      chunk.set(row.subarray(0, length), used)
      used += length
      chunk[used++] = 0x0d
      chunk[used++] = lineFeed
    },
    flush,
  }
}

/** Takes rows one by one and gives chunks; `flush` gives the last one. */
type Gatherer = { add: (row: Uint8Array) => void; flush: () => void }

const backslash = 0x5c

/** A row of one column as COPY writes it in its text format, which escapes backslashes and the line feeds within cells. */
const unescaped = (row: Uint8Array): Uint8Array =>
  row.includes(backslash) ? Buffer.from(copiedCells(Buffer.from(row).toString())[0] ?? '') : row

/**
 * The rows of a COPY as CSV.
 * @param header where it is given, the rows are finished lines without one, in COPY's text format
 */
export const streamCsv = (
  rows: Readable,
  { bom, ended, header }: { bom: boolean; ended: () => void; header?: string },
): ReadableStream<Uint8Array> =>
  streamRows(rows, {
    ended,
    gathererFor: (give) => {
      if (bom) give(byteOrderMark)
      const gatherer = createRowGatherer(give)
      if (header === undefined) return gatherer
      gatherer.add(Buffer.from(`${header}\n`))
      return { ...gatherer, add: (row) => gatherer.add(unescaped(row)) }
    },
  })

/**
 * The rows of a COPY as a response body, sent as fast as the client reads them. If the client disconnects, the rest is
 * drained and not destroyed, because the connection is only usable again once COPY has ended.
 * @param rows a stream with one row per `data` event
 * @param ended called once, when the connection is free again, also after an error
 */
export function streamRows(
  rows: Readable,
  {
    gathererFor,
    ended,
  }: { gathererFor: (give: (chunk: Uint8Array) => void) => Gatherer; ended: () => void },
): ReadableStream<Uint8Array> {
  let gone = false
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const gatherer = gathererFor((chunk) => {
          controller.enqueue(chunk)
          if ((controller.desiredSize ?? 0) <= 0) rows.pause()
        })
        rows.on('data', (row: Uint8Array) => {
          if (!gone) gatherer.add(row)
        })
        rows.on('end', () => {
          if (gone) return
          gatherer.flush()
          controller.close()
        })
        // The client must see a broken transfer, not a file that looks complete.
        rows.on('error', (error) => {
          if (!gone) controller.error(error)
        })
        rows.on('close', ended)
        rows.pause()
      },
      pull: () => {
        rows.resume()
      },
      cancel: () => {
        gone = true
        rows.resume()
      },
    },
    { highWaterMark: 4 },
  )
}
