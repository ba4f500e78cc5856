import { createServer, type RequestListener } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createClient } from '@/lib/mdm/clients'
import { addServer } from '../testing/device'
import { later } from '../testing/people'
import { releasedTrial } from '../testing/trial'
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
