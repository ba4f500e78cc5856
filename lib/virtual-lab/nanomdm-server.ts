import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { answerControl } from './control-api'
import type { DeviceRequest } from './device-endpoint'
import { answerDevice } from './device-endpoint'
import type { ApiResponse } from './http-exchange'
import { text } from './http-exchange'
import type { Lab } from './lab'
import { answerNanomdm } from './nanomdm-api'

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

/** A stray percent sign; what comes after this may decode without a care. */
const isDecodable = (path: string) => {
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

const respond = (response: ServerResponse, { status, headers, body }: ApiResponse) => {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

export type ServerOptions = {
  /** Opens /mdm to devices that come with their certificate in this header (nanomdm -cert-header). */
  certificateHeader?: string | undefined
  /** Comes after each request, when the lab may have new things due. */
  onRequest?: () => void
  log?: (line: string) => void
}

/** NanoMDM's API, its device endpoint where a header is agreed on, and the control API on one port. */
export function createNanomdmServer(
  lab: Lab,
  apiKey: string,
  { certificateHeader, onRequest = () => undefined, log = () => undefined }: ServerOptions = {},
): Server {
  const answer = (request: DeviceRequest) => {
    if (!isDecodable(request.path)) return text(400, '400 Bad Request')
    if (certificateHeader && request.path === '/mdm') return answerDevice(lab, request, log)
    return request.path.startsWith('/lab/')
      ? answerControl(lab, apiKey, request)
      : answerNanomdm(lab, apiKey, request)
  }
  return createServer((incoming, response) => {
    readRequest(incoming, certificateHeader)
      .then((request) => respond(response, answer(request)))
      .catch((error: unknown) => {
        console.error('virtual lab:', error)
        if (!response.headersSent) respond(response, text(500, 'internal error of the virtual lab'))
      })
      .finally(onRequest)
  })
}
