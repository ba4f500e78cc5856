import path from 'node:path'
import { createPerson, randomPassword } from '@/lib/credentials/people'
import { type Connection, connect } from '@/lib/db/client'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { readEnv } from '@/lib/env'
import { root } from '@/scripts/children'
import { type Closing, createClosing } from '@/scripts/closing'
import { emptyDatabase } from '@/scripts/empty-database'
import { openStack } from '@/scripts/stack'
import { findFreePort } from '@/scripts/virtual-lab-process'

/** A throw-away lab: an empty database, the production server on it, and somebody who is signed in. */
export type BenchLab = Connection & {
  baseUrl: string
  databaseUrl: string
  /** The Cookie header of a lead. */
  cookie: string
}

const dataDir = path.join(root, '.oneway-bench')
/** One statement fills in up to a million rows. */
const fillWithinMs = 1_800_000

/**
 * Runs one benchmark on an empty database of a server of its own, and closes everything again.
 * @param max connections of its owner
 */
export async function inDatabase<T>(
  max: number,
  run: (owner: Connection, url: string, closing: Closing) => Promise<T>,
): Promise<T> {
  const closing = createClosing()
  try {
    const server = await startEmbedded({ dataDir })
    closing.add(server.stop)
    await emptyDatabase(server.url, dataDir)
    const owner = connect(server.url, { max, asOwner: true, deadlineMs: fillWithinMs })
    closing.add(owner.end)
    return await run(owner, server.url, closing)
  } finally {
    await closing.close()
  }
}

/** Opens the lab, runs one benchmark in it and closes everything again. */
export async function inLab<T>(
  fill: (connection: Connection) => Promise<void>,
  run: (lab: BenchLab) => Promise<T>,
): Promise<T> {
  return inDatabase(10, async (connection, _url, closing) => {
    console.log('· filling the database')
    await fill(connection)
    const port = String(await findFreePort())
    const env = readEnv({ PORT: port, ONEWAY_DEMO: '0', LOG_LEVEL: 'warn' })
    const say = (line: string) => console.log(`· ${line}`)
    const stack = await openStack({ mode: 'production', env, dataDir, say, closing })
    const cookie = await signIn(connection, stack.url)
    return run({ ...connection, baseUrl: stack.url, databaseUrl: stack.databaseUrl, cookie })
  })
}

async function signIn({ db }: Connection, baseUrl: string): Promise<string> {
  const [email, password] = ['bench@oneway.example', randomPassword()]
  await createPerson(db, { name: 'Bench', email, password, role: 'lead' })
  const answer = await fetch(`${baseUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify({ email, password }),
  })
  if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}

/** Milliseconds an action takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await action()
  return performance.now() - begun
}

/** The value below which a share of the samples lies; `share` from 0 to 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  if (value === undefined) throw new Error('nothing was measured')
  return value
}

export const median = (samples: readonly number[]) => quantile(samples, 0.5)

/** Runs `count` actions, so many at a time, and gives how many were done in a second. */
export async function perSecond(
  count: number,
  atOnce: number,
  action: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0
  const lane = async () => {
    while (next < count) {
      const index = next
      next += 1
      await action(index)
    }
  }
  const ms = await timed(() => Promise.all(Array.from({ length: atOnce }, lane)))
  return (count * 1000) / ms
}
