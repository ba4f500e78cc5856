import { parseArgs } from 'node:util'
import { benchApi } from './api'
import { benchAudit } from './audit'
import { benchDevices } from './devices'
import { benchExport } from './export'
import { benchGrowth } from './growth'
import { benchIngest } from './ingest'
import { benchLoad } from './load'
import { benchOutcomes } from './outcomes'
import { benchPages } from './pages'
import { benchPlan } from './plan'
import { benchRead } from './read'

/** `rows` is how much the full run fills in, and `quick` what a run fills in that only shows that the benchmark works. */
const benches = {
  api: { run: benchApi, rows: 10_000, quick: 500 },
  export: { run: benchExport, rows: 200_000, quick: 1_000 },
  ingest: { run: benchIngest, rows: 5_000, quick: 200 },
  devices: { run: benchDevices, rows: 10_000, quick: 500 },
  plan: { run: benchPlan, rows: 10_000, quick: 500 },
  // Trials; the same pages are read at 1,000 first.
  pages: { run: benchPages, rows: 1_000_000, quick: 2_000 },
  outcomes: { run: benchOutcomes, rows: 1_000_000, quick: 2_000 },
  // Entries that the trail holds already.
  audit: { run: benchAudit, rows: 100_000, quick: 1_000 },
  // Kept events that wait for the worker.
  read: { run: benchRead, rows: 5_000, quick: 200 },
  // Whole trials, played through the services.
  growth: { run: benchGrowth, rows: 60, quick: 4 },
  // A minute at 500 events a second.
  load: { run: benchLoad, rows: 30_000, quick: 1_000 },
} as const
type Bench = (typeof benches)[keyof typeof benches]

const names = Object.keys(benches).join('|')
const usage = `npm run bench -- ${names}|all [--rows N | --quick], N a whole number above 0`

type Asked = { chosen: [string, Bench][]; rows: number | undefined; quick: boolean }

function readArguments(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rows: { type: 'string' }, quick: { type: 'boolean' } },
  })
  const { quick = false } = values
  const chosen = Object.entries(benches).filter(([name]) =>
    ['all', name].includes(positionals[0] ?? ''),
  )
  const rows = values.rows === undefined ? undefined : Number(values.rows)
  const isCount = rows === undefined || (Number.isInteger(rows) && rows > 0 && !quick)
  return chosen.length > 0 && positionals.length === 1 && isCount
    ? { chosen, rows, quick }
    : undefined
}

/**
 * Runs benchmarks one after the other, each on a throw-away database. Their ratios are the last lines, so that runs can be
 * compared; no ratio fails a run.
 */
async function main(): Promise<void> {
  const asked = readArguments()
  if (!asked) {
    console.error(`usage: ${usage}`)
    process.exitCode = 2
    return
  }
  const ratios: string[] = []
  for (const [name, bench] of asked.chosen) {
    if (asked.chosen.length > 1) console.log(`── ${name} ──`)
    const ratio = await bench.run(asked.rows ?? (asked.quick ? bench.quick : bench.rows))
    ratios.push(`${asked.chosen.length > 1 ? `${name} ` : ''}ratio: ${ratio.toFixed(2)}`)
  }
  console.log(ratios.join('\n'))
}

await main()
