import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { answerControl } from './control-api'
import { type ApiRequest, type ApiResponse, kmfddmPath, text } from './http-exchange'
import { answerDeclarations } from './kmfddm/beside-nanomdm'
import type { Lab } from './lab'
import { answerNanomdm } from './nanomdm-api'
import { identityIn, type Said } from './visitors'
import { type PlistDict, readPlist } from './wire'

const readBody = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const readRequest = async (
  request: IncomingMessage,
  certificateHeader = '',
): Promise<DeviceRequest> => {
  const url = request.url ?? '/'
  const [path = '/', query = ''] = url.split('?', 2)
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    authorization: request.headers.authorization,
    contentType: request.headers['content-type'],
    certificate: request.headersDistinct[certificateHeader.toLowerCase()]?.[0],
    body: await readBody(request),
  }
}

/** Whether a path can be decoded, as a stray percent sign cannot. */
const isDecodable = (path: string) => {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

const respond = (response: ServerResponse, { status, headers, body }: ApiResponse) => {
  const length =
    status === 204 || status === 304 ? {} : { 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length })
  response.end(body)
}

export type ServerOptions = {
  /** Opens /mdm to devices that send their certificate in this header (nanomdm -cert-header). */
  certificateHeader?: string | undefined
  /** Called after each request, as the lab may have new things due. */
  onRequest?: () => void
  log?: (line: string) => void
  /** Sees each request before it is acted on, and its answer before that leaves, when all of it is saved. */
  watch?: {
    arrives(request: ApiRequest): void
    answered(request: ApiRequest, response: ApiResponse): void
  }
}

/** NanoMDM's API, KMFDDM's, the device endpoint if `certificateHeader` is set, and the control API, on one port. */
export function createNanomdmServer(
  lab: Lab,
  apiKey: string,
  {
    certificateHeader,
    onRequest = () => undefined,
    log = () => undefined,
    watch,
  }: ServerOptions = {},
): Server {
  const answer = (request: DeviceRequest) => {
    if (!isDecodable(request.path)) return text(400, '400 Bad Request')
    if (certificateHeader && request.path === '/mdm') return answerDevice(lab, request, log)
    if (request.path.startsWith(`${kmfddmPath}/`)) return answerDeclarations(lab, apiKey, request)
    return request.path.startsWith('/lab/')
      ? answerControl(lab, apiKey, request)
      : answerNanomdm(lab, apiKey, request)
  }
  return createServer((incoming, response) => {
    readRequest(incoming, certificateHeader)
      .then((request) => {
        watch?.arrives(request)
        const said = answer(request)
        watch?.answered(request, said)
        respond(response, said)
      })
      .catch((error: unknown) => {
        console.error('virtual lab:', error)
        if (!response.headersSent) respond(response, text(500, 'internal error of the virtual lab'))
      })
      .finally(onRequest)
  })
}

/** A request of a device, with the headers that a TLS proxy in front would set. */
export type DeviceRequest = ApiRequest & {
  contentType?: string | undefined
  certificate?: string | undefined
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A check-in has its own content type. CheckOut is not supported here. */
const checkInOf = (id: string, message: PlistDict): Said | undefined => {
  const { MessageType: kind, Endpoint, Data } = message
  if (kind === 'Authenticate' || kind === 'TokenUpdate') return { id, kind }
  if (kind !== 'DeclarativeManagement') return undefined
  const data = Data instanceof Uint8Array ? Buffer.from(Data).toString('utf8') : ''
  return { id, kind, endpoint: textIn(Endpoint) ?? '', data }
}

const connectOf = (id: string, { Status, CommandUUID }: PlistDict): Said | undefined => {
  const status = textIn(Status)
  return status ? { id, kind: 'Connect', status, commandUuid: textIn(CommandUUID) } : undefined
}

const read = ({ contentType = '', body }: DeviceRequest): Said | undefined => {
  try {
    const message = readPlist(body)
    const id = textIn(message.UDID)
    if (id === undefined) return undefined
    const isCheckIn = contentType.startsWith('application/x-apple-aspen-mdm-checkin')
    return isCheckIn ? checkInOf(id, message) : connectOf(id, message)
  } catch {
    return undefined
  }
}

/**
 * NanoMDM's device endpoint, `/mdm`, with the certificate in a header (-cert-header). Any valid certificate is
 * accepted, as this server has no CA. 400 without a certificate or with a malformed message, 500 for an unknown
 * device; never 401, which would unenrol a device.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/http/mdm/mdm.go
 */
export function answerDevice(
  lab: Lab,
  request: DeviceRequest,
  log: (line: string) => void,
): ApiResponse {
  const identity = identityIn(request.certificate)
  const message = read(request)
  if (identity === undefined || !message) return text(400, 'Bad Request')
  const received = lab.receive({ ...message, identity, payload: request.body })
  if ('refused' in received) {
    log(`a visitor was refused: ${received.refused}`)
    return text(500, 'Internal Server Error')
  }
  if ('declarative' in received) {
    const { status, body } = received.declarative
    return { status, headers: {}, body }
  }
  return { status: 200, headers: {}, body: received.next ?? '' }
}
