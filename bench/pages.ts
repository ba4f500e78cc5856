import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@/lib/paths'
import { fillReadings, withoutTriggers } from './fill'
import { fillOutcomes } from './fill-outcomes'
import { type BenchLab, inLab, median, perSecond, timed } from './lab'

const few = 1_000
const samples = 20
const atOnce = 10
/** A page that takes seconds shows that soon. */
const enoughMs = 20_000

const environment = 'real'
const addresses = (trialId: string) => ({
  home: paths.home({ environment }),
  'badge in the menu': paths.waiting({ environment }),
  devices: paths.devices({ environment }),
  trials: paths.trials({ environment }),
  'of one platform': paths.trials({ environment, platform: 'iOS' }),
  'since a day': paths.trials({ environment, from: '2026-06-01' }),
  'a trial': paths.trial(trialId),
  outcomes: paths.outcomes({ environment }),
  events: paths.events({ environment }),
})
type Page = { ms: number; perSecond: number; kilobytes: number }

/**
 * Pages over `rows` trials on a tenth as many devices against the same pages over 1,000, in the same run and database. The ratio
 * is that of the worst page's median times. Aim: 1.5 or less.
 */
export async function benchPages(rows: number): Promise<number> {
  if (rows <= few) throw new Error(`--rows must be above ${few}, which is what it is compared with`)
  const fill = async (lab: Pick<BenchLab, 'db' | 'sql' | 'end'>, from: number, to: number) => {
    await fillOutcomes(lab, { from, to })
    await withoutTriggers(lab.sql, fillReadings)
    await lab.sql`vacuum analyze`
  }
  return inLab(
    (connection) => fill(connection, 1, few),
    async (lab) => {
      // A server just started is slower: the first round is not counted.
      await measure(lab)
      const small = await measure(lab)
      await fill(lab, few + 1, rows)
      await untilJudged(lab)
      const large = await measure(lab)
      console.log(`median of ${samples} reads at ${few} and at ${rows} trials:`)
      const ratios = [...large].map(([name, { ms, kilobytes, perSecond: rate }]) => {
        const before = small.get(name)?.ms ?? ms
        const size = `${kilobytes} KB, ${rate.toFixed(0)}/s with ${atOnce} at once`
        console.log(
          `  ${name.padEnd(18)} ${before.toFixed(1)} and ${ms.toFixed(1)} ms (× ${(ms / before).toFixed(2)}), ${size}`,
        )
        return ms / before
      })
      return Math.max(...ratios)
    },
  )
}

/** Waits until the worker has judged what was stale when it was filled in, which at a thousand trials takes no time. */
async function untilJudged({ sql }: BenchLab): Promise<void> {
  for (;;) {
    const [row] = await sql`
      select count(*)::int as stale from device_verdicts where judge_again or stale_at < now() - interval '10 s'`
    if (row?.stale === 0) return
    await sleep(1_000)
  }
}

async function measure(lab: BenchLab): Promise<Map<string, Page>> {
  const [trial] =
    await lab.sql`select id from trials where state = 'concluded' order by number limit 1`
  const pages = new Map<string, Page>()
  for (const [name, path] of Object.entries(addresses(String(trial?.id)))) {
    const times: number[] = []
    let bytes = 0
    const read = async () => {
      bytes = await readPage(lab, path)
    }
    // The first reads warm it up.
    for (let n = -3; n < samples; n += 1) {
      const ms = await timed(read)
      if (n >= 0) times.push(ms)
      if (n >= 2 && times.reduce((sum, one) => sum + one, 0) > enoughMs) break
    }
    const ms = median(times)
    const count = Math.max(atOnce, Math.min(60, Math.floor(enoughMs / 4 / ms)))
    const kilobytes = Math.round(bytes / 1000)
    pages.set(name, { ms, perSecond: await perSecond(count, atOnce, read), kilobytes })
  }
  return pages
}

async function readPage({ baseUrl, cookie }: BenchLab, path: string): Promise<number> {
  const answer = await fetch(`${baseUrl}${path}`, { headers: { cookie }, redirect: 'manual' })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
  return text.length
}
