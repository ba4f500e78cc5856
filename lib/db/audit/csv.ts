import type postgres from 'postgres'
import { withoutFormula } from '@/lib/domain/text/typed-text'
import { createChainWalk, type EntryText } from './chain'
import { atOneMoment, findHead, listEntries } from './log'

const columns = [
  ...(['seq', 'at', 'byId', 'byName', 'byRole', 'login', 'kind', 'tableName', 'rowId'] as const),
  ...(['deviceId', 'trialId', 'old', 'new', 'reason', 'previous', 'hash'] as const),
]
/** The columns of the export, in their order; docs/record.md describes them. */
export const trailColumns = [
  ...['seq', 'at', 'by_id', 'by_name', 'by_role', 'login', 'kind', 'table_name', 'row_id'],
  ...['device_id', 'trial_id', 'old', 'new', 'reason', 'previous', 'hash'],
]

// Every text is quoted, so that an empty text differs from an absent one.
const cell = (text: string | null) => {
  if (text === null) return ''
  return `"${withoutFormula(text).replaceAll('"', '""')}"`
}
const lineOf = (entry: EntryText) => `${columns.map((name) => cell(entry[name])).join(',')}\r\n`

async function* lines(sql: postgres.Sql, bom: boolean): AsyncGenerator<string> {
  if (bom) yield '\uFEFF'
  yield `${trailColumns.join(',')}\r\n`
  const walk = createChainWalk()
  for await (const entry of listEntries(sql)) {
    walk.step(entry)
    yield lineOf(entry)
  }
  const { last, broken } = walk.end(await findHead(sql))
  const result = broken
    ? `# BROKEN at entry ${broken.seq}: ${broken.reason}`
    : `# The chain holds: ${last.seq} entries, head ${last.hash}`
  yield `${cell(result)}\r\n`
}

/** The whole trail in one snapshot as CSV, produced as fast as it is read; `bom` adds a byte order mark, for Excel. */
export function csvOfTrail(
  sql: postgres.Sql,
  { bom = false }: { bom?: boolean } = {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let gone = false
  let goOn: () => void = () => undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        void atOneMoment(sql, async (tx) => {
          for await (const line of lines(tx, bom)) {
            if (gone) break
            controller.enqueue(encoder.encode(line))
            if ((controller.desiredSize ?? 0) <= 0)
              await new Promise<void>((resolve) => {
                goOn = resolve
              })
          }
        })
          .then(() => {
            if (!gone) controller.close()
          })
          .catch((error: unknown) => {
            if (!gone) controller.error(error)
          })
      },
      pull: () => goOn(),
      cancel: () => {
        gone = true
        goOn()
      },
    },
    { highWaterMark: 64 },
  )
}
