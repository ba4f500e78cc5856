import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import {
  type AddressInfo,
  createServer as createTcpServer,
  isIPv6,
  type Server as TcpServer,
} from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { buildCommand } from './command'
import { createNanomdm } from './nanomdm'

const commandUuid = '3e0d31bb-f71c-4c78-9d9d-de8a549f07e7'
const enrollmentId = 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2'
const expected = { commandUuid, requestType: 'OSUpdateStatus' } as const
const { plist } = buildCommand(expected)
const accepted = JSON.stringify({
  no_push: true,
  command_uuid: commandUuid,
  request_type: 'OSUpdateStatus',
})

const opened: (Server | TcpServer)[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const listen = async (server: Server | TcpServer) => {
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address of this type.
  return (server.address() as AddressInfo).port
}
const serve = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listen(createServer(listener))}`
const tcp = async (onData: Parameters<typeof createTcpServer>[1]) =>
  `127.0.0.1:${await listen(createTcpServer(onData))}`

const client = (url: string, timeoutMs = 2000) =>
  createNanomdm({ url, apiKey: 'lab-api-key', timeoutMs })
const enqueueAt = (url: string, timeoutMs?: number) =>
  client(url, timeoutMs).enqueue(enrollmentId, plist, expected)
const bodyOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

test('an enqueue is one PUT of the stored bytes, for one device, without a push', async () => {
  const seen: unknown[] = []
  const url = await serve(async (request, response) => {
    const { method, headers } = request
    seen.push([method, request.url, headers.authorization, headers.connection])
    expect(await bodyOf(request)).toEqual(Buffer.from(plist))
    response.end(accepted)
  })
  expect(await enqueueAt(url)).toMatchObject({ outcome: 'queued', httpStatus: 200, body: accepted })
  const credentials = Buffer.from('nanomdm:lab-api-key').toString('base64')
  const path = `/v1/enqueue/${enrollmentId}?nopush=1`
  expect(seen).toEqual([['PUT', path, `Basic ${credentials}`, 'close']])
})

test('a path prefix of the server is kept', async () => {
  const paths: unknown[] = []
  const url = await serve((request, response) => {
    paths.push(request.url)
    response.end(accepted)
  })
  expect(await enqueueAt(`${url}/api/v1/nanomdm/`)).toMatchObject({ outcome: 'queued' })
  expect(paths).toEqual([`/api/v1/nanomdm/v1/enqueue/${enrollmentId}?nopush=1`])
})

test('every call opens a connection of its own', async () => {
  const ports = new Set()
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    response.end(accepted)
  })
  await enqueueAt(url)
  await enqueueAt(url)
  expect(ports.size).toBe(2)
})

test('a refused connection and a name that does not resolve prove that nothing was sent', async () => {
  const port = await listen(createServer())
  await new Promise((resolve) => opened.pop()?.close(resolve))
  expect(await enqueueAt(`http://127.0.0.1:${port}`)).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('ECONNREFUSED'),
  })
  const lookup: NonNullable<Parameters<typeof createNanomdm>[0]['lookup']> = (_, __, done) =>
    done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '')
  const nowhere = createNanomdm({ url: 'https://mdm.example.org', apiKey: 'k', lookup })
  expect(await nowhere.enqueue(enrollmentId, plist, expected)).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('name'),
  })
})

test('plain HTTP goes to this machine only, whatever the name server says', async () => {
  const port = await listen(createServer((_, response) => response.end(accepted)))
  const local = (address: string) =>
    createNanomdm({
      url: `http://localhost:${port}`,
      apiKey: 'k',
      lookup: (_, { all }, done) =>
        all ? done(null, [{ address, family: 4 }]) : done(null, address, 4),
    }).enqueue(enrollmentId, plist, expected)
  expect(await local('127.0.0.1')).toMatchObject({ outcome: 'queued' })
  expect(await local('192.0.2.1')).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('this machine'),
  })
})

