import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'

type Received = { headers: IncomingHttpHeaders; body: string; path: string }
/** What a receiver does with a request. */
type Answer = (response: ServerResponse, received: Received) => void

export const answering =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('canary: what a receiver writes')

/** A receiver of webhooks on loopback; `answers` are used in turn, the last one for all that follow. */
export async function startReceiver(...answers: [Answer, ...Answer[]]) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = { headers: request.headers, body, path: request.url ?? '' }
      received.push(one)
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      answer?.(response, one)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = () => {
    server.closeAllConnections()
    return new Promise<void>((done) => server.close(() => done()))
  }
  return { received, url: `http://127.0.0.1:${port}/oneway`, stop }
}
