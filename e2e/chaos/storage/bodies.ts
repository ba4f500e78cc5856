import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { Connection, Db } from '@/lib/db/client'

const lanes = 6

export type Keeping = {
  /** SHA-256 of every body whose COMMIT was acknowledged: what a webhook would have answered 200. */
  acknowledged: string[]
  /** Settles when every lane has met an error. */
  ended: Promise<unknown>
}

/** Keeps body after body, as the webhook does, until the database takes no more. */
export function keepBodies({ db }: { db: Db }, serverId: string): Keeping {
  const acknowledged: string[] = []
  const lane = async () => {
    for (;;) {
      const body = randomBytes(600)
      await keepEvents(db, [{ serverId, body, at: new Date() }])
      acknowledged.push(createHash('sha256').update(body).digest('hex'))
    }
  }
  return { acknowledged, ended: Promise.allSettled(Array.from({ length: lanes }, lane)) }
}

/** Holds that everything acknowledged is there, byte for byte. */
export async function expectKept(
  { sql }: Pick<Connection, 'sql'>,
  acknowledged: readonly string[],
): Promise<void> {
  const rows = await sql`select encode(sha256(body), 'hex') as sha256 from raw_events`
  const kept = new Set(rows.map(({ sha256 }) => sha256))
  expect(acknowledged.filter((one) => !kept.has(one))).toEqual([])
}

/** Some moment of the next so many ms, once a few bodies have been acknowledged. */
export async function anInstant({ acknowledged }: Keeping, maxMs: number): Promise<void> {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  while (acknowledged.length < 5) await pause(10)
  await pause(Math.random() * maxMs)
}
