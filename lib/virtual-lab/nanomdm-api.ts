import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import type { ApiRequest, ApiResponse } from './http-exchange'
import { isAuthorized, json, notFound, text, unauthorized } from './http-exchange'
import type { Lab } from './lab'
import { isDict, readPlist } from './wire'

/**
 * NanoMDM v0.9.0's API for commands and pushes, with the error texts of its pgsql storage. There is
 * no 400 and no 404 for a caller's mistake, and any method enqueues.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/api/api.go
 */
type ApiResult = {
  status?: Record<string, { push_result?: string; push_error?: string }>
  no_push?: true
  push_error?: string
  command_error?: string
  command_uuid?: string
  request_type?: string
}

type Decoded = { commandUuid: string; requestType: string; raw: string } | { error: string }

const shown = (body: Uint8Array) => Buffer.from(body).toString('utf8')

const parseErrorOf = (body: Uint8Array, error: unknown) => {
  const content = shown(body)
  const because = content.trimStart().startsWith('<')
    ? `plist: ${error instanceof Error ? error.message : String(error)}`
    : 'plist: unexpected non-empty xml.CharData'
  return `decoding command: parse error: ${because}: raw content: ${content}`
}

/** The first bytes that are no UTF-8, as PostgreSQL names them when a binary plist meets its text column. */
const encodingError = (body: Uint8Array) => {
  const bad = body.findIndex(
    (byte, at) => byte >= 0x80 && !isUtf8(body.subarray(at, at + lead(byte))),
  )
  const bytes = [...body.subarray(bad, bad + lead(body[bad] ?? 0))]
  const named = bytes.map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(' ')
  return `pq: invalid byte sequence for encoding "UTF8": ${named}`
}

const lead = (byte: number) => {
  if (byte >= 0xf0 && byte < 0xf8) return 4
  if (byte >= 0xe0 && byte < 0xf0) return 3
  return byte >= 0xc0 && byte < 0xe0 ? 2 : 1
}

const decode = (body: Uint8Array): Decoded => {
  try {
    const { CommandUUID: commandUuid, Command: command } = readPlist(body)
    const requestType = isDict(command) ? command.RequestType : undefined
    return typeof commandUuid === 'string' && commandUuid && typeof requestType === 'string'
      ? { commandUuid, requestType, raw: shown(body) }
      : { error: 'decoding command: invalid command' }
  } catch (error) {
    return { error: parseErrorOf(body, error) }
  }
}

/** Go sorts the keys of a map. */
const pushAll = (lab: Lab, ids: readonly string[]): ApiResult['status'] =>
  Object.fromEntries(
    [...ids]
      .sort()
      .map((id) => [
        id,
        lab.push(id)
          ? { push_result: randomUUID().toUpperCase() }
          : { push_error: 'push data missing for id' },
      ]),
  )

/** 200 without errors, 207 when some ids failed, 500 when all did or the call as a whole. */
const answer = (result: ApiResult): ApiResponse => {
  const statuses = Object.values(result.status ?? {})
  const failed = statuses.filter(({ push_error }) => push_error !== undefined).length
  const wholly = result.command_error !== undefined || result.push_error !== undefined
  const status = wholly || (failed > 0 && failed === statuses.length) ? 500 : failed > 0 ? 207 : 200
  const { status: perId, no_push, push_error, command_error, command_uuid, request_type } = result
  return json(status, {
    status: perId,
    no_push,
    push_error,
    command_error,
    command_uuid,
    request_type,
  })
}

const noIds = () => answer({ command_error: 'getting enrollment ids: empty path' })

const enqueue = (lab: Lab, ids: readonly string[], noPush: boolean, body: Uint8Array) => {
  const silent: ApiResult = noPush ? { no_push: true } : {}
  if (body.length === 0)
    return noPush
      ? answer({ ...silent, command_error: 'must enqueue or push' })
      : answer({ status: pushAll(lab, ids) })
  const command = decode(body)
  if ('error' in command) return answer({ command_error: command.error })
  const named = { command_uuid: command.commandUuid, request_type: command.requestType }
  const error = isUtf8(body) ? lab.enqueue(ids, command) : encodingError(body)
  if (error !== undefined) return answer({ ...silent, command_error: error, ...named })
  return answer(noPush ? { ...silent, ...named } : { status: pushAll(lab, ids), ...named })
}

const idsIn = (rest: string) => (rest === '' ? [] : decodeURIComponent(rest).split(','))

const route = (lab: Lab, { path, query, body }: ApiRequest): ApiResponse => {
  const [, , endpoint, rest] = path.split('/')
  // Go's router answers a path without its last slash with the one that has it.
  if (rest === undefined) return { ...text(301, ''), headers: { Location: `${path}/` } }
  const ids = idsIn(rest)
  if (ids.length === 0) return noIds()
  if (endpoint === 'push') return answer({ status: pushAll(lab, ids) })
  // Any value that is not empty suppresses the push, `nopush=0` too.
  return enqueue(lab, ids, (query.get('nopush') ?? '') !== '', body)
}

/** Answers NanoMDM's part of the HTTP API. */
export function answerNanomdm(lab: Lab, apiKey: string, request: ApiRequest): ApiResponse {
  if (request.path === '/version')
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json' },
      body: '{"version":"v0.9.0"}',
    }
  if (!/^\/v1\/(enqueue|push)(\/[^/]*)?$/.test(request.path)) return notFound
  if (!isAuthorized(request.authorization, apiKey)) return unauthorized
  return route(lab, request)
}
