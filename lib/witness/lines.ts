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
 * Also what of the newest head stands in a file of its own; `accepted` counts the stops accepted before it, and
 * `bytes` is how long the file of lines was at least; absent in old ones.
 */
export const keptHeadSchema = z.object({
  accepted: z.number(),
  head,
  bytes: z.number().optional(),
})

const checksum = (json: string) => createHash('sha256').update(json).digest('hex').slice(0, 16)

/** A checksum and JSON, so that a line that was cut or changed is known for one. */
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
  /** A line that could not be read and is not known to have been cut; the next one decides. */
  doubtful: boolean
  /** The number of the first line that was damaged after it was written. */
  damagedLine: number | undefined
  lines: number
}

/** Reads whole lines on; a line that cannot be read is forgiven where the next one says that it was torn. */
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
