import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A plist of lib/mdm/testdata/cases with its placeholders filled in. */
export function casePlist(name: string, udid: string, commandUuid = ''): Uint8Array {
  const file = fileURLToPath(new URL(`../../mdm/testdata/cases/${name}.plist`, import.meta.url))
  const text = readFileSync(file, 'utf8')
  return Buffer.from(text.replaceAll('DEVICE_UDID', udid).replaceAll('COMMAND_UUID', commandUuid))
}

type Posted = {
  udid: string
  plist: Uint8Array
  at: Date
  topic?: string
  status?: string
  commandUuid?: string
  /** The part of a user channel's ID behind the colon. */
  user?: string
  /** Without `ids`, as MicroMDM posts it. */
  micromdm?: boolean
  /** The value of raw_payload instead of the plist. */
  raw?: string
}

/** A webhook body with a plist: an answer if there is a status, otherwise a check-in. */
export function postedBody(given: Posted): Uint8Array {
  const { udid, plist, at, topic = 'mdm.Connect', status, commandUuid, user, micromdm } = given
  const id = user === undefined ? udid : `${udid}:${user}`
  const about = {
    udid,
    raw_payload: given.raw ?? Buffer.from(plist).toString('base64'),
    ...(!micromdm && { ids: { id, type: user === undefined ? 'Device' : 'Shared iPad' } }),
    ...(status !== undefined && { status }),
    ...(commandUuid !== undefined && { command_uuid: commandUuid }),
  }
  const event = status === undefined ? { checkin_event: about } : { acknowledge_event: about }
  return Buffer.from(
    JSON.stringify({ topic, event_id: 'e1', created_at: at.toISOString(), ...event }),
  )
}
