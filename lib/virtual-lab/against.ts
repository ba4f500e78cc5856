import type { DeviceAction, ScriptStep } from './lab-state'
import { pollEveryMs } from './lab-state'
import type { MdmClient } from './mdm-client'
import { createMdmClient } from './mdm-client'
import type { Scenario } from './scenario'
import { originOf } from './scenario-lab'
import type { UpdatePhase } from './virtual-device'
import { isReachable } from './virtual-device'

export type AgainstOptions = {
  /** The MDM server, such as http://127.0.0.1:9010; its device endpoint is /mdm. */
  url: string
  scenario: Scenario
  /** The identity certificate of a device, PEM. */
  certificateOf: (labTag: string) => string
  /** The header from which the server reads the certificate (nanomdm -cert-header). */
  certificateHeader: string
  /** The key of the server's API; without it the scenario's own commands are not sent. */
  apiKey?: string | undefined
  /** Virtual ms. */
  now: () => number
  log: (labTag: string, words: string) => void
}

export type Against = {
  clients: readonly MdmClient[]
  enrol(): Promise<void>
  /** Plays the steps that are due, advances the devices, and lets those poll that are due. */
  tick(): Promise<void>
}

type Member = { client: MdmClient; pollAt: number; phase: UpdatePhase | undefined }

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

const send = async (
  { url, apiKey }: AgainstOptions,
  id: string,
  { requestType, raw }: Extract<DeviceAction, { kind: 'send' }>,
): Promise<string> => {
  if (apiKey === undefined) return `${requestType} is not sent: no API key was given`
  const authorization = `Basic ${Buffer.from(`nanomdm:${apiKey}`).toString('base64')}`
  const address = new URL(`/v1/enqueue/${encodeURIComponent(id)}?nopush=1`, url)
  const response = await fetch(address, { method: 'PUT', body: raw, headers: { authorization } })
  const said = await response.text()
  return response.ok
    ? `${requestType} is queued`
    : `${requestType}: the server answered ${response.status}, ${said.trim()}`
}

const play = async (options: AgainstOptions, members: Map<string, Member>, step: ScriptStep) => {
  if ('server' in step) {
    options.log('server', 'a step for the server is left out: this one is real')
    return
  }
  const { enrollmentId, action } = step
  const member = members.get(enrollmentId)
  if (!member) throw new Error(`the scenario has no device ${enrollmentId}`)
  const { labTag } = member.client.device()
  if (action.kind === 'declare' || action.kind === 'withdraw') {
    options.log(labTag, 'a declaration of the scenario is left out: declare it at the real server')
    return
  }
  if (action.kind === 'send') {
    options.log(labTag, await send(options, enrollmentId, action))
    return
  }
  await member.client.feel(action)
  member.pollAt = Math.min(member.pollAt, options.now())
}

const noteLook = (options: AgainstOptions, member: Member) => {
  const { labTag, update, osVersion, osBuild } = member.client.device()
  if (update?.phase === member.phase) return
  member.phase = update?.phase
  options.log(labTag, `· ${update?.phase ?? `at rest on ${osVersion} (${osBuild})`}`)
}

/** When a device connects next: when its late reply is due, or else once a virtual minute. */
const connectsAt = ({ client, pollAt }: Member) => client.replyDueAt() ?? pollAt

const live = async (options: AgainstOptions, member: Member) => {
  const { client } = member
  await client.feel({ kind: 'time' })
  if (isReachable(client.device()) && options.now() >= connectsAt(member)) {
    member.pollAt = options.now() + pollEveryMs
    for (const requestType of await client.poll())
      options.log(client.device().labTag, `${requestType} is answered`)
  }
  noteLook(options, member)
}

/**
 * Runs the devices of a scenario against a real NanoMDM by the device protocol. A step that is impossible is one line
 * in the log. Steps for the virtual server are left out.
 */
export function createAgainst(options: AgainstOptions): Against {
  const { devices, script } = originOf(options.scenario)
  const members = new Map<string, Member>()
  for (const device of devices) {
    const { certificateHeader, certificateOf, now, scenario } = options
    const client = createMdmClient({
      url: new URL('/mdm', options.url).href,
      certificate: certificateOf(device.labTag),
      certificateHeader,
      device,
      seed: scenario.seed,
      now,
      calendar: Date.now,
    })
    members.set(device.enrollmentId, { client, pollAt: 0, phase: undefined })
  }
  const steps = script.toSorted((a, b) => a.at - b.at)
  const tell = (labTag: string) => (error: unknown) => options.log(labTag, reason(error))
  return {
    clients: [...members.values()].map(({ client }) => client),
    enrol: async () => {
      for (const { client } of members.values()) {
        await client.enrol()
        options.log(client.device().labTag, 'enrolled')
      }
    },
    tick: async () => {
      while (steps[0] !== undefined && steps[0].at <= options.now()) {
        const step = steps.shift()
        if (step) await play(options, members, step).catch(tell('script'))
      }
      for (const member of members.values())
        await live(options, member).catch(tell(member.client.device().labTag))
    },
  }
}
