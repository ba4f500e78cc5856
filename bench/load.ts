import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@/lib/paths'
import { fillQuestions } from './fill'
import { answersTo, bareInserts, postEvent, untilRead } from './ingest'
import { type BenchLab, inLab, perSecond, quantile, timed } from './lab'

const perSecondHeld = 500
const readers = 20
/** How long somebody looks at a page before the next one. */
const lookMs = 3_000
const unpaced = 5_000
const atOnce = 10

/**
 * Holds 500 events a second while 20 people read pages, counts what was lost and how long the slowest
 * took to be answered; then, with the pages still being read, as many as it takes against bare
 * committed inserts, whose quotient is the ratio.
 */
export async function benchLoad(rows: number): Promise<number> {
  return inLab(
    (connection) => fillQuestions(connection, rows + unpaced),
    async (lab) => {
      const bodies = await answersTo(lab)
      const agent = new Agent({ keepAlive: true, maxSockets: 50 })
      const pages = readPages(lab)
      const held = await hold(lab, agent, bodies.slice(0, rows))
      const flood = bodies.slice(rows, rows + unpaced)
      const events = await perSecond(flood.length, atOnce, (index) =>
        postEvent(agent, lab.baseUrl, flood[index]),
      )
      const seen = await pages.end()
      const kept = await countKept(lab)
      const behind = await untilRead(lab)
      const inserts = await bareInserts(lab, flood)
      agent.destroy()
      console.log(`${rows} answers at ${perSecondHeld} a second, ${readers} people reading pages:`)
      console.log(`  answered 200: ${held.answered} of ${rows}; failed: ${held.failed}`)
      console.log(`  kept: ${kept} of ${held.answered + flood.length} answered 200`)
      console.log(
        `  answer p50 ${ms(held.times, 0.5)}, p99 ${ms(held.times, 0.99)}, slowest ${ms(held.times, 1)}`,
      )
      console.log(`  pages: ${seen.length} read, p50 ${ms(seen, 0.5)}, p99 ${ms(seen, 0.99)}`)
      console.log(`  unpaced, pages still being read: ${events.toFixed(0)} events/s`)
      console.log(`  all of them read ${(behind / 1000).toFixed(1)} s after the last was answered`)
      console.log(`  bare committed inserts: ${inserts.toFixed(0)} rows/s`)
      if (held.failed > 0 || kept !== held.answered + flood.length)
        throw new Error('answers were lost')
      return events / inserts
    },
  )
}

const ms = (samples: readonly number[], share: number) =>
  `${quantile(samples, share).toFixed(1)} ms`

/** Posts at an even pace, however long the answers take: nobody's device waits for ours. */
async function hold(lab: BenchLab, agent: Agent, bodies: readonly Uint8Array[]) {
  const times: number[] = []
  let failed = 0
  const begun = performance.now()
  const posts: Promise<void>[] = []
  for (const [index, body] of bodies.entries()) {
    const due = begun + (index * 1000) / perSecondHeld
    if (due > performance.now() + 1) await sleep(due - performance.now())
    const post = timed(() => postEvent(agent, lab.baseUrl, body))
    posts.push(
      post.then(
        (took) => void times.push(took),
        () => {
          failed += 1
        },
      ),
    )
  }
  await Promise.all(posts)
  return { times, failed, answered: times.length }
}

const looks = [
  paths.devices({ world: 'real' }),
  paths.trials({ world: 'real' }),
  paths.events({ world: 'real' }),
  paths.outcomes({ world: 'real' }),
]

/** People who look at one page after the other until they are told to stop; gives how long each took. */
function readPages({ baseUrl, cookie }: BenchLab) {
  const times: number[] = []
  let reading = true
  const person = async (_: unknown, index: number) => {
    // They did not all come at the same moment.
    await sleep((index * lookMs) / readers)
    for (let page = index; reading; page += 1) {
      const look = looks[page % looks.length] ?? '/'
      times.push(
        await timed(async () => {
          const answer = await fetch(`${baseUrl}${look}`, { headers: { cookie } })
          await answer.text()
          if (answer.status !== 200) throw new Error(`${look} answered ${answer.status}`)
        }),
      )
      await sleep(lookMs)
    }
  }
  const all = Promise.all(Array.from({ length: readers }, person))
  return {
    end: async () => {
      reading = false
      await all
      return times
    },
  }
}

async function countKept({ sql }: BenchLab): Promise<number> {
  const [row] = await sql`select count(*)::int as kept from raw_events`
  return Number(row?.kept)
}
