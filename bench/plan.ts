import type { Connection } from '@/lib/db/client'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { countCoverage } from '@/lib/db/queries/planning/coverage'
import { listUnusedDevices } from '@/lib/db/queries/planning/unused-devices'
import { coverageMatrix } from '@/lib/domain/planning/coverage'
import { nextBest, windowsOf } from '@/lib/domain/planning/next-best'
import { usualWeights } from '@/lib/domain/planning/score-terms'
import { paths } from '@/lib/paths'
import { fillPlan } from './fill'
import { inLab, quantile, timed } from './lab'

const samples = 20
/** Milliseconds. */
const aim = 1000

/** p95 of the coverage matrix and the next trials, from the database to the ranked list, and of their page. Aim: 1 s. */
export async function benchPlan(rows: number): Promise<number> {
  return inLab(
    (connection) => fillPlan(connection, rows),
    async ({ db, baseUrl, cookie }) => {
      const planned = async () => (await plan(db)).length
      if ((await planned()) === 0) throw new Error('no next trial was found')
      const work: number[] = []
      const page: number[] = []
      for (let index = 0; index < samples; index += 1) {
        work.push(await timed(planned))
        page.push(await timed(() => readPage(baseUrl, cookie)))
      }
      const ms = quantile(work, 0.95)
      console.log(`coverage and next trials over ${rows} devices, ${samples} reads:`)
      console.log(
        `  matrix and ranking p50 ${quantile(work, 0.5).toFixed(0)} ms, p95 ${ms.toFixed(0)} ms (aim: under ${aim})`,
      )
      console.log(
        `  whole page         p50 ${quantile(page, 0.5).toFixed(0)} ms, p95 ${quantile(page, 0.95).toFixed(0)} ms`,
      )
      return ms / aim
    },
  )
}

async function plan(db: Connection['db']) {
  const now = new Date()
  const [trials, devices, catalogue] = await Promise.all([
    countCoverage(db, 'real'),
    listUnusedDevices(db, 'real', now),
    loadCatalogue(db),
  ])
  const window = windowsOf(catalogue, now.toISOString().slice(0, 10))
  const blocks = coverageMatrix(trials, devices, 'installed')
  return nextBest(blocks, devices, { weights: usualWeights, window, fixes: [] })
}

async function readPage(baseUrl: string, cookie: string): Promise<void> {
  const answer = await fetch(`${baseUrl}${paths.plan({ environment: 'real' })}`, {
    headers: { cookie },
    redirect: 'manual',
  })
  const text = await answer.text()
  if (answer.status !== 200 || !text.includes('Coverage matrix'))
    throw new Error(`the plan answered ${answer.status}`)
}
