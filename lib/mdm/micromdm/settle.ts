import { z } from 'zod'
import type { SendResult } from '../server'
import {
  type HttpAnswer,
  ofFailure,
  ofStatus,
  type SentCommand,
  type TransportFailure,
  unconfirmed,
  type Verdict,
  withAnswer,
} from '../settle'

// https://github.com/micromdm/micromdm/blob/c4878e2/platform/command/new_command.go
const rawCommandAnswer = z.object({
  payload: z
    .object({
      udid: z.string().optional(),
      command_uuid: z.string().optional(),
      command: z.object({ request_type: z.string().optional() }).optional(),
    })
    .optional(),
  error: z.string().optional(),
})
type RawCommandAnswer = z.infer<typeof rawCommandAnswer>

/**
 * Decides how sending one raw command to MicroMDM ended. MicroMDM answers 201 once the command is published inside
 * it, before its queue is written. Unless the answer proves that the command was accepted, refused or not sent, it is
 * `unconfirmed`: MicroMDM does not refuse a repeated CommandUUID, so a repeat would be a second command.
 */
export function settleMicromdm(
  answer: HttpAnswer | TransportFailure,
  sent: SentCommand,
): SendResult {
  return withAnswer(answer, 'failed' in answer ? ofFailure(answer) : ofAnswer(answer, sent))
}

const ofAnswer = ({ httpStatus, body, location }: HttpAnswer, sent: SentCommand): Verdict => {
  const refused = ofStatus({ httpStatus, body, location })
  if (refused) return refused
  const result = parse(body)
  if (!result) return unconfirmed(`the answer (${httpStatus}) is not one of MicroMDM's API`)
  const alarm = strangeness(result, sent)
  if (alarm !== undefined)
    return { ...unconfirmed(`the answer is not about this command: ${alarm}`), alarm }
  if (result.error !== undefined) return ofError(httpStatus, result.error)
  if (httpStatus !== 201)
    return unconfirmed(`MicroMDM answers a command with 201, and this was ${httpStatus}`)
  if (result.payload?.command_uuid !== sent.commandUuid)
    return unconfirmed('the answer (201) does not name the command')
  return {
    outcome: 'queued',
    reason:
      'MicroMDM has published the command; that is before its queue, and only its log tells when the queue fails',
  }
}

const parse = (body: string): RawCommandAnswer | undefined => {
  try {
    return rawCommandAnswer.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}

/** Why an answer is about another command or device than ours; sending must then stop. */
const strangeness = ({ payload }: RawCommandAnswer, sent: SentCommand): string | undefined => {
  const { command_uuid: uuid, udid, command } = payload ?? {}
  const type = command?.request_type
  if (uuid && uuid !== sent.commandUuid) return `it names the command ${uuid}`
  if (udid && udid !== sent.enrollmentId) return `it names the device ${udid}`
  if (type && type !== sent.requestType) return `it names the request type ${type}`
  return undefined
}

// Errors that MicroMDM raises before it publishes the command, according to the source above.
const beforePublishing =
  /^(empty udid|read payload body|parse payload as plist|request must contain UDID|request is malformed)/

const ofError = (httpStatus: number, error: string): Verdict =>
  httpStatus === 500 && beforePublishing.test(error)
    ? { outcome: 'refused', reason: `the MDM server refused the command: ${error}` }
    : unconfirmed(`the MDM server failed (${httpStatus}) and may have the command: ${error}`)
