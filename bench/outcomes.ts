import { readGroups } from '@/app/outcomes/read-groups'
import { factorChoices } from '@/components/trial/factor-choices'
import type { Connection } from '@/lib/db/client'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { paths } from '@/lib/paths'
import { fillOutcomes } from './fill-outcomes'
import { type BenchLab, inLab, quantile, timed } from './lab'

const samples = 30
/** Trials of the small lab in the same run. */
const few = 1_000

const environment = 'real'
/** What leads look at; a filter by a second factor or by days is read from a row for each trial. */
const pages = {
  outcomes: paths.outcomes({ environment }),
  'by model': paths.outcomes({ environment, rows: 'model' }),
  'of one platform': paths.outcomes({ environment, platform: 'iOS' }),
  'since a day': paths.outcomes({ environment, from: '2026-06-01' }),
  flow: paths.flow({ environment }),
  survival: paths.survival({ environment }),
  trials: paths.trials({ environment }),
  'trials to review': paths.trials({ environment, review: 'toReview' }),
  home: paths.home({ environment }),
  'badge in the menu': paths.waiting({ environment }),
}
type Name = keyof typeof pages | 'data alone'
type Times = Map<Name, { ms: number; kilobytes: number }>

/**
 * p50 of the Outcomes page over `rows` trials against p50 of the same page over 1,000, in the same run and database.
 * Aim: 2 or less. The other pages about trials stand beside it.
 */
export async function benchOutcomes(rows: number): Promise<number> {
  if (rows <= few) throw new Error(`--rows must be above ${few}, which is what it is compared with`)
  return inLab(
    (connection) => fillOutcomes(connection, { from: 1, to: few }),
    async (lab) => {
      const small = await measure(lab)
      const filled = await timed(() => fillOutcomes(lab, { from: few + 1, to: rows }))
      console.log(`· ${rows} trials filled in and counted in ${(filled / 1000).toFixed(0)} s`)
      const large = await measure(lab)
      console.log(`p50 of ${samples} reads, at ${few} and at ${rows} trials:`)
      for (const [name, { ms, kilobytes }] of large) {
        const before = small.get(name)
        if (!before) continue
        const size = kilobytes > 0 ? `, ${before.kilobytes} and ${kilobytes} KB` : ''
        console.log(
          `  ${name.padEnd(18)} ${before.ms.toFixed(1)} and ${ms.toFixed(1)} ms (× ${(ms / before.ms).toFixed(2)})${size}`,
        )
      }
      return (large.get('outcomes')?.ms ?? 0) / (small.get('outcomes')?.ms ?? 0)
    },
  )
}

async function measure(lab: BenchLab): Promise<Times> {
  const times: Times = new Map()
  const data: number[] = []
  for (let n = -2; n < samples; n += 1) {
    const ms = await timed(() => readData(lab.db))
    if (n >= 0) data.push(ms)
  }
  times.set('data alone', { ms: quantile(data, 0.5), kilobytes: 0 })
  for (const [name, path] of Object.entries(pages)) {
    const own: number[] = []
    let bytes = 0
    // The first reads warm it up.
    for (let n = -3; n < samples; n += 1) {
      const ms = await timed(async () => {
        bytes = await readPage(lab, path)
      })
      if (n >= 0) own.push(ms)
      // A page that takes seconds shows that soon.
      if (n >= 2 && own.reduce((sum, one) => sum + one, 0) > 20_000) break
    }
    // Object.entries returns the names as strings.
    times.set(name as keyof typeof pages, {
      ms: quantile(own, 0.5),
      kilobytes: Math.round(bytes / 1000),
    })
  }
  return times
}

/** What the page reads of the database. */
async function readData(db: Connection['db']): Promise<void> {
  const facets = listTrialFacets(db, environment)
  const names = facets.then((read) => factorChoices('version', read))
  const asked = { environment, filter: {}, by: 'version', withDots: true } as const
  const { groups } = await readGroups(db, asked, names)
  if (groups.length === 0) throw new Error('no concluded trial was found')
}

async function readPage({ baseUrl, cookie }: BenchLab, path: string): Promise<number> {
  const answer = await fetch(`${baseUrl}${path}`, { headers: { cookie }, redirect: 'manual' })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
  return text.length
}
