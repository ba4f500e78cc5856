import { z } from 'zod'
import { commandProblem } from '../command'
import { enrollmentIdProblem } from '../enrollment'
import type {
  DeviceQueue,
  ExpectedCommand,
  MdmServer,
  PushResult,
  QueueCleared,
  QueueList,
  SendResult,
} from '../server'
import type { KeyResult } from '../server-answers'
import {
  type Call,
  callerOf,
  type MdmServerOptions,
  parseAnswer,
  readVersion,
  withoutAnswer,
  withoutPushAnswer,
} from '../server-call'
import { serverTraits } from '../server-kinds'
import { neverLeft, noAnswerIn } from '../settle'
import { settleMicromdm } from './settle'

const parseAs = <T>(answer: Parameters<typeof parseAnswer>[0], schema: z.ZodType<T>) =>
  parseAnswer(answer, schema, 'MicroMDM')

/**
 * A MicroMDM v1 server by its HTTP API
 * (https://github.com/micromdm/micromdm/blob/c4878e2/docs/user-guide/api-and-webhooks.md). It does not refuse a
 * repeated CommandUUID, so only Oneway's single request keeps a command from being queued twice. Its functions
 * never reject.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export function createMicromdm(options: MdmServerOptions): MdmServer & { queue: DeviceQueue } {
  const { apiUser, pushesByItself } = serverTraits.micromdm
  const call = callerOf(options, apiUser)
  return {
    pushesByItself,
    enqueue: (enrollmentId, plist, expected) => enqueue(call, enrollmentId, plist, expected),
    push: (enrollmentId) => push(call, enrollmentId),
    version: () => readVersion(call, 'MicroMDM'),
    tryKey: () => tryKey(call),
    queue: {
      list: (enrollmentId) => listQueue(call, enrollmentId),
      clear: (enrollmentId) => clearQueue(call, enrollmentId),
    },
  }
}

/** Sends the raw plist, which MicroMDM accepts since v1.11; it pushes by itself afterwards. */
const enqueue = async (
  call: Call,
  enrollmentId: string,
  plist: Uint8Array,
  expected: ExpectedCommand,
): Promise<SendResult> => {
  const problem = enrollmentIdProblem(enrollmentId) ?? commandProblem(plist, expected)
  if (problem !== undefined) return { outcome: 'notSent', reason: `not sent: ${problem}` }
  const answer = await call('PUT', `/v1/commands/${enrollmentId}`, plist)
  return settleMicromdm(answer, { ...expected, enrollmentId })
}

// https://github.com/micromdm/micromdm/blob/c4878e2/platform/apns/push.go
const pushAnswer = z.object({
  status: z.string().optional(),
  push_notification_id: z.string().optional(),
  error: z.string().optional(),
})

const push = async (call: Call, enrollmentId: string): Promise<PushResult> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, reason: problem }
  const answer = await call('GET', `/push/${enrollmentId}`)
  if ('failed' in answer) return { ok: false, reason: withoutPushAnswer(answer) }
  const result = parseAs(answer, pushAnswer)
  if (!result.ok) return result
  const { status, push_notification_id: apnsId, error } = result.value
  if (error !== undefined) return { ok: false, reason: error }
  if (status !== 'success')
    return { ok: false, reason: 'the MDM server does not say that it has pushed' }
  return apnsId === undefined ? { ok: true } : { ok: true, apnsId }
}

// The list leaves out commands answered with NotNow, and is absent if it would be empty:
// https://github.com/micromdm/micromdm/blob/c4878e2/platform/queue/queue.go
const queueAnswer = z.strictObject({
  commands: z.array(z.object({ uuid: z.string(), payload: z.string().optional() })).nullish(),
})

/** Larger than for other calls, as each entry contains its whole command. */
const maxAnswerBytes = 1024 * 1024

const listQueue = async (call: Call, enrollmentId: string): Promise<QueueList> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, reason: problem }
  const answer = await call('GET', `/v1/commands/${enrollmentId}`, undefined, { maxAnswerBytes })
  const result = parseAs(answer, queueAnswer)
  if (!result.ok) return { ...result, ...noAnswerIn(answer) }
  if ('failed' in answer || answer.httpStatus !== 200)
    return { ok: false, reason: 'the MDM server did not show the queue' }
  const commands = result.value.commands ?? []
  const uuidsOf = (some: typeof commands) => some.map(({ uuid }) => uuid.toLowerCase())
  const updateUuids = uuidsOf(commands.filter(({ payload }) => updatesOs(payload)))
  return { ok: true, commandUuids: uuidsOf(commands), updateUuids, body: answer.body }
}

/** Searched for in the bytes: XML and binary plists both spell the request type in ASCII. */
const updatesOs = (payload = ''): boolean =>
  Buffer.from(payload, 'base64').includes('ScheduleOSUpdate')

const clearAnswer = z.object({ error: z.string().optional() })

/** Empties the queue, including commands answered with NotNow: https://github.com/micromdm/micromdm/blob/c4878e2/platform/queue/queue.go */
const clearQueue = async (call: Call, enrollmentId: string): Promise<QueueCleared> => {
  const problem = enrollmentIdProblem(enrollmentId)
  if (problem !== undefined) return { ok: false, unsure: false, reason: problem }
  const answer = await call('DELETE', `/v1/commands/${enrollmentId}`)
  const result = parseAs(answer, clearAnswer)
  if ('failed' in answer) {
    const reason = withoutAnswer(answer)
    return { ok: false, unsure: !neverLeft(answer), reason }
  }
  if (answer.httpStatus === 401)
    return { ok: false, unsure: false, reason: 'the API key is refused (401)' }
  if (!result.ok) return { ok: false, unsure: true, reason: result.reason }
  if (answer.httpStatus === 200 && result.value.error === undefined)
    return { ok: true, body: answer.body }
  const said = result.value.error ?? `it answered ${answer.httpStatus}`
  return { ok: false, unsure: true, reason: `the MDM server did not empty the queue: ${said}` }
}

/** A UDID that no device has. */
const nobody = 'oneway-check-of-the-api-key'

/** Checks the API key by reading the queue of a device that does not exist, which changes nothing. */
const tryKey = async (call: Call): Promise<KeyResult> => {
  const answer = await call('GET', `/v1/commands/${nobody}`)
  if ('failed' in answer) return { found: 'unknown', reason: withoutAnswer(answer) }
  if (answer.httpStatus === 401) return { found: 'no', reason: 'the API key is refused (401)' }
  const result = parseAs(answer, queueAnswer)
  if (answer.httpStatus === 200 && result.ok)
    return { found: 'yes', reason: 'it showed the queue of a device that does not exist' }
  return {
    found: 'unknown',
    reason: `it does not show queues (${answer.httpStatus}); that came with v1.12`,
  }
}
