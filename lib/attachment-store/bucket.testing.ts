import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BucketSettings } from './bucket-call'

/** What the pretended storage does to one request; undefined lets it pass. */
type Fault = (request: {
  method: string
  url: URL
}) => 'cut' | 'half' | 'silent' | { status: number; code: string } | undefined

export type FakeBucket = Awaited<ReturnType<typeof startFakeBucket>>

/**
 * The calls of S3 that Oneway makes, in memory, for what a real storage does not do on demand: it breaks off, is full,
 * keeps silent, returns other bytes. A real one takes part in .ci/wider/attachments.
 */
export async function startFakeBucket() {
  const objects = new Map<string, { body: Buffer; type: string | undefined }>()
  const uploads = new Map<string, { key: string; begunAt: Date; parts: Map<number, Buffer> }>()
  const requests: string[] = []
  const state: { fault: Fault } = { fault: () => undefined }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://bucket')
    const method = request.method ?? ''
    requests.push(`${method} ${url.pathname}${url.search}`)
    const fault = state.fault({ method, url })
    if (fault === 'cut') return request.socket.destroy()
    if (fault === 'silent') return
    const body = await bodyOf(request)
    if (fault === 'half') breakOff(url, response)
    else if (fault) refuse(response, fault.status, fault.code)
    else if (request.headers['x-amz-content-sha256'] !== hashOf(body))
      refuse(response, 400, 'XAmzContentSHA256Mismatch')
    else answer({ method, url, body, request, response })
  })

  function answer({ method, url, body, request, response }: Asked): void {
    const key = url.pathname.replace(/^\/lab\/?/, '')
    const uploadId = url.searchParams.get('uploadId')
    const object = objects.get(key)
    if (method === 'GET' && url.searchParams.has('uploads')) list(response)
    else if (method === 'POST' && url.searchParams.has('uploads')) begin(key, response)
    else if (uploadId !== null) inParts({ method, url, body, response, request }, uploadId)
    else if (method === 'PUT') {
      objects.set(key, { body, type: request.headers['content-type'] })
      mark(response, body)
    } else if (object) send(response, object.body, request.headers.range, method)
    else refuse(response, 404, 'NoSuchKey')
  }

  /** Half of an object, and then the end of the connection. */
  function breakOff({ pathname }: URL, response: ServerResponse): void {
    const { body } = objects.get(pathname.replace(/^\/lab\/?/, '')) ?? { body: Buffer.alloc(2) }
    response.writeHead(200, { 'content-length': body.byteLength })
    response.write(body.subarray(0, body.byteLength / 2), () => response.destroy())
  }

  function begin(key: string, response: ServerResponse): void {
    const id = `${randomBytes(8).toString('hex')}/+&=`
    uploads.set(id, { key, begunAt: new Date(), parts: new Map() })
    xml(response, `<UploadId>${id.replace('&', '&amp;')}</UploadId>`)
  }

  function inParts({ method, url, body, response }: Asked, uploadId: string): void {
    const upload = uploads.get(uploadId)
    if (!upload) refuse(response, 404, 'NoSuchUpload')
    else if (method === 'PUT') {
      upload.parts.set(Number(url.searchParams.get('partNumber')), body)
      mark(response, body)
    } else {
      uploads.delete(uploadId)
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part)
      if (method === 'POST')
        objects.set(upload.key, { body: Buffer.concat(parts), type: undefined })
      if (method === 'POST') xml(response, '<ETag>done</ETag>')
      else response.writeHead(204).end()
    }
  }

  const list = (response: ServerResponse) =>
    xml(
      response,
      [...uploads]
        .map(
          ([id, { key, begunAt }]) =>
            `<Upload><Key>${key}</Key><UploadId>${id.replace('&', '&amp;')}</UploadId><Initiated>${begunAt.toISOString()}</Initiated></Upload>`,
        )
        .join(''),
    )

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of that kind.
  const { port } = server.address() as AddressInfo
  const settings: BucketSettings = {
    ...{ endpoint: new URL(`http://127.0.0.1:${port}`), region: 'us-east-1', bucket: 'lab' },
    ...{ prefix: 'files/', keyId: 'key', secret: 'a secret', pathStyle: true },
  }
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { settings, objects, uploads, requests, state, close }
}

type Asked = {
  method: string
  url: URL
  body: Buffer
  request: IncomingMessage
  response: ServerResponse
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function xml(response: ServerResponse, content: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<X>${content}</X>`)
}

const refuse = (response: ServerResponse, status: number, code: string): void =>
  xml(response, `<Error><Code>${code}</Code><Message>no</Message></Error>`, status)

function mark(response: ServerResponse, body: Buffer): void {
  response.setHeader('etag', `"${hashOf(body).slice(0, 32)}"`).end()
}

function send(response: ServerResponse, body: Buffer, range: string | undefined, method: string) {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
  const part = from === undefined ? body : body.subarray(Number(from), Number(to) + 1)
  response.writeHead(from === undefined ? 200 : 206, { 'content-length': part.byteLength })
  response.end(method === 'HEAD' ? undefined : part)
}
