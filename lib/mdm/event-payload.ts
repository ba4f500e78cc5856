import { isCommandUuid } from './command'
import type { DeviceEvent } from './event'
import type { PlistReading } from './plist/value'
import { documentedStatus, readReplyHeader } from './reply-header'

/**
 * The event with status and CommandUUID taken from its payload if its envelope leaves them out. NanoMDM and
 * MicroMDM copy both from the payload, so this contradicts nothing.
 */
export function withPayload(event: DeviceEvent, plist: PlistReading): DeviceEvent {
  if (event.kind !== 'acknowledge' || !plist.ok) return event
  const header = readReplyHeader(plist.value)
  const status = event.status ?? header.status
  const uuid = event.commandUuid ?? header.commandUuid
  return {
    ...event,
    ...(status !== undefined && { status }),
    ...(uuid !== undefined &&
      (uuid === event.commandUuid || isCommandUuid(uuid)) && {
        commandUuid: uuid,
      }),
  }
}

/** The payload of an answer; not read if it names another CommandUUID or another status than its envelope. */
export function matchingPayload(event: DeviceEvent, plist: PlistReading): PlistReading {
  if (!plist.ok) return plist
  const { commandUuid, status } = readReplyHeader(plist.value)
  const other = (of: string, inside: string, outside: string): PlistReading => ({
    ok: false,
    reason: `its payload names the ${of} ${inside.slice(0, 60)} and its envelope ${outside}`,
  })
  const [asked, said] = [event.commandUuid, event.status]
  if (commandUuid !== undefined && asked !== undefined && !isSame(commandUuid, asked))
    return other('CommandUUID', commandUuid, asked)
  if (status !== undefined && said !== undefined && status !== (documentedStatus(said) ?? said))
    return other('status', status, said)
  return plist
}

const isSame = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
