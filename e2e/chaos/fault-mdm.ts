import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readPlist } from '@/lib/mdm/plist/plist'
import { rootOf, textOf, under } from '@/lib/mdm/plist-fields'
import { listenAtNewAddress } from './new-address'

/** One enqueue that the server accepted: the ground truth of every test, whatever the program recorded. */
type Accepted = {
  enrollmentId: string
  commandUuid: string
  requestType: string
  sha256: string
  simple: boolean
}

/** Whether the server accepts an enqueue, and how it answers. */
export const enqueueFaults = {
  none: 'accepts it and answers 200',
  acceptThenReset: 'accepts it, and the connection is reset before the answer (F01)',
  acceptThenCut: 'accepts it, and the answer is cut within its JSON (F02)',
  acceptThenHtml: 'accepts it, and a proxy answers 200 with HTML (F02)',
  acceptThenHang: 'accepts it and never answers (F07)',
  acceptPushFailed: 'accepts it, pushes despite nopush and answers 500 with push_error only (F03)',
  alreadyExists: 'accepts it and answers that this CommandUUID already exists (F04)',
  anotherAlreadyExists: 'answers that another CommandUUID already exists (F04)',
  acceptAnotherUuid: 'accepts it and answers for another CommandUUID (F05)',
  acceptAnotherDevice: 'accepts it and answers for another device (F05)',
  acceptPartly: 'accepts it and answers 207 (F05)',
  redirect: 'redirects with 307 (F06)',
  resetUnread: 'resets the connection without reading',
  refuse: 'refuses the command with command_error',
  storeFails: 'accepts it and answers that its storage failed',
  unauthorised: 'answers 401',
} as const
export type EnqueueFault = keyof typeof enqueueFaults

export type FaultMdm = {
  url: string
  apiKey: string
  ledger: Accepted[]
  /** All requests, however they were answered. */
  requests: { method: string; path: string; commandUuid?: string }[]
  pushes: string[]
  /** Applies to every further enqueue. */
  fault: EnqueueFault
  /** Makes every push fail. */
  failPushes: boolean
  /** Called for each accepted command; the server answers when it is done. */
  onAccepted: (accepted: Accepted) => Promise<void> | void
  close(): Promise<void>
}

/**
 * Starts an MDM server with NanoMDM's API (https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/openapi.yaml)
 * that fails on demand and lists what it accepted. Like NanoMDM it splits the decoded path at commas, so
 * that an enqueue for two devices gives two entries.
 */
