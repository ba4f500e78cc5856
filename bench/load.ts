import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { paths } from '@/lib/paths'
import { fillQuestions } from './fill'
import { answersTo, bareInserts, postEvent } from './ingest'
import { type BenchLab, inLab, perSecond, quantile, timed } from './lab'

const perSecondHeld = 500
const readers = 20
/** How long somebody looks at a page before the next one. */
const lookMs = 3_000
const unpaced = 5_000
/** As many devices answer at the same moment; NanoMDM has a request under way for each. */
const atOnce = 100
const readingMs = 30_000

/**
 * Holds 500 events a second, first while nobody reads and then while 20 people read pages that the web server has not drawn
 * before; counts what was lost and how long the answers took. Then, with the pages still being read, as many as it takes
 * against bare committed inserts into the idle database, whose quotient is the ratio. Reading what was kept takes longer
 * than keeping it; how fast that goes is measured for half a minute and not waited for.
 */
export async function benchLoad(rows: number): Promise<number> {
  return inLab(
    (connection) => fillQuestions(connection, 2 * rows + unpaced),
    async (lab) => {
      const bodies = await answersTo(lab)
      const flood = bodies.slice(2 * rows)
      const inserts = await bareInserts(lab, flood)
      console.log(`bare committed inserts, nothing else going on: ${inserts.toFixed(0)} rows/s`)
      const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
      const alone = await hold(lab, agent, bodies.slice(0, rows))
      print(`${rows} answers at ${perSecondHeld} a second, nobody reading pages`, alone)
      const pages = readPages(lab)
      const held = await hold(lab, agent, bodies.slice(rows, 2 * rows))
      print(`as many, ${readers} people reading pages`, held)
      const more = quantile(held.times, 0.99) - quantile(alone.times, 0.99)
      console.log(`  p99 is ${more.toFixed(1)} ms over that without readers (aim: 50 or less)`)
      const events = await perSecond(flood.length, atOnce, (index) =>
        postEvent(agent, lab.baseUrl, flood[index]),
      )
      agent.destroy()
      console.log(`  unpaced, pages still being read: ${events.toFixed(0)} events/s`)
      const seen = await pages.end()
      console.log(
        `  pages: ${seen.length} read, p50 ${ms(seen, 0.5)}, p99 ${ms(seen, 0.99)}, slowest ${ms(seen, 1)}`,
      )
      const answered = alone.answered + held.answered + flood.length
      const { kept } = await countEvents(lab)
      console.log(`  kept: ${kept} of ${answered} answered 200`)
      console.log(`  read afterwards: ${(await readingRate(lab)).toFixed(0)} events/s`)
      if (alone.failed + held.failed > 0 || kept !== answered) throw new Error('answers were lost')
      return events / inserts
    },
  )
}

type Held = Awaited<ReturnType<typeof hold>>

function print(what: string, { answered, failed, times }: Held): void {
  console.log(`${what}:`)
  console.log(`  answered 200: ${answered}; failed: ${failed}`)
  console.log(`  answer p50 ${ms(times, 0.5)}, p99 ${ms(times, 0.99)}, slowest ${ms(times, 1)}`)
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
    const ahead = due - performance.now()
    if (ahead > 1) await sleep(ahead)
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
  paths.devices({ environment: 'real' }),
  paths.trials({ environment: 'real' }),
  paths.events({ environment: 'real' }),
  paths.outcomes({ environment: 'real' }),
]

async function readPage({ baseUrl, cookie }: BenchLab, look: string): Promise<void> {
  const answer = await fetch(`${baseUrl}${look}`, { headers: { cookie } })
  await answer.text()
  if (answer.status !== 200) throw new Error(`${look} answered ${answer.status}`)
}

/** People who look at one page after the other until they are told to stop; gives how long each took. */
function readPages(lab: BenchLab) {
  const times: number[] = []
  let reading = true
  const person = async (_: unknown, index: number) => {
    // They did not all come at the same moment.
    await sleep((index * lookMs) / readers)
    for (let page = index; reading; page += 1) {
      const look = looks[page % looks.length] ?? '/'
      times.push(await timed(() => readPage(lab, look)))
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

async function countEvents({ sql }: BenchLab): Promise<{ kept: number; read: number }> {
  const [row] = await sql`select count(*)::int as kept,
    (count(*) filter (where read_state = 'read'))::int as read from raw_events`
  return { kept: Number(row?.kept), read: Number(row?.read) }
}

/** How many kept events are read in a second while no more come. */
async function readingRate(lab: BenchLab): Promise<number> {
  const before = await countEvents(lab)
  const took = await timed(() => sleep(readingMs))
  const after = await countEvents(lab)
  return ((after.read - before.read) * 1000) / took
}
