import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { fetchFeed } from './fetch-feed'

const caFile = 'lib/mdm/testdata/tls/cert.pem'
const key = readFileSync('lib/mdm/testdata/tls/key.pem')
const cert = readFileSync(caFile)
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const started = createServer({ key, cert }, answer)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  // Of a server that listens on a port, it is an object.
  return `https://localhost:${(started.address() as AddressInfo).port}/feed`
}
const limits = { withinMs: 20_000, maxBytes: 1000, caFile }

test('a whole answer of a trusted server is its bytes', async () => {
  const url = await serve((_, response) => response.end('{"a":"ä"}'))
  expect(await fetchFeed(url, limits)).toEqual({
    status: 'read',
    bytes: Buffer.from('{"a":"ä"}'),
  })
})

test('without the certificate of its root a server is not believed', async () => {
  let asked = 0
  const url = await serve((_, response) => {
    asked++
    response.end('{}')
  })
  const answer = await fetchFeed(url, { ...limits, caFile: undefined })
  expect(answer).toMatchObject({ status: 'failed', reason: expect.stringMatching(/certificate/) })
  expect(asked).toBe(0)
})

test.each([
  ['another status', 404, '{}', 'the status 404'],
  ['a redirect', 302, '', 'the status 302'],
  ['too many bytes', 200, 'x'.repeat(1001), 'larger than 0.001 MB'],
])('%s is a failure with its reason', async (_, status, body, reason) => {
  const url = await serve((_, response) => {
    response.writeHead(status, { location: '/elsewhere' }).end(body)
  })
  expect(await fetchFeed(url, limits)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining(reason),
  })
})

test('an answer that is cut off is none', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"a"')
    response.socket?.end()
  })
  expect((await fetchFeed(url, limits)).status).toBe('failed')
})

test('an answer that does not end is given up at its time', async () => {
  const url = await serve((_, response) => void response.writeHead(200).write('{'))
  expect(await fetchFeed(url, { ...limits, withinMs: 500 })).toEqual({
    status: 'failed',
    reason: 'no whole answer within 0.5 s',
  })
})

test('a worker that stops waits for no answer', async () => {
  const stopping = new AbortController()
  const url = await serve(() => stopping.abort())
  expect((await fetchFeed(url, { ...limits, stopping: stopping.signal })).status).toBe('failed')
})

test.each(['http://127.0.0.1/feed', 'file:///etc/passwd', 'nothing'])(
  '%s is not asked',
  async (url) => {
    expect(await fetchFeed(url, limits)).toMatchObject({ reason: 'the address is not https' })
  },
)

test('without the file of certificates that was named nothing is asked', async () => {
  const answer = await fetchFeed('https://localhost:1/', { ...limits, caFile: 'no/such.pem' })
  expect(answer).toMatchObject({ status: 'failed', reason: expect.stringContaining('ENOENT') })
})
