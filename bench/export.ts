import { connect } from '@/lib/db/client'
import { exportStatement } from '@/lib/db/queries/trials/exports'
import { paths, withParams } from '@/lib/paths'
import { fillTrials } from './fill'
import { type BenchLab, inLab, median, timed } from './lab'

const rounds = 5

/** Time of the trial CSV over HTTP against the same COPY read by a plain client. Aim: 1.5 or less. */
export async function benchExport(rows: number): Promise<number> {
  return inLab(
    (connection) => fillTrials(connection, rows),
    async (lab) => {
      const http: number[] = []
      const copy: number[] = []
      let bytes = 0
      for (let round = 0; round <= rounds; round += 1) {
        const overHttp = await timed(async () => {
          bytes = await readHttp(lab, rows)
        })
        const plain = await timed(() => readPlain(lab.databaseUrl))
        // The first round warms both up.
        if (round > 0) {
          http.push(overHttp)
          copy.push(plain)
        }
      }
      const megabytes = (bytes / 1e6).toFixed(1)
      console.log(`export of ${rows} trials, ${megabytes} MB, ${rounds} rounds in turn:`)
      console.log(`  over HTTP  median ${(median(http) / 1000).toFixed(2)} s`)
      console.log(`  plain COPY median ${(median(copy) / 1000).toFixed(2)} s`)
      return median(http) / median(copy)
    },
  )
}

async function readHttp({ baseUrl, cookie }: BenchLab, rows: number): Promise<number> {
  const url = withParams(`${baseUrl}${paths.exportTrials()}`, { environment: 'real' })
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' })
  if (answer.status !== 200 || !answer.body) throw new Error(`the export answered ${answer.status}`)
  let [bytes, lines] = [0, 0]
  for await (const chunk of answer.body) {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines += 1
  }
  if (lines < rows + 1) throw new Error(`the export has ${lines} lines for ${rows} trials`)
  return bytes
}

async function readPlain(databaseUrl: string): Promise<void> {
  const { sql, end } = connect(databaseUrl, { max: 1, asOwner: true })
  const statement = exportStatement({ kind: 'trials', environment: 'real', filter: {} })
  const rows = await sql.unsafe(statement).readable()
  await new Promise((resolve, reject) => {
    rows.on('data', () => undefined)
    rows.on('end', resolve)
    rows.on('error', reject)
  })
  await end()
}
