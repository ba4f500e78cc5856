// `npm run test:chaos -- [--kills N] [--seed S] [--only sweep|storage|race|kills|declarations …]`: makes every call of a
// trial fail, makes storage fail, lets two processes race, and kills processes: under commands, and under declarations.
// Exits with 1 if anything fails, and prints the seed to repeat it.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runDeclaredKills } from '@/e2e/chaos/declared/kills'
import { type KillReport, runKills } from '@/e2e/chaos/kills'
import { runRace } from '@/e2e/chaos/race'
import { connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { root } from './children'
import { emptyDatabase } from './empty-database'
import { throwAwayFolder } from './throw-away-folder'

const dataDir = throwAwayFolder('chaos')
const stages = ['sweep', 'storage', 'race', 'kills', 'declarations'] as const

const usage = `usage: npm run test:chaos -- [--kills N] [--seed TEXT] [--only ${stages.join('|')}]…`

function readArguments() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: randomBytes(4).toString('hex') },
      only: { type: 'string', multiple: true },
    },
  })
  const kills = Number(values.kills)
  const only = stages.filter((stage) => values.only?.includes(stage) ?? true)
  if (!Number.isInteger(kills) || kills < 1 || only.length === 0) {
    console.error(`${usage}, N a whole number above 0`)
    process.exit(2)
  }
  return { kills, seed: values.seed, only }
}

const given = readArguments()

/** Arguments for the stages that run in vitest: part of the file names, and options. */
const suites = {
  sweep: ['chaos/sweep', '--fileParallelism', '--maxWorkers=2'],
  storage: ['chaos/storage/'],
}

/** Runs vitest; true if all tests pass. */
function runSuite(suite: keyof typeof suites): boolean {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--config', 'vitest.chaos.config.ts', ...suites[suite]]
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0
}

async function openLab() {
  const server = await startEmbedded({ dataDir })
  await emptyDatabase(server.url, dataDir)
  const { db, sql, end } = connect(server.url, { max: 10, asOwner: true })
  const by = { changedAt: new Date(), changedBy: 'chaos tests' }
  await storeLabSetting(db, 'holdSeconds', 0, by)
  await storeLabSetting(db, 'probeSeconds', 1, by)
  const close = async () => {
    await end()
    await server.stop()
  }
  return { db, sql, url: server.url, close }
}

/** Kills processes under trials of one kind. Returns the problems found. */
async function killing(
  what: 'commands' | 'declarations',
  run: typeof runKills | typeof runDeclaredKills,
  lab: Awaited<ReturnType<typeof openLab>>,
): Promise<string[]> {
  const { kills, seed } = given
  console.log(`· kills under ${what} with --seed ${seed}`)
  const begun = Date.now()
  const say = (line: string) => console.log(`· ${line}`)
  const report: KillReport = await run(lab, { kills, seed, say })
  const seconds = ((Date.now() - begun) / 1000).toFixed(0)
  console.log(
    `${report.kills} processes killed in ${seconds} s: ${report.sent} ${what} sent, ${report.bodies} bodies acknowledged, ${report.failures.length} problems`,
  )
  return report.failures.map((failure) => `seed ${seed}: ${failure}`)
}

async function main(): Promise<void> {
  const { only } = given
  const failures: string[] = []
  if (only.includes('sweep') && !runSuite('sweep')) failures.push('the sweep failed')
  if (only.includes('storage') && !runSuite('storage')) failures.push('the storage tests failed')
  if (only.some((stage) => stage !== 'sweep' && stage !== 'storage')) {
    const lab = await openLab()
    if (only.includes('race')) failures.push(...(await runRace(lab)))
    if (only.includes('kills')) failures.push(...(await killing('commands', runKills, lab)))
    if (only.includes('declarations'))
      failures.push(...(await killing('declarations', runDeclaredKills, lab)))
    await lab.close()
  }
  for (const failure of failures) console.error(failure)
  process.exit(failures.length === 0 ? 0 : 1)
}

await main()
