import { createHash } from 'node:crypto'
import { z } from 'zod'
import { addEntry, type WitnessEntry, type WitnessState } from '@/lib/domain/server/witness'

const identity = z.object({
  lab: z.string(),
  system: z.string().optional(),
  databaseOid: z.number(),
  databaseName: z.string(),
  timeline: z.number().optional(),
})
const head = z.object({ seq: z.number(), hash: z.string() })
const at = z.iso.datetime()

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sent'),
    at,
    identity,
    head,
    commandUuid: z.string(),
    requestType: z.string(),
    deviceId: z.string(),
    enrollmentId: z.string(),
    mdmServerId: z.string(),
    trialId: z.string().nullable(),
    slotOrdinal: z.number().nullable(),
  }),
  z.object({ kind: z.literal('began'), at, identity, head }),
  z.object({
    kind: z.literal('accepted'),
    at,
    identity,
    head,
    stopId: z.number(),
    foundAt: at.optional(),
  }),
  z.object({ kind: z.literal('notSent'), at, commandUuid: z.string() }),
  z.object({ kind: z.literal('torn'), at }),
])

/**
 * The content of the file with the newest head: `accepted` counts the stops that were accepted before it, and `bytes`
 * is the least length that the file of lines had then; files from older versions lack it.
 */
export const keptHeadSchema = z.object({
  accepted: z.number(),
  head,
  bytes: z.number().optional(),
})

const checksum = (json: string) => createHash('sha256').update(json).digest('hex').slice(0, 16)

/** A line is a checksum and JSON, so that a cut or changed line is recognised. */
export function lineOf(entry: WitnessEntry): string {
  const json = JSON.stringify(entry)
  return `${checksum(json)} ${json}\n`
}

function readLine(line: string): WitnessEntry | undefined {
  const json = line.slice(17)
  if (line.slice(0, 16) !== checksum(json)) return undefined
  try {
    return entrySchema.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}

export type Read = {
  state: WitnessState
  /** Whether the last line could not be read; the next one decides whether it was cut or damaged. */
  doubtful: boolean
  /** The number of the first line that was damaged after it was written. */
  damagedLine: number | undefined
  lines: number
}

/** Reads further whole lines. An unreadable line is accepted if the next one says that it was torn. */
export function readLines(before: Read, text: string): Read {
  let { state, doubtful, damagedLine, lines } = before
  for (const line of text.split('\n')) {
    if (line === '') continue
    lines += 1
    const entry = readLine(line)
    if (doubtful && entry?.kind !== 'torn') damagedLine ??= lines - 1
    doubtful = entry === undefined
    if (entry) state = addEntry(state, entry)
  }
  return { state, doubtful, damagedLine, lines }
}
