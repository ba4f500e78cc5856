import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { walkChain } from '@/lib/db/audit/log'
import type { Connection } from '@/lib/db/client'
import { insertRawEvents } from '@/lib/db/queries/events/stored-bodies'
import { peekEnrollmentKey } from '@/lib/mdm/event'
import { startWorker } from '@/lib/worker/worker'
import { fillQuestions } from './fill'
import { answersTo } from './ingest'
import { inDatabase, perSecond } from './lab'

/**
 * Kept answers that the worker reads in a second, against committed transactions of one row in a second, one after
 * the other. Nothing else runs. Aim: 0.15 or more.
 */
export async function benchRead(rows: number): Promise<number> {
  return inDatabase(2, async (owner, url, closing) => {
    const warm = Math.min(500, rows)
    console.log('· filling the database')
    await fillQuestions(owner, warm + rows)
    const bodies = await answersTo(owner)
    const witnessFolder = mkdtempSync(path.join(tmpdir(), 'oneway-bench-'))
    closing.add(async () => rmSync(witnessFolder, { recursive: true, force: true }))
    const worker = startWorker(url, { witnessFolder })
    closing.add(worker.stop)
    await readAll(owner, bodies.slice(0, warm))
    // As the database does by itself where a lab has run for some minutes.
    await owner.sql`vacuum analyze`
    const seconds = await readAll(owner, bodies.slice(warm))
    await worker.stop()
    const bare = await bareCommits(owner, rows)
    const read = rows / seconds
    console.log(`${rows} kept answers of as many devices:`)
    console.log(`  read by the worker:              ${read.toFixed(0)} events/s`)
    console.log(`  bare committed one-row inserts:  ${bare.toFixed(0)}/s`)
    await showTrail(owner, warm + rows)
    return read / bare
  })
}

/** Keeps these bodies as the listener would, and waits. @returns seconds until all of them were read */
async function readAll({ db, sql }: Connection, bodies: readonly Uint8Array[]): Promise<number> {
  const [server] = await sql<{ id: string }[]>`select id from mdm_servers`
  const [first] = bodies
  if (!server || !first) throw new Error('there is nothing to read')
  const receivedAt = new Date()
  await db.transaction(async (tx) => {
    for (let from = 0; from < bodies.length; from += 500)
      await insertRawEvents(
        tx,
        bodies.slice(from, from + 500).map((body) => ({
          mdmServerId: server.id,
          receivedAt,
          body,
          sha256: createHash('sha256').update(body).digest('hex'),
          enrollmentKey: peekEnrollmentKey(body) ?? null,
          receipt: randomUUID(),
        })),
      )
  })
  const begun = performance.now()
  for (;;) {
    const [row] =
      await sql`select exists (select from raw_events where read_state = 'unread') as is`
    if (row?.is === false) return (performance.now() - begun) / 1000
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The reference: what one connection commits, one row at a time. */
async function bareCommits({ sql }: Connection, rows: number): Promise<number> {
  await sql`create table bare_rows (id bigint generated always as identity primary key, n int not null)`
  const insert = (n: number) => sql`insert into bare_rows (n) values (${n})`
  await perSecond(500, 1, insert)
  return perSecond(rows, 1, insert)
}

/** @throws Error unless every event was read and the chain of the trail holds */
async function showTrail({ sql }: Connection, events: number): Promise<void> {
  const [row] = await sql`select count(*)::int as read from raw_events where read_state = 'read'`
  if (row?.read !== events) throw new Error(`${row?.read} of ${events} events were read`)
  const { broken, entries } = await walkChain(sql)
  if (broken) throw new Error(`the trail is broken at entry ${broken.seq}: ${broken.reason}`)
  console.log(`  the chain of the trail holds: ${(entries / events).toFixed(1)} entries an event`)
}
