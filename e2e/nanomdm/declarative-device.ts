import { z } from 'zod'
import { authenticate, idle, tokenUpdate } from '@/lib/virtual-lab/check-in'
import { step } from '@/lib/virtual-lab/device'
import type { VirtualDevice } from '@/lib/virtual-lab/virtual-device'
import { isDict, readPlist, type WireDict, writePlist } from '@/lib/virtual-lab/wire'
import { certificateHeader, certificateOf } from './real-nanomdm'

/**
 * A device that speaks declarative management over the real MDM wire
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/checkin/declarativemanagement.yaml): told of new tokens
 * it asks for the items, fetches what is new and reports what it has. It applies nothing by itself; a test reports for it.
 */
export type DeclarativeDevice = {
  enrollmentId: string
  /** Changes what its answers to queries say, such as its OS version after an update. */
  change(but: Partial<VirtualDevice>): void
  /** Authenticate, then TokenUpdate. */
  enrol(): Promise<void>
  /**
   * One MDM session: answers each command, and synchronises at the end if one was DeclarativeManagement. Gives the
   * request types.
   */
  poll(): Promise<string[]>
  /** Asks for the items and fetches those it does not have, then reports them. */
  synchronise(): Promise<void>
  /** The declarations that it holds, by their identifier. */
  held(): Record<string, unknown>
  /** Sends a status report with these items. */
  report(statusItems: object): Promise<Answer>
  /** A single declarative check-in; `data` is the body of a status report. */
  checkIn(endpoint: string, data?: string): Promise<Answer>
}

type Answer = { status: number; body: string }

const item = z.object({ Identifier: z.string(), ServerToken: z.string() })
const itemsAnswer = z.object({
  Declarations: z.object({ Activations: z.array(item), Configurations: z.array(item) }),
})

/**
 * @param url of the MDM server, without a path
 * @param certificate which of the test devices' certificates it shows
 */
export function createDeclarativeDevice(
  url: string,
  certificate: number,
  begin: VirtualDevice,
): DeclarativeDevice {
  let device = begin
  const { enrollmentId } = begin
  let held = new Map<string, { token: string; json: unknown }>()

  const put = async (kind: 'mdm' | 'mdm-checkin', body: string): Promise<Response> =>
    fetch(`${url}/mdm`, {
      method: 'PUT',
      body,
      headers: {
        'content-type': `application/x-apple-aspen-${kind}`,
        [certificateHeader]: encodeURIComponent(certificateOf(certificate)),
      },
    })
  const must = async (kind: 'mdm' | 'mdm-checkin', body: string): Promise<Uint8Array> => {
    const response = await put(kind, body)
    if (!response.ok) throw new Error(`the MDM server answered ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  const checkIn = async (endpoint: string, data?: string): Promise<Answer> => {
    const message: WireDict = {
      ...{ MessageType: 'DeclarativeManagement', UDID: enrollmentId, Endpoint: endpoint },
      ...(data !== undefined && { Data: Buffer.from(data) }),
    }
    const response = await put('mdm-checkin', writePlist(message))
    return { status: response.status, body: await response.text() }
  }
  const ask = async (endpoint: string): Promise<unknown> => {
    const { status, body } = await checkIn(endpoint)
    if (status !== 200) throw new Error(`${endpoint} was answered with ${status}: ${body}`)
    return JSON.parse(body)
  }
  const report = (statusItems: object) =>
    checkIn('status', JSON.stringify({ StatusItems: statusItems, Errors: [] }))

  const synchronise = async () => {
    const { Declarations } = itemsAnswer.parse(await ask('declaration-items'))
    const before = held
    held = new Map()
    const listed = {
      configurations: Declarations.Configurations,
      activations: Declarations.Activations,
    }
    for (const [kind, items] of Object.entries(listed))
      for (const { Identifier: id, ServerToken: token } of items) {
        const known = before.get(id)
        const json =
          known?.token === token ? known.json : await ask(`declaration/${kind.slice(0, -1)}/${id}`)
        held.set(id, { token, json })
      }
    const asReported = (items: z.infer<typeof item>[]) =>
      items.map(({ Identifier: identifier, ServerToken }) => ({
        ...{ active: true, identifier, valid: 'valid', 'server-token': ServerToken },
      }))
    const declarations = {
      activations: asReported(listed.activations),
      configurations: asReported(listed.configurations),
      ...{ assets: [], management: [] },
    }
    await report({ management: { declarations } })
  }

  const answer = (raw: Uint8Array): { requestType: string; reply: string } => {
    const { CommandUUID, Command } = readPlist(raw)
    if (typeof CommandUUID !== 'string' || !isDict(Command)) throw new Error('not a command')
    const requestType = String(Command.RequestType)
    const named = {
      kind: 'command',
      commandUuid: CommandUUID,
      requestType,
      command: Command,
    } as const
    const taken = step(device, named, { at: 0, seed: enrollmentId })
    device = taken.device
    const ours = requestType === 'DeclarativeManagement' ? { Status: 'Acknowledged' } : taken.reply
    return { requestType, reply: writePlist({ ...ours, CommandUUID, UDID: enrollmentId }) }
  }

  return {
    enrollmentId,
    change: (but) => {
      device = { ...device, ...but }
    },
    enrol: async () => {
      held = new Map()
      await must('mdm-checkin', authenticate(device))
      await must('mdm-checkin', tokenUpdate(device))
    },
    poll: async () => {
      const answered: string[] = []
      let next = await must('mdm', idle(device))
      while (next.length > 0) {
        const { requestType, reply } = answer(next)
        answered.push(requestType)
        next = await must('mdm', reply)
      }
      if (answered.includes('DeclarativeManagement')) await synchronise()
      return answered
    },
    synchronise,
    held: () => Object.fromEntries([...held].map(([id, { json }]) => [id, json])),
    report,
    checkIn,
  }
}
