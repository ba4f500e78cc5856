import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { answerControl } from './control-api'
import type { ApiRequest, ApiResponse } from './http-exchange'
import { text } from './http-exchange'
import type { Lab } from './lab'
import { answerNanomdm } from './nanomdm-api'

const readBody = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const readRequest = async (request: IncomingMessage): Promise<ApiRequest> => {
  const url = request.url ?? '/'
  const [path = '/', query = ''] = url.split('?', 2)
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    authorization: request.headers.authorization,
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

/** NanoMDM's API and the control API on one port. `onRequest` comes after each, when the lab may have new things due. */
export function createNanomdmServer(
  lab: Lab,
  apiKey: string,
  onRequest: () => void = () => undefined,
): Server {
  const answer = (request: ApiRequest) => {
    if (!isDecodable(request.path)) return text(400, '400 Bad Request')
    return request.path.startsWith('/lab/')
      ? answerControl(lab, apiKey, request)
      : answerNanomdm(lab, apiKey, request)
  }
  return createServer((incoming, response) => {
    readRequest(incoming)
      .then((request) => respond(response, answer(request)))
      .catch((error: unknown) => {
        console.error('virtual lab:', error)
        if (!response.headersSent) respond(response, text(500, 'internal error of the virtual lab'))
      })
      .finally(onRequest)
  })
}
