import { actionValues, fitsAction, labActions } from './actions'
import { fastestSpeed, isSpeed, slowestSpeed } from './clock'
import type { ApiRequest, ApiResponse } from './http-exchange'
import { isAuthorized, json, unauthorized } from './http-exchange'
import type { Lab } from './lab'
import { viewClock, viewDevice, viewDevices } from './lab-view'

/** Why the control API refused: the field, the reason, and what it takes. */
export type LabRefusal = { error: string; field: string; accepted: string }

const refuse = (status: number, refusal: LabRefusal) => json(status, refusal)

type Fields = Record<string, unknown>

const readFields = (body: Uint8Array): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : undefined
  } catch {
    return undefined
  }
}

const notAnObject = () =>
  refuse(400, {
    error: 'the body is not a JSON object',
    field: 'body',
    accepted: 'a JSON object, for example {"action":"plugIn"}',
  })

const unknownDevice = (id: string) =>
  refuse(404, {
    error: `there is no virtual device ${id}`,
    field: 'udid',
    accepted: 'an enrollmentId from GET /lab/devices',
  })

const findDevice = (lab: Lab, id: string) =>
  Object.values(lab.state().devices).find(({ enrollmentId }) => enrollmentId === id)

const isValue = (value: unknown): value is string | number | undefined =>
  value === undefined || typeof value === 'string' || typeof value === 'number'

const actOn = (lab: Lab, id: string, fields: Fields): ApiResponse => {
  const device = findDevice(lab, id)
  if (!device) return unknownDevice(id)
  const action = labActions.find((known) => known === fields.action)
  if (!action)
    return refuse(400, {
      error: `${JSON.stringify(fields.action) ?? 'nothing'} is not an action`,
      field: 'action',
      accepted: labActions.join(', '),
    })
  const value = fields.value ?? undefined
  if (!isValue(value) || !fitsAction(device, action, value))
    return refuse(400, {
      error: `${action} does not take ${JSON.stringify(value) ?? 'no value'}`,
      field: 'value',
      accepted: actionValues[action]?.accepted ?? 'no value',
    })
  const refused = lab.act(id, action, value)?.refused
  if (refused !== undefined)
    return refuse(409, {
      error: refused,
      field: 'action',
      accepted: 'an action that is not in the obstacles of the device',
    })
  return oneDevice(lab, id)
}

const oneDevice = (lab: Lab, id: string): ApiResponse => {
  const device = findDevice(lab, id)
  return device ? json(200, viewDevice(lab, device)) : unknownDevice(id)
}

const setClock = (lab: Lab, { speed }: Fields): ApiResponse => {
  if (!isSpeed(speed))
    return refuse(400, {
      error: `${JSON.stringify(speed) ?? 'nothing'} is not a speed`,
      field: 'speed',
      accepted: `a number from ${slowestSpeed} to ${fastestSpeed}`,
    })
  lab.clock.setSpeed(speed)
  return json(200, viewClock(lab))
}

const withFields = ({ body }: ApiRequest, take: (fields: Fields) => ApiResponse): ApiResponse => {
  const fields = readFields(body)
  return fields ? take(fields) : notAnObject()
}

const route = (lab: Lab, request: ApiRequest): ApiResponse => {
  const [, , noun = '', id = '', verb] = request.path.split('/').map(decodeURIComponent)
  const asked = `${request.method} ${noun}${id && '/…'}${verb === undefined ? '' : `/${verb}`}`
  switch (asked) {
    case 'GET devices':
      return json(200, { devices: viewDevices(lab), clock: viewClock(lab) })
    case 'GET devices/…':
      return oneDevice(lab, id)
    case 'POST devices/…/actions':
      return withFields(request, (fields) => actOn(lab, id, fields))
    case 'GET clock':
      return json(200, viewClock(lab))
    case 'POST clock':
      return withFields(request, (fields) => setClock(lab, fields))
    case 'POST reset':
      lab.reset()
      return json(200, { devices: viewDevices(lab), clock: viewClock(lab) })
    default:
      return refuse(404, {
        error: `${request.method} ${request.path} is not part of the control API`,
        field: 'path',
        accepted:
          'GET /lab/devices, GET /lab/devices/{udid}, POST /lab/devices/{udid}/actions, GET or POST /lab/clock, POST /lab/reset',
      })
  }
}

/** Answers the control panel: what is true of the virtual devices, and what a person does to them. */
export function answerControl(lab: Lab, apiKey: string, request: ApiRequest): ApiResponse {
  if (!isAuthorized(request.authorization, apiKey)) return unauthorized
  lab.advance()
  return route(lab, request)
}
