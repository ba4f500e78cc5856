import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { answerBody } from '@/lib/core/testing/webhook'
import { connect } from '@/lib/db/client'
import { paths } from '@/lib/paths'
import { fillQuestions, hmacKey, serverSlug } from './fill'
import { type BenchLab, inLab, perSecond } from './lab'

const atOnce = 10

/** Answers a second over HTTP against single-row committed inserts a second, both ten at a time. Aim: 0.5 or more. */
export async function benchIngest(rows: number): Promise<number> {
  return inLab(
    (connection) => fillQuestions(connection, 2 * rows),
    async (lab) => {
      const bodies = await answersTo(lab)
      const [warm, counted] = [bodies.slice(0, rows), bodies.slice(rows, 2 * rows)]
      const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
      const post = (body: Uint8Array | undefined) => postEvent(agent, lab.baseUrl, body)
      await perSecond(Math.min(500, rows), atOnce, (index) => post(warm[index]))
      await untilRead(lab)
      const events = await perSecond(rows, atOnce, (index) => post(counted[index]))
      const behind = await untilRead(lab)
      const inserts = await bareInserts(lab, counted)
      agent.destroy()
      console.log(`webhook ingest of ${rows} answers, ${atOnce} at a time:`)
      console.log(`  over HTTP, kept and answered 200: ${events.toFixed(0)} events/s`)
      console.log(`  all of them read ${(behind / 1000).toFixed(1)} s after the last was answered`)
      console.log(`  bare committed inserts:           ${inserts.toFixed(0)} rows/s`)
      return events / inserts
    },
  )
}

/** One signed-to-be answer for each question in the database. */
export async function answersTo({ sql }: Pick<BenchLab, 'sql'>): Promise<Uint8Array[]> {
  const asked = await sql`select command_uuid, enrollment_id from commands order by enrollment_id`
  const keys =
    '<key>SecurityInfo</key><dict><key>PasscodePresent</key><true/><key>PasscodeCompliant</key><true/></dict>'
  return asked.map((row) =>
    answerBody({
      enrollmentId: String(row.enrollment_id),
      commandUuid: String(row.command_uuid),
      status: 'Acknowledged',
      keys,
      at: new Date(),
    }),
  )
}

/** Posts one body as an MDM server does. @throws where it is not answered 200 */
export function postEvent(
  agent: Agent,
  baseUrl: string,
  body: Uint8Array | undefined,
): Promise<void> {
  if (!body) throw new Error('there are fewer answers than events')
  const signature = createHmac('sha256', hmacKey).update(body).digest('base64')
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-hmac-signature': signature,
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      `${baseUrl}${paths.webhook(serverSlug)}`,
      { method: 'POST', agent, headers },
      (answer) => {
        answer.resume()
        answer.on('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`)),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Milliseconds until every kept event has been read. */
async function untilRead({ sql }: BenchLab): Promise<number> {
  const begun = performance.now()
  for (;;) {
    const [row] =
      await sql`select count(*)::int as unread from raw_events where read_state = 'unread'`
    if (row?.unread === 0) return performance.now() - begun
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The same bytes into a table with the same columns and nothing else. */
export async function bareInserts(lab: BenchLab, bodies: readonly Uint8Array[]): Promise<number> {
  const { sql, end } = connect(lab.databaseUrl, { max: atOnce, asOwner: true })
  await sql`create table bare_events (id bigint generated always as identity primary key, received_at timestamptz not null, body bytea not null, sha256 text not null)`
  const insert = (index: number) =>
    sql`insert into bare_events (received_at, body, sha256) values (now(), ${bodies[index] ?? null}, 'x')`
  await perSecond(Math.min(500, bodies.length), atOnce, insert)
  const rate = await perSecond(bodies.length, atOnce, insert)
  await end()
  return rate
}
