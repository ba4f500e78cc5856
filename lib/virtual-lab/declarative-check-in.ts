import { type Bench, tell } from './bench'
import { answerEndpoint } from './kmfddm/device-side'
import { writePlist } from './wire'

export type CheckInAnswer = { status: number; body: string }

type CheckIn = {
  id: string
  endpoint: string
  /** The body of a status report. */
  data: string
  /** The check-in as it came; written here for a device of the lab. */
  payload?: string | Uint8Array
}

/** A DeclarativeManagement check-in. https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/declarativemanagement.yaml */
const declarativeMessage = ({ id, endpoint, data }: CheckIn) =>
  writePlist({
    MessageType: 'DeclarativeManagement',
    UDID: id,
    Endpoint: endpoint,
    Data: endpoint === 'status' ? Buffer.from(data) : undefined,
  })

/**
 * NanoMDM passes the check-in on to KMFDDM (`-dm`), answers everything but 200 with 500, and posts the webhook whatever
 * came of it. https://github.com/micromdm/nanomdm/blob/v0.9.0/service/dmhook/dmhook.go
 */
export function declarativeCheckIn(bench: Bench, checkIn: CheckIn): CheckInAnswer {
  const { state, ports } = bench
  const { id, endpoint, data } = checkIn
  const payload = checkIn.payload ?? declarativeMessage(checkIn)
  tell(bench, { topic: 'mdm.DeclarativeManagement', enrollmentId: id, payload })
  if (state.server.declarations === 'notPassedOn')
    return { status: 500, body: 'Internal Server Error\n' }
  const now = ports.clock.calendarAt(ports.clock.now())
  const { status, body, store } = answerEndpoint(state.declarations, id, { endpoint, data, now })
  if (store) state.declarations = store
  return status === 200 ? { status, body } : { status: 500, body: `Internal Server Error\n${body}` }
}
