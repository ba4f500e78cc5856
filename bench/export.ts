import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { connect } from '@/lib/db/client'
import { exportStatement } from '@/lib/db/queries/trials/exports'
import { makeAllLines } from '@/lib/db/queries/trials/trial-lines'
import { paths, withParams } from '@/lib/paths'
import { fillTrials } from './fill'
import { type BenchLab, inLab, median, timed } from './lab'

const rounds = 5

/**
 * Time of the trial CSV over HTTP against the limit: a COPY of a plain table that holds the same finished text. Beside
 * it the statement of the export read by a plain client. Aim: 3 or less.
 */
export async function benchExport(rows: number): Promise<number> {
  return inLab(
    (connection) => fillTrials(connection, rows),
    async (lab) => {
      const http: number[] = []
      const query: number[] = []
      const limit: number[] = []
      let bytes = 0
      await finish(lab)
      const first = await timed(() => readHttp(lab, rows))
      await linesMade(lab)
      for (let round = 0; round <= rounds; round += 1) {
        const overHttp = await timed(async () => {
          bytes = await readHttp(lab, rows)
        })
        const plain = await timed(() => readPlain(lab.databaseUrl, trialStatement))
        const finished = await timed(() =>
          readPlain(lab.databaseUrl, `COPY ${finishedTable} TO STDOUT WITH (FORMAT csv, HEADER)`),
        )
        // The first round warms both up.
        if (round > 0) {
          http.push(overHttp)
          query.push(plain)
          limit.push(finished)
        }
      }
      const grown = await growthOfWeb(lab, rows)
      const megabytes = (bytes / 1e6).toFixed(1)
      console.log(`export of ${rows} trials, ${megabytes} MB, ${rounds} rounds in turn:`)
      console.log(`  over HTTP  median ${(median(http) / 1000).toFixed(2)} s`)
      console.log(`  the first  ${(first / 1000).toFixed(2)} s, before lines were kept`)
      console.log(`  query      median ${(median(query) / 1000).toFixed(2)} s`)
      console.log(`  limit      median ${(median(limit) / 1000).toFixed(2)} s`)
      if (Number.isFinite(grown))
        console.log(`  the web process grew by up to ${grown.toFixed(0)} MB while it was read`)
      return median(http) / median(limit)
    },
  )
}

async function readHttp(
  { baseUrl, cookie }: BenchLab,
  rows: number,
  sample: () => void = () => undefined,
): Promise<number> {
  const url = withParams(`${baseUrl}${paths.exportTrials()}`, { environment: 'real' })
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' })
  if (answer.status !== 200 || !answer.body) throw new Error(`the export answered ${answer.status}`)
  let [bytes, lines] = [0, 0]
  for await (const chunk of answer.body) {
    if (bytes % sampleEvery > (bytes + chunk.length) % sampleEvery) sample()
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines += 1
  }
  if (lines < rows + 1) throw new Error(`the export has ${lines} lines for ${rows} trials`)
  return bytes
}

/** The web process makes the lines when the reader of its first export has gone. */
async function linesMade({ sql }: BenchLab): Promise<void> {
  for (;;) {
    await makeAllLines(sql)
    const [row] = await sql<
      { left: boolean }[]
    >`select exists (select from trial_line_marks) as left`
    if (!row?.left) break
    await setTimeout(50)
  }
  await sql`vacuum analyze trial_lines, trial_line_marks`
}

/** Once in so many bytes, as a sample takes some milliseconds. */
const sampleEvery = 4_000_000

/** By how many MB the web process grows while a file is read. */
async function growthOfWeb(lab: BenchLab, rows: number): Promise<number> {
  const before = webMegabytes()
  let max = before
  await readHttp(lab, rows, () => {
    max = Math.max(max, webMegabytes())
  })
  return max - before
}

/** The memory of the web process, in MB, where `ps` tells it; it is a child of this one, and Next may give it a title. */
function webMegabytes(): number {
  const { stdout } = spawnSync('ps', ['-axo', 'ppid=,rss=,args='], { encoding: 'utf8' })
  const line = stdout.split('\n').find((one) => {
    const [parent = ''] = one.trim().split(/\s+/)
    return Number(parent) === process.pid && /lib.web.main|next-server/.test(one)
  })
  return Number(line?.trim().split(/\s+/)[1] ?? Number.NaN) / 1024
}

const finishedTable = 'bench_finished'
const trialStatement = exportStatement({ kind: 'trials', environment: 'real', filter: {} })

/** A table of the rows of the export as they are, which PostgreSQL only has to read. */
async function finish({ databaseUrl }: BenchLab): Promise<void> {
  const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true, deadlineMs: 600_000 })
  const rows = trialStatement.slice('COPY '.length, trialStatement.lastIndexOf(' TO STDOUT'))
  await sql.unsafe(`CREATE UNLOGGED TABLE ${finishedTable} AS ${rows}`)
  await sql.unsafe(`VACUUM ANALYZE ${finishedTable}`)
  await end()
}

async function readPlain(databaseUrl: string, statement: string): Promise<void> {
  const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const rows = await sql.unsafe(statement).readable()
  await new Promise((resolve, reject) => {
    rows.on('data', () => undefined)
    rows.on('end', resolve)
    rows.on('error', reject)
  })
  await end()
}
