import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'

/** When a server dies: with the request still unread, or after it has acted on it and before its answer arrives. */
export type Moment = 'before' | 'after'

type Cut = {
  /** Whether this is the request at which it dies. */
  at: (method: string, path: string, body: string) => boolean
  when: Moment
  /** Ends the server and starts it again. */
  kill: () => Promise<void>
}

export type CuttingProxy = {
  url: string
  /** At the next request that matches, once: the server dies, starts again, and no byte of an answer arrives. */
  cutNext(cut: Cut): void
  close(): Promise<void>
}

/** Stands between Oneway and a server, passes everything on, and has the server die at a request that a test chooses. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  let next: Cut | undefined
  const handle = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const body = await bytesOf(incoming)
    const { method = 'GET', url: path = '/' } = incoming
    const cut = next?.at(method, path, body.toString()) ? next : undefined
    if (cut) next = undefined
    const passOn = () => exchange(new URL(path, target), incoming, body)
    if (cut) {
      if (cut.when === 'after') await passOn()
      await cut.kill()
      incoming.socket.destroy()
      return
    }
    const { status, headers, bytes } = await passOn()
    answer.writeHead(status, headers).end(bytes)
  }
  const server = createServer((incoming, answer) => {
    handle(incoming, answer).catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    cutNext: (cut) => {
      next = cut
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

type Exchanged = { status: number; headers: IncomingMessage['headers']; bytes: Buffer }

const exchange = (url: URL, { method, headers }: IncomingMessage, body: Buffer) =>
  new Promise<Exchanged>((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      bytesOf(response).then(
        (bytes) =>
          resolve({ status: response.statusCode ?? 502, headers: response.headers, bytes }),
        reject,
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