test.each([
  '169.254.169.254',
  'fe80::1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  'fd00:ec2::254',
  '100.100.100.200',
  '0.0.0.0',
])('F45: a name that leads to %s at the connect is not connected to', async (address) => {
  let asked = 0
  const { enqueue } = createNanomdm({
    url: 'https://mdm.example.org',
    apiKey: 'k',
    lookup: (_, { all }, done) => {
      asked += 1
      // One good answer beside the bad one must not help: the socket might take either.
      const found = [
        { address: '203.0.113.1', family: 4 },
        { address, family: isIPv6(address) ? 6 : 4 },
      ]
      return all ? done(null, found) : done(null, address, 4)
    },
  })
  expect(await enqueue(enrollmentId, plist, expected)).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('belongs to no server'),
  })
  expect(asked).toBe(1)
})

test('F45: a name is looked up once, so a second answer of the name server is never used', async () => {
  const port = await listen(createServer((_, response) => response.end(accepted)))
  const answers = ['127.0.0.1', '169.254.169.254']
  const { enqueue } = createNanomdm({
    url: `http://localhost:${port}`,
    apiKey: 'k',
    lookup: (_, { all }, done) => {
      const address = answers.shift() ?? ''
      return all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)
    },
  })
  expect(await enqueue(enrollmentId, plist, expected)).toMatchObject({ outcome: 'queued' })
  expect(answers).toEqual(['169.254.169.254'])
})

test('a server that speaks no TLS gets not a byte of the command', async () => {
  const got: Buffer[] = []
  const address = await tcp((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data: Buffer) => {
      got.push(data)
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
  })
  expect(await enqueueAt(`https://${address}`)).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('TLS'),
  })
  expect(Buffer.concat(got).toString('latin1')).not.toMatch(/enqueue|lab-api-key|CommandUUID/)
})

const tls = (name: string) =>
  readFileSync(new URL(`./testdata/tls/${name}`, import.meta.url), 'utf8')
const serveTls = async (listener: RequestListener) => {
  const server = createTlsServer({ key: tls('key.pem'), cert: tls('cert.pem') }, listener)
  return listen(server)
}

test('a certificate nobody vouches for gets not a byte of the command', async () => {
  let requests = 0
  const port = await serveTls((_, response) => {
    requests += 1
    response.end(accepted)
  })
  expect(await enqueueAt(`https://127.0.0.1:${port}`)).toMatchObject({
    outcome: 'notSent',
    reason: expect.stringContaining('SELF_SIGNED'),
  })
  expect(requests).toBe(0)
})

test('a certificate that is vouched for, for this name, is accepted', async () => {
  const before = getCACertificates('default')
  const port = await serveTls((_, response) => response.end(accepted))
  setDefaultCACertificates([...before, tls('cert.pem')])
  try {
    expect(await enqueueAt(`https://127.0.0.1:${port}`)).toMatchObject({ outcome: 'queued' })
    expect(await enqueueAt(`https://localhost:${port}`)).toMatchObject({ outcome: 'queued' })
  } finally {
    setDefaultCACertificates(before)
  }
})

test('a connection that is reset after the request was taken is unconfirmed', async () => {
  const url = await serve(async (request) => {
    await bodyOf(request)
    request.socket.resetAndDestroy()
  })
  expect(await enqueueAt(url)).toMatchObject({ outcome: 'unconfirmed' })
})

test('an answer that is cut in the middle is unconfirmed, and what came is kept', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'Content-Length': accepted.length })
    response.write(accepted.slice(0, 20))
    setTimeout(() => response.destroy(), 50)
  })
  expect(await enqueueAt(url)).toMatchObject({
    outcome: 'unconfirmed',
    httpStatus: 200,
    body: accepted.slice(0, 20),
  })
})

test('a server that says nothing, and one that never ends, are unconfirmed in time', async () => {
  const silent = await serve(() => {})
  const endless = await serve((_, response) => {
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  })
  const startedAt = performance.now()
  expect(await enqueueAt(silent, 200)).toMatchObject({ outcome: 'unconfirmed' })
  expect(await enqueueAt(endless, 200)).toMatchObject({ outcome: 'unconfirmed' })
  // Without the time limit neither would ever end.
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})

test('an answer larger than any is cut off, unconfirmed', async () => {
  const url = await serve((_, response) => response.end(accepted + ' '.repeat(1_000_000)))
  const result = await enqueueAt(url)
  expect(result).toMatchObject({ outcome: 'unconfirmed' })
  expect(result.body?.length).toBeLessThanOrEqual(64 * 1024)
})

