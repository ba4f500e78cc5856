import { buildBinary, parse } from 'plist'
import { authenticate, idle, tokenUpdate } from './check-in'
import { type Answer, type Ask, converse } from './declarative/converse'
import { type DeviceInput, step } from './device'
import { type DeviceSign, isReachable, type VirtualDevice } from './virtual-device'
import { isDict, readPlist, writePlist } from './wire'

export type MdmClientOptions = {
  /** The MDM server's device endpoint, such as http://127.0.0.1:9010/mdm. */
  url: string
  /** The identity certificate, PEM; sent in the header a TLS proxy would set (nanomdm -cert-header). */
  certificate: string
  certificateHeader: string
  device: VirtualDevice
  seed: string
  /** Virtual time in ms. */
  now: () => number
  /** The date, ms since 1970. */
  calendar?: (() => number) | undefined
  /** The request types whose replies are binary plists, as a device may send them; check-ins stay XML. */
  binaryReplies?: ((requestType: string) => boolean) | undefined
}

/** A virtual device that speaks the device protocol to a real MDM server. */
export type MdmClient = {
  device(): VirtualDevice
  /** Authenticate, then TokenUpdate. */
  enrol(): Promise<void>
  /** When it delivers a late reply, in virtual ms; until then it does not connect. */
  replyDueAt(): number | undefined
  /**
   * One MDM session: Idle or a late reply, then each command that the server delivers. Gives the answered request
   * types.
   */
  poll(): Promise<string[]>
  /** An action of a person, a fault, or only time passing. */
  feel(input: Exclude<DeviceInput, { kind: 'command' }>): Promise<void>
}

type Answered = { requestType: string; reply: string }

const contentTypes = {
  checkin: 'application/x-apple-aspen-mdm-checkin',
  connect: 'application/x-apple-aspen-mdm',
}

/** Speaks the device protocol of Apple's MDM Protocol Reference: PUT, one command per response, an empty body ends the session. */
export function createMdmClient(options: MdmClientOptions): MdmClient {
  let { device } = options
  let late: (Answered & { at: number }) | undefined
  const moment = () => ({ at: options.now(), seed: options.seed, calendar: options.calendar?.() })

  const send = (kind: keyof typeof contentTypes, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(options.url, {
      method: 'PUT',
      body,
      headers: {
        'content-type': contentTypes[kind],
        [options.certificateHeader]: encodeURIComponent(options.certificate),
      },
    }).catch((error: Error) => {
      throw new Error(`${options.url} does not answer (${reasonOf(error)})`, { cause: error })
    })

  const put = async (
    kind: keyof typeof contentTypes,
    body: string | Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array> => {
    const response = await send(kind, body)
    if (!response.ok)
      throw new Error(`the MDM server answered ${response.status}: ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  const handle = async (signs: readonly DeviceSign[]) => {
    if (signs.includes('sendsAuthenticate')) late = undefined
    if (signs.includes('sendsAuthenticate')) await put('checkin', authenticate(device))
    if (signs.includes('sendsTokenUpdate')) await put('checkin', tokenUpdate(device))
  }

  /** A declarative check-in; a refusal of the server is an answer, too. */
  const declare = async ({ endpoint, data }: Ask): Promise<Answer> => {
    const message = { MessageType: 'DeclarativeManagement', UDID: device.enrollmentId }
    const Data = data === undefined ? undefined : Buffer.from(data)
    const response = await send('checkin', writePlist({ ...message, Endpoint: endpoint, Data }))
    return { status: response.status, body: await response.text() }
  }

  /** Fetches declarations and reports status, if the device has anything to fetch or to report. */
  const speak = async () => {
    if (!device.declarative || !isReachable(device)) return
    const talk = converse(device, moment())
    let next = talk.next()
    while (!next.done) next = talk.next(await declare(next.value))
    device = next.value
  }

  /** Executes one command; the reply is undefined if the device does not answer. */
  const obey = async (raw: Uint8Array): Promise<{ requestType: string; reply?: string }> => {
    const { commandUuid, requestType, command } = commandIn(raw)
    const taken = step(device, { kind: 'command', commandUuid, requestType, command }, moment())
    device = taken.device
    await handle(taken.signs)
    if (!taken.reply) return { requestType }
    const identity = { CommandUUID: commandUuid, UDID: device.enrollmentId }
    return { requestType, reply: writePlist({ ...taken.reply, ...identity }) }
  }

  // NanoMDM on pgsql answers 500 to a body that its text column cannot store. The session ends then, and the command is
  // delivered again at the next poll.
  const reportBinary = async (reply: string): Promise<Uint8Array> => {
    const body = new Uint8Array(buildBinary(parse(reply)))
    const next = await put('connect', body).catch(() => new Uint8Array())
    return device.faults.replyTwice ? put('connect', body).catch(() => new Uint8Array()) : next
  }

  /** According to Apple a status can arrive twice; the session continues with the answer to the second one. */
  const report = async (requestType: string, reply: string) => {
    if (options.binaryReplies?.(requestType)) return reportBinary(reply)
    const next = await put('connect', reply)
    return device.faults.replyTwice ? put('connect', reply) : next
  }

  const beginSession = async (answered: string[]) => {
    if (!late) return put('connect', idle(device))
    const { requestType, reply } = late
    late = undefined
    answered.push(requestType)
    return report(requestType, reply)
  }

  return {
    device: () => device,
    replyDueAt: () => late?.at,
    enrol: async () => {
      late = undefined
      await put('checkin', authenticate(device))
      await put('checkin', tokenUpdate(device))
    },
    poll: async () => {
      const answered: string[] = []
      if (late && options.now() < late.at) return answered
      let next = await beginSession(answered)
      while (next.length > 0) {
        const { requestType, reply } = await obey(next)
        if (reply === undefined) return answered
        const minutes = device.faults.replyLate
        if (minutes !== undefined) {
          late = { requestType, reply, at: options.now() + minutes * 60_000 }
          return answered
        }
        answered.push(requestType)
        next = await report(requestType, reply)
      }
      await speak()
      return answered
    },
    feel: async (input) => {
      const taken = step(device, input, moment())
      device = taken.device
      if (taken.refused !== undefined) throw new Error(taken.refused)
      await handle(taken.signs)
      await speak()
    },
  }
}

/** The cause of Node's "fetch failed". */
const reasonOf = ({ message, cause }: Error) =>
  cause instanceof Error && cause.message ? cause.message : message

function commandIn(raw: Uint8Array) {
  const { CommandUUID, Command } = readPlist(raw)
  const requestType = isDict(Command) ? Command.RequestType : undefined
  if (typeof CommandUUID !== 'string' || !isDict(Command) || typeof requestType !== 'string')
    throw new Error('the MDM server handed out something that is no command')
  return { commandUuid: CommandUUID, requestType, command: Command }
}
