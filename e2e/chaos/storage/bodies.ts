import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { Connection, Db } from '@/lib/db/client'

const lanes = 6

export type Keeping = {
  /** SHA-256 of every body whose COMMIT was acknowledged: a webhook would have answered it with 200. */
  acknowledged: string[]
  /** Settles when every lane has failed. */
  ended: Promise<unknown>
}

/** Stores one body after another, as the webhook does, until the database fails. */
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

/** Expects every acknowledged body in the database, byte for byte. */
export async function expectKept(
  { sql }: Pick<Connection, 'sql'>,
  acknowledged: readonly string[],
): Promise<void> {
  const rows = await sql`select encode(sha256(body), 'hex') as sha256 from raw_events`
  const kept = new Set(rows.map(({ sha256 }) => sha256))
  expect(acknowledged.filter((one) => !kept.has(one))).toEqual([])
}

/** Waits until five bodies are acknowledged, and then a random time up to `maxMs`. */
export async function randomInstant({ acknowledged }: Keeping, maxMs: number): Promise<void> {
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  while (acknowledged.length < 5) await pause(10)
  await pause(Math.random() * maxMs)
}
