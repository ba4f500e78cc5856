import { actionValues, fitsAction, labActions } from './actions'
import { isSpeed, maxSpeed, minSpeed } from './clock'
import { variantIds, variantValues } from './declarative/variants'
import { acceptedAmount, faultIds, readFaultValue } from './faults'
import type { ApiRequest, ApiResponse } from './http-exchange'
import { isAuthorized, json, unauthorized } from './http-exchange'
import type { Lab } from './lab'
import { viewClock, viewDevice, viewDevices, viewServer } from './lab-view'
import { readScenarioDevice } from './scenario'
import { readServerChange } from './server-habits'

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

const setFault = (lab: Lab, id: string, fields: Fields): ApiResponse => {
  if (!findDevice(lab, id)) return unknownDevice(id)
  const fault = faultIds.find((known) => known === fields.fault)
  if (!fault)
    return refuse(400, {
      error: `${JSON.stringify(fields.fault) ?? 'nothing'} is not a fault`,
      field: 'fault',
      accepted: faultIds.join(', '),
    })
  const amount = readFaultValue(fault, fields.value)
  if (amount === undefined)
    return refuse(400, {
      error: `${fault} does not take ${JSON.stringify(fields.value) ?? 'no value'}`,
      field: 'value',
      accepted: acceptedAmount(fault),
    })
  const refused = lab.setFault(id, fault, amount)?.refused
  if (refused !== undefined)
    return refuse(409, {
      error: refused,
      field: 'fault',
      accepted: 'a fault that is not in the faultObstacles of the device',
    })
  return oneDevice(lab, id)
}

const setVariant = (lab: Lab, id: string, fields: Fields): ApiResponse => {
  if (!findDevice(lab, id)) return unknownDevice(id)
  const variant = variantIds.find((known) => known === fields.variant)
  if (!variant)
    return refuse(400, {
      error: `${JSON.stringify(fields.variant) ?? 'nothing'} is not a variant`,
      field: 'variant',
      accepted: variantIds.join(', '),
    })
  const value = variantValues(variant).find((known) => known === fields.value)
  if (value === undefined)
    return refuse(400, {
      error: `${variant} does not take ${JSON.stringify(fields.value) ?? 'no value'}`,
      field: 'value',
      accepted: variantValues(variant).join(', '),
    })
  lab.setVariant(id, variant, value)
  return oneDevice(lab, id)
}

const addDevice = (lab: Lab, fields: Fields): ApiResponse => {
  const device = readScenarioDevice(fields)
  if ('complaints' in device)
    return refuse(400, {
      error: device.complaints.join('; '),
      field: 'device',
      accepted: 'a device of a scenario, as docs/scenarios.md has it',
    })
  const { refused } = lab.add(device)
  if (refused !== undefined)
    return refuse(409, {
      error: refused,
      field: 'device',
      accepted: 'a labTag, enrollmentId and serial that no device of the lab has',
    })
  return oneDevice(lab, device.enrollmentId)
}

const setServer = (lab: Lab, fields: Fields): ApiResponse => {
  const read = readServerChange(fields)
  if ('refusal' in read) return refuse(400, read.refusal)
  lab.setServer(read.change)
  return json(200, viewServer(lab))
}

const wholeLab = (lab: Lab) =>
  json(200, { devices: viewDevices(lab), clock: viewClock(lab), server: viewServer(lab) })

const oneDevice = (lab: Lab, id: string): ApiResponse => {
  const device = findDevice(lab, id)
  return device ? json(200, viewDevice(lab, device)) : unknownDevice(id)
}

const setClock = (lab: Lab, { speed }: Fields): ApiResponse => {
  if (!isSpeed(speed))
    return refuse(400, {
      error: `${JSON.stringify(speed) ?? 'nothing'} is not a speed`,
      field: 'speed',
      accepted: `a number from ${minSpeed} to ${maxSpeed}`,
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
      return wholeLab(lab)
    case 'POST devices':
      return withFields(request, (fields) => addDevice(lab, fields))
    case 'GET devices/…':
      return oneDevice(lab, id)
    case 'POST devices/…/actions':
      return withFields(request, (fields) => actOn(lab, id, fields))
    case 'POST devices/…/faults':
      return withFields(request, (fields) => setFault(lab, id, fields))
    case 'POST devices/…/variants':
      return withFields(request, (fields) => setVariant(lab, id, fields))
    case 'GET server':
      return json(200, viewServer(lab))
    case 'POST server':
      return withFields(request, (fields) => setServer(lab, fields))
    case 'GET clock':
      return json(200, viewClock(lab))
    case 'POST clock':
      return withFields(request, (fields) => setClock(lab, fields))
    case 'POST reset':
      lab.reset()
      return wholeLab(lab)
    default:
      return refuse(404, {
        error: `${request.method} ${request.path} is not part of the control API`,
        field: 'path',
        accepted:
          'GET or POST /lab/devices, GET /lab/devices/{udid}, POST /lab/devices/{udid}/actions, /faults or /variants, GET or POST /lab/clock or /lab/server, POST /lab/reset',
      })
  }
}

/** Answers the control panel: the state of the virtual devices, and actions on them. */
export function answerControl(lab: Lab, apiKey: string, request: ApiRequest): ApiResponse {
  if (!isAuthorized(request.authorization, apiKey)) return unauthorized
  lab.advance()
  return route(lab, request)
}
