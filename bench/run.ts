import { parseArgs } from 'node:util'
import { benchAudit } from './audit'
import { benchDevices } from './devices'
import { benchExport } from './export'
import { benchIngest } from './ingest'
import { benchLoad } from './load'
import { benchOutcomes } from './outcomes'
import { benchPlan } from './plan'

const benches = {
  export: { run: benchExport, rows: 200_000 },
  ingest: { run: benchIngest, rows: 5_000 },
  devices: { run: benchDevices, rows: 10_000 },
  plan: { run: benchPlan, rows: 10_000 },
  // Trials; the same pages are read at 1,000 first.
  outcomes: { run: benchOutcomes, rows: 1_000_000 },
  // Entries that the trail holds already.
  audit: { run: benchAudit, rows: 100_000 },
  // A minute at 500 events a second.
  load: { run: benchLoad, rows: 30_000 },
} as const

const usage = `npm run bench -- ${Object.keys(benches).join('|')} [--rows N]`

/** Runs one benchmark on a throw-away database; its ratio is the last line, so that runs can be compared. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: 'string' } },
  })
  const [, bench] = Object.entries(benches).find(([name]) => name === positionals[0]) ?? []
  const rows = values.rows === undefined ? bench?.rows : Number(values.rows)
  if (!bench || positionals.length > 1 || !rows || !Number.isInteger(rows) || rows < 1) {
    console.error(`usage: ${usage}, N a whole number above 0`)
    process.exitCode = 2
    return
  }
  const ratio = await bench.run(rows)
  console.log(`ratio: ${ratio.toFixed(2)}`)
}

await main()
