import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { z } from 'zod'
import type { DeclarationSlotPlan } from '@/lib/domain/trial/protocol'

/** For tests only: the captures of KMFDDM and NanoHUB, and a server that answers with their bytes. */
const folder = new URL('../testdata/kmfddm/', import.meta.url)

/** The device of the captures. */
export const udid = '5b56a1e6df74f60a3b0e249ad94045bed542901c'
const commandUuid = '0f8b7a52-6d1c-4f7e-9a3b-2c4d5e6f7a8b'
/** The set of `order`. */
export const name = `lab.oneway.${commandUuid}`
const slot: DeclarationSlotPlan = {
  mechanism: 'declaration',
  targetVersion: '18.2',
  targetBuild: '22C152',
  when: { kind: 'asSoonAsPossible' },
  detailsUrl: 'https://lab.example/t-17',
}
/** What the enforcement of the captures is built from. */
export const order = { commandUuid, slot, local: '2027-01-15T09:00:00' } as const

/** `Name: value`, as the headers of further cases are written. */
const ofLines = (lines: string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ')
      return [name, value.join(': ')]
    }),
  )

const exchange = z.object({
  request: z.object({ method: z.string(), path: z.string(), body: z.string().nullable() }),
  response: z.object({
    status: z.number(),
    headers: z.union([z.record(z.string(), z.string()), z.array(z.string()).transform(ofLines)]),
    body: z.string(),
  }),
})
export type Exchange = z.infer<typeof exchange>

/** An exchange by the name of its file, without the ending. */
export const captured = (name: string): Exchange =>
  exchange.parse(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')))

/** The same exchange about the names of a command of Oneway; the captured run gave its declarations others. */
export function renamed(exchange: Exchange, name: string): Exchange {
  const own = (text: string) =>
    text.replaceAll('lab.oneway.t-17', name).replaceAll('oneway-t-17', name)
  const { request, response } = exchange
  return {
    request: { ...request, path: own(request.path), body: request.body && own(request.body) },
    response: { ...response, body: own(response.body) },
  }
}

export type Seen = { method: string; path: string; authorization: string; body: string }

const bodyOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const opened: Server[] = []

/** A server on loopback; ended by `closeAll`. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return `http://127.0.0.1:${address.port}`
}

export async function closeAll(): Promise<void> {
  for (const server of opened.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/**
 * A server that gives each request the answer that was captured for the same method and path, the later ones of the
 * list as repeats, and 599 to any other; `seen` has what it was asked.
 */
export async function replay(
  exchanges: readonly Exchange[],
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const left = [...exchanges]
  const url = await serve(async (request, response) => {
    const [method, path] = [request.method ?? '', request.url ?? '']
    const body = await bodyOf(request)
    seen.push({ method, path, authorization: request.headers.authorization ?? '', body })
    const at = left.findIndex((one) => one.request.method === method && one.request.path === path)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    const { 'Content-Length': _length, ...headers } = found?.response.headers ?? {}
    response.writeHead(found?.response.status ?? 599, headers)
    response.end(found?.response.body ?? '')
  })
  return { url, seen }
}
