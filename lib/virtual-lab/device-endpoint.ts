import type { ApiRequest, ApiResponse } from './http-exchange'
import { text } from './http-exchange'
import type { Lab } from './lab'
import type { Said } from './visitors'
import { identityIn } from './visitors'
import type { PlistDict } from './wire'
import { readPlist } from './wire'

/** What a TLS proxy in front would have set; undefined where no header is agreed on. */
export type DeviceRequest = ApiRequest & {
  contentType?: string | undefined
  certificate?: string | undefined
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** A check-in has a type of its own; a CheckOut is not played here. */
const checkInOf = (id: string, { MessageType: kind }: PlistDict): Said | undefined =>
  kind === 'Authenticate' || kind === 'TokenUpdate' ? { id, kind } : undefined

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
 * NanoMDM's device endpoint, `/mdm`, with the certificate in a header (-cert-header). Every certificate
 * that is one is taken: this server has no CA. 400 without a certificate or with something that is no
 * message, 500 for a stranger, never 401, which would unenrol a device.
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
  return { status: 200, headers: {}, body: received.next ?? '' }
}
