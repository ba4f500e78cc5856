import type { Readable } from 'node:stream'
import type postgres from 'postgres'

/**
 * Starts a `copy … to stdout`; one chunk is one row. Read it to its end: a stream that is destroyed leaves its
 * connection stuck.
 *
 * postgres.js 3.4.9 pauses its socket when a chunk fills the stream, and resumes it only when the stream
 * asks for more. A stream whose end came in the same packet never asks again, so the connection would stay
 * paused and whatever is queried on it next would wait for ever.
 */
export async function startCopy(sql: postgres.Sql, statement: string): Promise<Readable> {
  const rows: Readable = await sql.unsafe(statement).readable()
  rows.once('end', () => rows._read(0))
  return rows
}
