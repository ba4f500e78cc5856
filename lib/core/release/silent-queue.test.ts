import { createServer, type RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findServerSilence } from '@/lib/db/queries/servers/server-checks'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createClient } from '@/lib/mdm/clients'
import type { QueueList } from '@/lib/mdm/server'
import { carryOn } from '@/lib/worker/carry-on'
import { addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { armTrial } from '../trials/prepare-trial'
import { deliver } from './deliver'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const server = createServer()
const asked: string[] = []
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterEach(() => {
  asked.length = 0
  server.removeAllListeners('request')
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** Sends a released command through a MicroMDM that answers as `listener` does. */
async function sendThrough(listener: RequestListener) {
  server.on('request', (request, response) => {
    asked.push(`${request.method}`)
    request.resume()
    listener(request, response)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const url = `http://127.0.0.1:${port}`
  const client = createClient('micromdm', { url, apiKey: 'lab-api-key', timeoutMs: 200 })
  const serverId = await addServer(lab.db, false, { kind: 'micromdm' })
  const { commandUuid, trialId } = await releasedTrial(lab.db, { serverId })
  const sent = await deliver(
    lab.db,
    async () => client,
    commandUuid,
    () => later(121),
  )
  return { sent, trial: await findTrial(lab.db, trialId) }
}

test.each<[string, RequestListener]>([
  ['never answers', () => undefined],
  ['cuts the connection', (request) => void request.socket.destroy()],
  ['answers 500', (_, response) => void response.writeHead(500).end('{}')],
  ['answers something else', (_, response) => void response.writeHead(200).end('<html></html>')],
])('no command leaves for a server whose queue %s', async (_, listener) => {
  const { sent, trial } = await sendThrough(listener)
  expect(sent).toMatchObject({
    status: 'lapsed',
    reason: expect.stringContaining('did not show its queue for the device'),
  })
  expect(asked).toEqual(['GET'])
  expect(trial).toMatchObject({ state: 'registered', consumed: false })
})

test('a queue that is empty lets the command leave', async () => {
  const { sent } = await sendThrough((_, response) => void response.writeHead(200).end('{}'))
  expect(sent).toMatchObject({ status: 'sent' })
  expect(asked.slice(0, 2)).toEqual(['GET', 'PUT'])
})

test('of the releases that are due at a silent server one lapses, the others wait; the lapsed one is released again and sent once', async () => {
  const serverId = await addServer(lab.db, false, { kind: 'micromdm' })
  const trials = [
    await releasedTrial(lab.db, { serverId }),
    await releasedTrial(lab.db, { serverId }),
  ]
  const { servers, ledger } = fakeServer()
  let list: QueueList = { ok: false, reason: 'no answer in time', noAnswer: true }
  const queue = { list: async () => list, clear: async () => ({ ok: true as const, body: '' }) }
  const server = { ...(await servers()), queue }
  const round = (at: number) =>
    carryOn({ db: lab.db, servers: async () => server, clock: () => later(at) })
  const states = () =>
    Promise.all(trials.map(async (one) => (await findCommand(lab.db, one.commandUuid))?.state))

  await round(121)
  expect((await states()).toSorted()).toEqual(['lapsed', 'reserved'])
  expect(await findServerSilence(lab.db, serverId)).toMatchObject({ reason: 'no answer in time' })
  expect(ledger.enqueued).toEqual([])

  list = { ok: true, commandUuids: [], updateUuids: [], body: '{}' }
  await round(123)
  expect((await states()).toSorted()).toEqual(['lapsed', 'queued'])
  const lapsed = trials[(await states()).indexOf('lapsed')]
  if (!lapsed) throw new Error('no release has lapsed')
  const { trialId, device } = lapsed
  must(
    await armTrial(lab.db, engineer, { trialId, serialLast4: device.serial.slice(-4) }, later(130)),
    'done',
  )
  const seen = await seenSlot(lab.db, trialId, 1, later(130))
  must(await releaseSigned(lab.db, engineer, seen, later(130)), 'released')
  expect(await releaseSigned(lab.db, engineer, seen, later(131))).toMatchObject({
    status: 'alreadyReleased',
  })
  await round(251)
  await round(252)
  const uuids = trials.map(({ commandUuid }) => commandUuid)
  expect(ledger.enqueued.toSorted()).toEqual(uuids.toSorted())
})

test('a command that falls due while it is looked at is not sent on a queue that nobody has read', async () => {
  const serverId = await addServer(lab.db, false, { kind: 'micromdm' })
  const { commandUuid } = await releasedTrial(lab.db, { serverId })
  const { servers, ledger } = fakeServer()
  let seconds = 119
  const clock = () => {
    seconds += 0.9
    return later(seconds)
  }
  expect(await deliver(lab.db, servers, commandUuid, clock)).toEqual({ status: 'notDue' })
  expect(ledger.enqueued).toEqual([])
})
