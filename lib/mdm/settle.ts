import { z } from 'zod'
import type { SendOutcome } from '@/lib/domain/trial/command-slot'
import type { ExpectedCommand, SendResult } from './server'
import { serverTraits } from './server-kinds'

/** How a request ended without a complete answer. */
export type TransportFailure = {
  failed: 'nameNotResolved' | 'notConnected' | 'tlsFailed' | 'timedOut' | 'cut' | 'tooLarge'
  /** For the record; holds no secret. */
  detail: string
  httpStatus?: number
  /** The part of the answer that arrived. */
  body?: string
}
export type HttpAnswer = {
  httpStatus: number
  body: string
  location?: string
  /** With `whole`: the body before it was decoded, and the headers that came once. */
  bytes?: Uint8Array
  headers?: Record<string, string>
}

/** The device and the command the request was about, and the name of the server's kind where it is not NanoMDM. */
export type SentCommand = ExpectedCommand & { enrollmentId: string; server?: string }

/** How a request ended, decided from its answer. */
export type Verdict = { outcome: SendOutcome; reason: string; alarm?: string }

// https://github.com/micromdm/nanomdm/blob/1d5fcf4/api/types.go
const perDevice = z.object({
  push_error: z.string().optional(),
  push_result: z.string().optional(),
  command_error: z.string().optional(),
})
export const apiResult = z.object({
  status: z.record(z.string(), perDevice).optional(),
  no_push: z.boolean().optional(),
  push_error: z.string().optional(),
  command_error: z.string().optional(),
  command_uuid: z.string().optional(),
  request_type: z.string().optional(),
})
type ApiResult = z.infer<typeof apiResult>

/**
 * Decides how one enqueue at NanoMDM's API ended, by the body and not by the HTTP status: NanoMDM answers 500 if only the push
 * failed, and the command is queued all the same
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/api/api.go). Unless the answer proves that the command was
 * queued, refused or not sent, it is `unconfirmed`, and never sent again.
 */
export function settle(answer: HttpAnswer | TransportFailure, sent: SentCommand): SendResult {
  return withAnswer(answer, 'failed' in answer ? ofFailure(answer) : ofAnswer(answer, sent))
}

/** Marks a result without even an HTTP status. */
export const noAnswerIn = (answer: HttpAnswer | TransportFailure): { noAnswer?: true } =>
  'failed' in answer && answer.httpStatus === undefined ? { noAnswer: true } : {}

/** The verdict together with the part of the answer that arrived, for the record. */
export function withAnswer(answer: HttpAnswer | TransportFailure, verdict: Verdict): SendResult {
  const { httpStatus, body } = answer
  return {
    ...verdict,
    ...noAnswerIn(answer),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(body !== undefined && { body }),
  }
}

// No byte of a request is written before its connection is complete (transport.ts), so the first three prove that
// nothing was sent. A time-out proves nothing, even one before the connection.
const failures: Record<TransportFailure['failed'], [SendOutcome, string]> = {
  nameNotResolved: ['notSent', 'the name of the MDM server could not be resolved'],
  notConnected: ['notSent', 'no connection to the MDM server could be made'],
  tlsFailed: ['notSent', 'the TLS connection to the MDM server failed'],
  timedOut: ['unconfirmed', 'the MDM server did not answer in time; it may have the command'],
  cut: ['unconfirmed', 'the connection broke before the whole answer came'],
  tooLarge: ['unconfirmed', 'the answer is larger than any answer of an MDM server'],
}

/** Whether a failure proves that not a byte of the request was written. */
export const neverLeft = ({ failed }: TransportFailure): boolean =>
  failures[failed][0] === 'notSent'

/** What the HTTP status alone decides, for every kind of server: a refused API key, and a redirect. */
export function ofStatus({ httpStatus, location }: HttpAnswer): Verdict | undefined {
  if (httpStatus === 401)
    return { outcome: 'notSent', reason: 'the MDM server refused the API key (401)' }
  if (httpStatus < 300 || httpStatus >= 400) return undefined
  const where = location === undefined ? 'elsewhere' : `to ${location}`
  return unconfirmed(`the MDM server redirects ${where} (${httpStatus}); it was not followed`)
}

/** How a request without a complete answer ended, for every kind of server. */
export function ofFailure({ failed, detail }: TransportFailure): Verdict {
  const [outcome, reason] = failures[failed]
  return { outcome, reason: `${reason} (${detail})` }
}