export async function startFaultMdm(): Promise<FaultMdm> {
  const mdm: FaultMdm = {
    url: '',
    apiKey: 'fault-mdm-key',
    ledger: [],
    requests: [],
    pushes: [],
    fault: 'none',
    failPushes: false,
    onAccepted: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  const server = createServer((request, response) => {
    handle(mdm, request, response).catch(() => request.socket.destroy())
  })
  mdm.url = await listenAtNewAddress(server)
  return mdm
}

async function handle(mdm: FaultMdm, request: IncomingMessage, response: ServerResponse) {
  const path = decodeURIComponent(new URL(request.url ?? '/', mdm.url).pathname)
  const entry: FaultMdm['requests'][number] = {
    method: request.method ?? '',
    path: request.url ?? '',
  }
  mdm.requests.push(entry)
  if (mdm.fault === 'resetUnread' && path.startsWith('/v1/enqueue/')) return reset(request)
  const body = await bodyOf(request)
  if (path.startsWith('/v1/push/')) return push(mdm, path.slice('/v1/push/'.length), response)
  if (path === '/version') return json(response, 200, { version: 'faulty' })
  if (!path.startsWith('/v1/enqueue/')) return json(response, 404, {})
  const command = commandOf(body)
  entry.commandUuid = command.commandUuid
  const ids = path.slice('/v1/enqueue/'.length).split(',')
  return enqueue(mdm, { ids, body, ...command }, request, response)
}

function push(mdm: FaultMdm, id: string, response: ServerResponse) {
  if (mdm.failPushes)
    return json(response, 500, { status: { [id]: { push_error: 'connection refused' } } })
  mdm.pushes.push(id)
  return json(response, 200, { status: { [id]: { push_result: 'apns-id' } } })
}

// The message of a real NanoMDM on pgsql: lib/mdm/testdata.
const duplicate =
  'pq: duplicate key value violates unique constraint "commands_pkey" (key: command_uuid)'
const anotherUuid = '00000000-0000-4000-8000-00000000dead'

type Enqueue = { ids: string[]; body: Buffer; commandUuid: string; requestType: string }

async function enqueue(
  mdm: FaultMdm,
  { ids, body, commandUuid, requestType }: Enqueue,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const named = { command_uuid: commandUuid, request_type: requestType }
  const { fault } = mdm
  if (fault === 'unauthorised') return plain(response, 401, 'Unauthorized\n')
  if (fault === 'refuse')
    return json(response, 500, { ...named, command_error: 'decoding command' })
  if (fault === 'redirect') {
    response.setHeader('Location', `${mdm.url}/elsewhere`)
    return plain(response, 307, '')
  }
  if (fault === 'anotherAlreadyExists')
    return json(response, 500, { command_error: `command already exists: ${anotherUuid}` })
  if (mdm.ledger.some((entry) => entry.commandUuid === commandUuid))
    return json(response, 500, { ...named, command_error: duplicate })

  const sha256 = createHash('sha256').update(body).digest('hex')
  for (const enrollmentId of ids) {
    const entry = { enrollmentId, commandUuid, requestType, sha256, simple: ids.length === 1 }
    mdm.ledger.push(entry)
    await mdm.onAccepted(entry)
  }
  return answerAccepted(mdm, ids[0] ?? '', named, request, response)
}

function answerAccepted(
  { fault }: FaultMdm,
  id: string,
  named: { command_uuid: string; request_type: string },
  request: IncomingMessage,
  response: ServerResponse,
) {
  const accepted = { no_push: true, ...named }
  switch (fault) {
    case 'acceptThenReset':
      return reset(request)
    case 'acceptThenHang':
      return undefined
    case 'acceptThenCut':
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 400 })
      response.write('{\n\t"no_push": true,\n\t"comm')
      return setTimeout(() => reset(request), 20)
    case 'acceptThenHtml':
      return plain(response, 200, '<html><body>Welcome</body></html>')
    case 'acceptPushFailed':
      return json(response, 500, { ...named, push_error: 'no push certificate' })
    case 'alreadyExists':
      return json(response, 500, { ...named, command_error: duplicate })
    case 'acceptAnotherUuid':
      return json(response, 200, { ...accepted, command_uuid: anotherUuid })
    case 'acceptAnotherDevice':
      return json(response, 200, { ...accepted, status: { another: { push_result: 'x' } } })
    case 'acceptPartly':
      return json(response, 207, { ...named, status: { [id]: { push_error: 'Unregistered' } } })
    case 'storeFails':
      return json(response, 500, { ...named, command_error: 'pq: could not commit: i/o timeout' })
    default:
      return json(response, 200, accepted)
  }
}

function commandOf(body: Buffer): { commandUuid: string; requestType: string } {
  const read = readPlist(Uint8Array.from(body))
  if (!read.ok) throw new Error(`an enqueued command cannot be read: ${read.reason}`)
  const root = rootOf(read.value, [])
  const commandUuid = textOf(under(root, 'CommandUUID'))
  const requestType = textOf(under(under(root, 'Command'), 'RequestType'))
  if (!commandUuid || !requestType) throw new Error('an enqueued command names no UUID or type')
  return { commandUuid, requestType }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const reset = (request: IncomingMessage) => request.socket.resetAndDestroy()

const json = (response: ServerResponse, status: number, body: object) =>
  response
    .writeHead(status, { 'Content-Type': 'application/json' })
    .end(JSON.stringify(body, undefined, '\t'))

const plain = (response: ServerResponse, status: number, text: string) =>
  response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text)
