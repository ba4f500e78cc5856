import { isUtf8 } from 'node:buffer'
import { build } from 'plist'
import type { IdResult } from './api-errors'
import { filekvQueueFailure, noCertificate, pgsqlQueueFailure, pushResult } from './api-errors'
import type { ApiRequest, ApiResponse } from './http-exchange'
import { isAuthorized, json, notFound, text, unauthorized } from './http-exchange'
import type { Lab } from './lab'
import type { EnqueuedCommand } from './wire'
import { isDict, readPlist } from './wire'

/**
 * NanoMDM v0.9.0's API for commands and pushes, with the error texts of its storage. There is no 400
 * and no 404 for a caller's mistake, and any method enqueues.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/api/api.go
 */
type ApiResult = {
  status?: Record<string, IdResult> | undefined
  no_push?: true
  push_error?: string | undefined
  command_error?: string
  command_uuid?: string
  request_type?: string
}

type Decoded = { commandUuid: string; requestType: string; raw: string } | { error: string }

const shown = (body: Uint8Array) => Buffer.from(body).toString('utf8')

const parseErrorOf = (body: Uint8Array, error: unknown) => {
  const content = shown(body)
  const reason = content.trimStart().startsWith('<')
    ? `plist: ${error instanceof Error ? error.message : String(error)}`
    : 'plist: unexpected non-empty xml.CharData'
  return `decoding command: parse error: ${reason}: raw content: ${content}`
}

/** PostgreSQL's error for a binary plist in its text column, which names the first bytes that are not UTF-8. */
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
    const plist = readPlist(body)
    const { CommandUUID: commandUuid, Command: command } = plist
    const requestType = isDict(command) ? command.RequestType : undefined
    return typeof commandUuid === 'string' && commandUuid && typeof requestType === 'string'
      ? { commandUuid, requestType, raw: isUtf8(body) ? shown(body) : build(plist) }
      : { error: 'decoding command: invalid command' }
  } catch (error) {
    return { error: parseErrorOf(body, error) }
  }
}

/** Go sorts the keys of a map. */
const sorted = (status: Record<string, IdResult>) =>
  Object.fromEntries(Object.entries(status).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/** `failed` has the errors that are known already, by key. */
const pushAll = (
  lab: Lab,
  ids: readonly string[],
  failed: Record<string, IdResult> = {},
): ApiResult => {
  const status = { ...failed }
  let whole: string | undefined
  for (const id of ids) {
    const result = pushResult(lab.state(), id, lab.push(id))
    if (result) status[id] = result
    else whole = noCertificate(lab.state())
  }
  const reported = Object.keys(status).length > 0
  return { status: reported ? sorted(status) : undefined, push_error: whole }
}

/** 200 without errors, 207 when some of `count` ids failed, 500 when all did or the call as a whole. */
const answer = (result: ApiResult, count: number): ApiResponse => {
  const statuses = Object.values(result.status ?? {})
  const failed = statuses.filter((one) => one.push_error ?? one.command_error).length
  const wholly = result.command_error !== undefined || result.push_error !== undefined
  const partly = failed === 0 ? 200 : failed < count ? 207 : 500
  const status = wholly ? 500 : partly
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

const noIds = () => answer({ command_error: 'getting enrollment ids: empty path' }, 0)

/** The error of the whole call, or those with keys of their own. */
const store = (lab: Lab, ids: readonly string[], command: EnqueuedCommand, body: Uint8Array) => {
  const { server, store } = lab.state()
  const onFilekv = store.kind === 'filekv'
  if (!onFilekv && !isUtf8(body)) return { error: encodingError(body) }
  if (!server.queueFails) return { error: lab.enqueue(ids, command) }
  if (!onFilekv) return { error: pgsqlQueueFailure }
  return { error: lab.enqueue([], command), failed: filekvQueueFailure(command.commandUuid) }
}

const enqueue = (lab: Lab, ids: readonly string[], noPush: boolean, body: Uint8Array) => {
  const count = ids.length
  const silent: ApiResult = noPush ? { no_push: true } : {}
  if (body.length === 0)
    return noPush
      ? answer({ ...silent, command_error: 'must enqueue or push' }, count)
      : answer(pushAll(lab, ids), count)
  const command = decode(body)
  if ('error' in command) return answer({ command_error: command.error }, count)
  const named = { command_uuid: command.commandUuid, request_type: command.requestType }
  const { error, failed } = store(lab, ids, command, body)
  if (error !== undefined) return answer({ ...silent, command_error: error, ...named }, count)
  const pushed = noPush ? { ...silent, status: failed } : pushAll(lab, ids, failed)
  return answer({ ...pushed, ...named }, count)
}

const idsIn = (rest: string) => (rest === '' ? [] : decodeURIComponent(rest).split(','))

const route = (lab: Lab, { path, query, body }: ApiRequest): ApiResponse => {
  const [, , endpoint, rest] = path.split('/')
  // Go's router redirects a path without a trailing slash to the one with it.
  if (rest === undefined) return { ...text(301, ''), headers: { Location: `${path}/` } }
  const ids = idsIn(rest)
  if (ids.length === 0) return noIds()
  if (endpoint === 'push') return answer(pushAll(lab, ids), ids.length)
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
