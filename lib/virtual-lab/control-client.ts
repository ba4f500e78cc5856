import type { ActionValue, LabAction } from './actions'
import type { LabRefusal } from './control-api'
import type { VariantId } from './declarative/variants'
import type { FaultId } from './faults'
import type { LabClockView, LabDeviceView, LabServerView } from './lab-view'
import type { ScenarioDevice } from './scenario-schema'
import type { ServerChange } from './server-habits'

export type { ActionValue, LabAction } from './actions'

export type { VariantId } from './declarative/variants'
export type { FaultId } from './faults'
export type { LabClockView, LabDeviceView, LabServerView } from './lab-view'
export type { ServerChange } from './server-habits'

export type LabView = { devices: LabDeviceView[]; clock: LabClockView; server: LabServerView }

/** The answer of the control API, or that it could not be reached. */
export type LabAnswer<T> =
  | { ok: true; value: T }
  | { ok: false; status: number; refusal: LabRefusal }
  | { ok: false; status: undefined; reason: string }

export type LabControl = {
  listDevices(): Promise<LabAnswer<LabView>>
  /** Adds a device, which enrols at once. */
  addDevice(device: ScenarioDevice): Promise<LabAnswer<LabDeviceView>>
  getDevice(enrollmentId: string): Promise<LabAnswer<LabDeviceView>>
  act(
    enrollmentId: string,
    action: LabAction,
    value?: ActionValue,
  ): Promise<LabAnswer<LabDeviceView>>
  /** `value` false turns the fault off, true a switch on; the others take their amount. */
  setFault(
    enrollmentId: string,
    fault: FaultId,
    value: number | boolean,
  ): Promise<LabAnswer<LabDeviceView>>
  setVariant(
    enrollmentId: string,
    variant: VariantId,
    value: string,
  ): Promise<LabAnswer<LabDeviceView>>
  setServer(change: ServerChange): Promise<LabAnswer<LabServerView>>
  getClock(): Promise<LabAnswer<LabClockView>>
  setSpeed(speed: number): Promise<LabAnswer<LabClockView>>
  reset(): Promise<LabAnswer<LabView>>
}

const timeoutMs = 5_000

const unreachable = (error: unknown) => ({
  ok: false as const,
  status: undefined,
  reason: error instanceof Error ? error.message : String(error),
})

const refusalIn = async (response: Response): Promise<LabRefusal> => {
  const said = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  // Every JSON refusal of control-api.ts has this type; a 401 is plain text.
  if (isJson) return JSON.parse(said) as LabRefusal
  return { error: said.trim(), field: 'authorization', accepted: "the virtual lab's API key" }
}

/** The app's client of the control API. `baseUrl` is that of the lab's MDM server. Its functions never reject. */
export function createLabControl(baseUrl: string, apiKey: string): LabControl {
  const authorization = `Basic ${Buffer.from(`nanomdm:${apiKey}`).toString('base64')}`
  const ask = async <T>(method: string, path: string, body?: object): Promise<LabAnswer<T>> => {
    try {
      const response = await fetch(new URL(`/lab/${path}`, baseUrl), {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
        cache: 'no-store',
      })
      if (!response.ok)
        return { ok: false, status: response.status, refusal: await refusalIn(response) }
      // The lab is the other half of this program; each path answers with the one type asked for below.
      return { ok: true, value: (await response.json()) as T }
    } catch (error) {
      return unreachable(error)
    }
  }
  const device = (id: string) => `devices/${encodeURIComponent(id)}`
  return {
    listDevices: () => ask('GET', 'devices'),
    addDevice: (added) => ask('POST', 'devices', added),
    getDevice: (id) => ask('GET', device(id)),
    act: (id, action, value) => ask('POST', `${device(id)}/actions`, { action, value }),
    setFault: (id, fault, value) => ask('POST', `${device(id)}/faults`, { fault, value }),
    setVariant: (id, variant, value) => ask('POST', `${device(id)}/variants`, { variant, value }),
    setServer: (change) => ask('POST', 'server', change),
    getClock: () => ask('GET', 'clock'),
    setSpeed: (speed) => ask('POST', 'clock', { speed }),
    reset: () => ask('POST', 'reset'),
  }
}
