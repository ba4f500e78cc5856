import { createServer, type Server } from 'node:http'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keepEvent } from '@/lib/core/ingest/keep-events'
import { queryDevice } from '@/lib/core/release/query-device'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { engineer, must } from '@/lib/core/testing/people'
import { answerBody } from '@/lib/core/testing/webhook'
import { findHead } from '@/lib/db/audit/log'
import { updateServer } from '@/lib/db/queries/servers/servers'
import { findCommand } from '@/lib/db/queries/trials/commands'
import * as schema from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createLog } from '@/lib/log'
import { witnessFolderOf } from '@/lib/witness/testing'
import { mdmServersOf } from './mdm-servers'
import { logHead, startWorker, type Worker } from './worker'

let lab: TestDb
let worker: Worker | undefined
const open: Server[] = []
beforeEach(async () => {
  vi.stubEnv('LOG_LEVEL', 'silent')
  lab = await createTestDb()
})
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await worker?.stop()
  worker = undefined
  await lab.drop()
  vi.unstubAllEnvs()
})

/** An MDM server on loopback. Without `answer` it accepts every request and never answers. */
async function mdmServer(answer?: 'queues') {
  const requested: string[] = []
  const waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    requested.push(request.url ?? '')
    const body = Buffer.concat(chunks).toString()
    const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(body)?.[1]
    const reply = () => response.end(JSON.stringify({ command_uuid: uuid, no_push: true }))
    if (answer === 'queues') reply()
    else waiting.push(reply)
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const id = await addServer(lab.db)
  await updateServer(lab.db, id, { url: `http://127.0.0.1:${port}` })
  return { id, requested, reply: () => waiting.shift()?.() }
}

const ask = async (serverId: string) => {
  const device = await addDevice(lab.db, { serverId, at: new Date() })
  const asked = await queryDevice(lab.db, engineer, { deviceId: device.id }, new Date())
  return { device, uuid: must(asked, 'asked').commandUuid }
}
const state = async (uuid: string) => (await findCommand(lab.db, uuid))?.state

test('five sends to a silent server delay neither the sends nor the answers of a healthy one', async () => {
  const [mute, well] = [await mdmServer(), await mdmServer('queues')]
  for (let device = 0; device < 5; device += 1) await ask(mute.id)
  worker = startWorker(lab.url, { witnessFolder: witnessFolderOf(lab.url), pauseMs: 20 })
  await expect.poll(() => mute.requested.length).toBe(1)

  const { device, uuid } = await ask(well.id)
  await expect.poll(() => state(uuid)).toBe('queued')
  const { enrollmentId, mdmServerId } = device
  const answer = { enrollmentId, commandUuid: uuid, status: 'Acknowledged', at: new Date() }
  const event = await keepEvent(lab.db, mdmServerId, answerBody(answer), new Date())
  const read = async () => {
    const [row] = await lab.sql`select read_state from raw_events where id = ${event ?? 0}`
    return row?.read_state
  }
  await expect.poll(read).toBe('read')
  // The one request to the silent server is still open, and no second one was made.
  expect(mute.requested).toHaveLength(1)
})

test('a stop waits for the send under way, settles it, and claims nothing more', async () => {
  const slow = await mdmServer()
  const [first, second] = [await ask(slow.id), await ask(slow.id)]
  worker = startWorker(lab.url, { witnessFolder: witnessFolderOf(lab.url), pauseMs: 20 })
  await expect.poll(() => slow.requested.length).toBe(1)
  let hasStopped = false
  const stopped = worker.stop().then(() => {
    hasStopped = true
  })
  worker = undefined
  const third = await ask(slow.id)
  expect(hasStopped).toBe(false)
  slow.reply()
  await expect.poll(() => slow.requested.length).toBe(2)
  expect(slow.requested[1]).toMatch(/^\/v1\/push\//)
  slow.reply()
  await stopped
  const states = [await state(first.uuid), await state(second.uuid), await state(third.uuid)]
  expect(states.toSorted()).toEqual(['queued', 'reserved', 'reserved'])
  expect(slow.requested.filter((url) => url.startsWith('/v1/enqueue/'))).toHaveLength(1)
})

/** A client that counts its statements. */
function counting(sql: Sql, onStatement: () => void): Sql {
  return new Proxy(sql, {
    get(target, key) {
      if (key === 'unsafe' || key === 'begin') onStatement()
      return Reflect.get(target, key, target)
    },
  })
}

/** Shorter than the minute between two rounds, and long for a busy machine. */
const beforeTheNextRound = { timeout: 40_000 }

test('a worker with nothing to do asks nothing, and what is recorded or due is done without waiting for its sweep', async () => {
  const well = await mdmServer('queues')
  let statements = 0
  worker = startWorker(lab.url, {
    witnessFolder: witnessFolderOf(lab.url),
    ...{ pauseMs: 20, sweepMs: 600_000 },
    through: ({ sql }) => {
      const db = drizzle(
        counting(sql, () => {
          statements += 1
        }),
        { schema },
      )
      return { db, servers: mdmServersOf(db) }
    },
  })
  const isIdle = async () => {
    const before = statements
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    return statements - before
  }
  // A look at the witness may fall into the second; rounds without a rest would be some 40, of 13 statements each.
  await expect.poll(isIdle).toBeLessThan(10)

  // Recorded while it sleeps.
  const { uuid } = await ask(well.id)
  await expect.poll(() => state(uuid), beforeTheNextRound).toBe('queued')
  // Due by time alone: nothing is recorded when a server may be tried again.
  const other = await mdmServer('queues')
  await lab.sql`insert into server_silences (mdm_server_id, since, tries, next_try_at, reason)
    values (${other.id}, now(), 3, now() + interval '3 seconds', 'it did not answer')`
  const second = await ask(other.id)
  await expect.poll(() => state(second.uuid), beforeTheNextRound).toBe('queued')
})

test('a step that failed is made again soon, though nothing is recorded for it', async () => {
  const serverId = await addServer(lab.db)
  await lab.sql.unsafe(`create function trouble() returns trigger language plpgsql as $$ begin
    raise exception 'made by the test'; end $$;
    create trigger trouble before update of marked_at on observation_gaps for each row execute function trouble()`)
  await lab.sql`insert into observation_gaps (mdm_server_id, began_at, ended_at, reason)
    values (${serverId}, now() - interval '2 minutes', now() - interval '1 minute', 'no listener')`
  worker = startWorker(lab.url, { witnessFolder: witnessFolderOf(lab.url), pauseMs: 20 })
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const isMarked = async () => {
    const [gap] = await lab.sql`select marked_at is not null as marked from observation_gaps`
    return gap?.marked
  }
  expect(await isMarked()).toBe(false)
  await lab.sql`drop function trouble cascade`
  await expect.poll(isMarked, beforeTheNextRound).toBe(true)
})

test('the current head of the audit trail is logged at once and repeatedly', async () => {
  const lines: { msg: string; seq: number; hash: string }[] = []
  vi.stubEnv('LOG_LEVEL', 'info')
  const log = createLog('worker', { write: (line) => void lines.push(JSON.parse(line)) })
  const first = await findHead(lab.sql)
  const stop = logHead(lab.sql, log, 20)
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  expect(lines[0]).toMatchObject({ msg: 'audit trail head', ...first })
  await addServer(lab.db)
  const head = await findHead(lab.sql)
  expect(head).not.toEqual(first)
  await expect.poll(() => lines.at(-1)).toMatchObject(head)
  stop()
})