const ofAnswer = ({ httpStatus, body, location }: HttpAnswer, sent: SentCommand): Verdict => {
  const refused = ofStatus({ httpStatus, body, location })
  if (refused) return refused
  const { server = serverTraits.nanomdm.name } = sent
  const result = parseResult(body)
  if (!result) return unconfirmed(`the answer (${httpStatus}) is not one of ${server}'s API`)
  const alarm = strangeness(httpStatus, result, sent)
  if (alarm !== undefined)
    return { ...unconfirmed(`the answer is not about this command: ${alarm}`), alarm }
  if (httpStatus !== 200 && httpStatus !== 500)
    return unconfirmed(`${server} never answers an enqueue with ${httpStatus}`)
  const errors = commandErrors(result)
  return errors.length > 0 ? ofErrors(errors, result, sent) : ofAccepted(httpStatus, result, sent)
}

export const unconfirmed = (reason: string): Verdict => ({ outcome: 'unconfirmed', reason })

const parseResult = (body: string): ApiResult | undefined => {
  try {
    return apiResult.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** Why an answer is about another command or device than ours (F05 of docs/faults.md); sending must then stop. */
const strangeness = (httpStatus: number, result: ApiResult, sent: SentCommand) => {
  const { command_uuid: uuid, request_type: type, status } = result
  if (uuid !== undefined && uuid !== sent.commandUuid) return `it names the command ${uuid}`
  if (type !== undefined && type !== sent.requestType) return `it names the request type ${type}`
  // With filekv and inmem the key of a command_error is the CommandUUID:
  // https://github.com/micromdm/nanomdm/blob/1d5fcf4/storage/kv/queue.go
  const ours = [sent.enrollmentId, sent.commandUuid]
  const other = Object.keys(status ?? {}).find((id) => !ours.includes(id))
  if (other !== undefined) return `it names the device ${other}`
  if (httpStatus === 207) return 'it speaks of several devices (207)'
  const named = commandErrors(result).map((error) => /already exists: (\S+)$/.exec(error)?.[1])
  const twin = named.find((found) => found !== undefined && found !== sent.commandUuid)
  return twin === undefined ? undefined : `it says that the command ${twin} exists`
}

const commandErrors = (result: ApiResult): string[] =>
  [result.command_error, ...Object.values(result.status ?? {}).map((one) => one.command_error)]
    .filter((error) => error !== undefined)
    .filter((error) => error !== '')

const ofAccepted = (httpStatus: number, result: ApiResult, sent: SentCommand): Verdict => {
  if (result.command_uuid !== sent.commandUuid)
    return unconfirmed(`the answer (${httpStatus}) does not name the command`)
  if (httpStatus === 200) return { outcome: 'queued', reason: 'the MDM server queued the command' }
  const pushes = [result.push_error, ...Object.values(result.status ?? {}).map((d) => d.push_error)]
  if (pushes.every((error) => error === undefined))
    return unconfirmed(`the MDM server answered ${httpStatus} without saying what failed`)
  return { outcome: 'queued', reason: 'the MDM server queued the command; only the push failed' }
}

const alreadyExists = /command already exists|commands_pkey/
// Errors that NanoMDM raises before it touches its storage, whatever text follows them.
const beforeStoring = /^(decoding command|getting enrollment ids|must enqueue or push)/
// An inference: a storage that failed half-way may have the command, so it counts as possibly queued.
const storeFailing =
  /connect|commit|EOF|broken pipe|time.?out|deadline|cancel|i\/o|input\/output|no space|deadlock|serializ|shutting down|starting up|too many|read-only|permission denied|no such file|bad conn|rollback|transaction|reset by peer/i

const ofErrors = (errors: string[], result: ApiResult, sent: SentCommand): Verdict => {
  const said = errors.join('; ')
  if (errors.every((error) => alreadyExists.test(error))) {
    if (result.command_uuid !== sent.commandUuid && !said.includes(sent.commandUuid))
      return unconfirmed(`the MDM server knows some command already: ${said}`)
    return { outcome: 'queued', reason: `the MDM server has accepted this command once: ${said}` }
  }
  if (errors.every((error) => beforeStoring.test(error) || !isOpen(error)))
    return { outcome: 'refused', reason: `the MDM server refused the command: ${said}` }
  return unconfirmed(`the MDM server's own store failed; it may have the command: ${said}`)
}

const isOpen = (error: string) => alreadyExists.test(error) || storeFailing.test(error)