test.each([301, 302, 307, 308])('a redirect (%i) is not followed', async (status) => {
  let requests = 0
  const url = await serve((request, response) => {
    requests += 1
    response.writeHead(status, { Location: `http://${request.headers.host}/again` }).end()
  })
  expect(await enqueueAt(url)).toMatchObject({
    outcome: 'unconfirmed',
    httpStatus: status,
    reason: expect.stringContaining('/again'),
  })
  expect(requests).toBe(1)
})

test.each([
  ['a refused key', 401, 'Unauthorized\n', 'notSent'],
  ['a failed push', 500, JSON.stringify({ ...JSON.parse(accepted), push_error: 'x' }), 'queued'],
  ['a page in place of an answer', 200, '<!doctype html>', 'unconfirmed'],
  ['a broken gateway', 502, 'Bad Gateway', 'unconfirmed'],
])(
  '%s over the wire is settled by its body, after one request',
  async (_, status, body, outcome) => {
    let requests = 0
    const url = await serve((__, response) => {
      requests += 1
      response.writeHead(status).end(body)
    })
    expect(await enqueueAt(url)).toMatchObject({ outcome, httpStatus: status, body })
    expect(requests).toBe(1)
  },
)

test('an answer that is not HTTP is unconfirmed', async () => {
  const address = await tcp((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end('hello\r\n\r\n'))
  })
  expect(await enqueueAt(`http://${address}`)).toMatchObject({ outcome: 'unconfirmed' })
})

test('an odd enrollment ID, and bytes of another command, never leave', async () => {
  let requests = 0
  const url = await serve((_, response) => {
    requests += 1
    response.end(accepted)
  })
  const { enqueue } = client(url)
  const other = buildCommand({ ...expected, commandUuid: '00000000-0000-4000-8000-000000000000' })
  expect(await enqueue('a%2Cb', plist, expected)).toMatchObject({ outcome: 'notSent' })
  expect(await enqueue(enrollmentId, other.plist, expected)).toMatchObject({ outcome: 'notSent' })
  expect(
    await enqueue(enrollmentId, plist, { commandUuid, requestType: 'SecurityInfo' }),
  ).toMatchObject({ outcome: 'notSent' })
  expect(await enqueue(enrollmentId, new Uint8Array(), expected)).toMatchObject({
    outcome: 'notSent',
  })
  expect(requests).toBe(0)
})

test('a push tells its apns-id, or why it failed', async () => {
  const answers = [
    JSON.stringify({ status: { [enrollmentId]: { push_result: 'A' } } }),
    JSON.stringify({
      status: { [enrollmentId]: { push_error: 'Unregistered', push_result: 'A' } },
    }),
    JSON.stringify({ push_error: 'no certificate' }),
    '{}',
    'oops',
  ]
  const url = await serve((request, response) => {
    expect(request.url).toBe(`/v1/push/${enrollmentId}`)
    response.end(answers.shift())
  })
  const { push } = client(url)
  expect(await push(enrollmentId)).toEqual({ ok: true, apnsId: 'A' })
  expect(await push(enrollmentId)).toEqual({ ok: false, reason: 'Unregistered' })
  expect(await push(enrollmentId)).toEqual({ ok: false, reason: 'no certificate' })
  expect(await push(enrollmentId)).toMatchObject({ ok: false })
  expect(await push(enrollmentId)).toMatchObject({ ok: false })
  expect(await push('a,b')).toMatchObject({ ok: false })
})

test('the version is told, and its absence is a value', async () => {
  const url = await serve((request, response) =>
    request.url === '/version'
      ? response.end('{"version":"v0.9.0"}')
      : response.writeHead(404).end(),
  )
  expect(await client(url).version()).toEqual({ ok: true, version: 'v0.9.0' })
  expect(await client(`${url}/x`).version()).toMatchObject({ ok: false })
})

test('the API key is in no result', async () => {
  const url = await serve((_, response) => response.writeHead(401).end('Unauthorized'))
  const results = [
    await enqueueAt(url),
    await client(url).push(enrollmentId),
    await client(url).version(),
  ]
  expect(JSON.stringify(results)).not.toMatch(/lab-api-key|Basic/)
})
