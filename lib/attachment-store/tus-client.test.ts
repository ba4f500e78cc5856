import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { Upload } from 'tus-js-client'
import { afterEach, expect, test } from 'vitest'
import { attachmentPartBytes } from '@/lib/domain/attachment/attachment'
import { fileOf, openAttachmentFolder } from './folder'
import { type Arrived, createUploads } from './uploads'

// The client that the page uses, against the uploads that the route uses, over real connections.

const home = mkdtempSync(path.join(tmpdir(), 'oneway-tus-'))
const folder = openAttachmentFolder(home)
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  rmSync(home, { recursive: true, force: true })
})

const base = '/uploads'

/** @param disturb called with each part; may destroy its connection */
async function serve(disturb: (request: IncomingMessage) => void) {
  const arrived: Arrived[] = []
  const handle = createUploads(folder, async () => 2 ** 40)
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'PATCH') disturb(request)
    const uploadId = request.url?.slice(base.length + 1)
    const given = await handle({
      request: new Request(`http://lab${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        // Node's and the browser's web streams are the same at run time.
        ...(request.method === 'PATCH' && {
          body: Readable.toWeb(request) as ReadableStream<Uint8Array>,
          duplex: 'half',
        }),
      }),
      uploadId: uploadId || undefined,
      ...{ base, trialId: 't1', personId: 'e1' },
      begin: async () => ({ status: 'done' }),
      finish: async (file) => {
        await file.keep()
        arrived.push(file)
        return { status: 'done' }
      },
    })
    response.writeHead(given.status, Object.fromEntries(given.headers))
    response.end(Buffer.from(await given.arrayBuffer()))
  }
  server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  // Of a server that listens on a port, it is an object.
  const { port } = server.address() as AddressInfo
  return { endpoint: `http://127.0.0.1:${port}${base}`, arrived }
}

const send = (endpoint: string, bytes: Buffer, sha256: string) =>
  new Promise<void>((resolve, reject) => {
    new Upload(bytes, {
      ...{ endpoint, chunkSize: attachmentPartBytes, retryDelays: Array(10).fill(10) },
      metadata: { fileName: 'IMG_0001.JPG', sha256 },
      onSuccess: () => resolve(),
      onError: reject,
    }).start()
  })

test('a file of several parts whose connection breaks ten times arrives whole, once', async () => {
  let [parts, cuts] = [0, 0]
  const { endpoint, arrived } = await serve((request) => {
    parts += 1
    if (cuts >= 10) return
    // Each connection carries a part of a part.
    let passed = 0
    request.on('data', (chunk: Buffer) => {
      passed += chunk.length
      if (passed < 300_000) return
      cuts += 1
      request.destroy()
    })
  })
  const bytes = randomBytes(3 * attachmentPartBytes - 12_345)
  bytes.set([0xff, 0xd8, 0xff, 0xe0])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  await send(endpoint, bytes, sha256)
  expect(cuts).toBe(10)
  expect(parts).toBeGreaterThan(10)
  expect(arrived).toMatchObject([{ sha256, bytes: bytes.length, type: 'image/jpeg' }])
  expect(readFileSync(fileOf(folder, sha256)).equals(bytes)).toBe(true)
})
