import type { Bench, Lab } from './bench-trip'
import type { FaultMdm } from './fault-mdm'

type Row = { command_uuid: string; state: string; plist_sha256: string; enrollment_id: string }

/**
 * Holds the record against the ledger of the MDM server and gives what is wrong, in words; empty is
 * right. The invariants of sending and listening: one accepted enqueue a slot, for the trial's device
 * alone, the bytes that were committed, never called unsent when it was taken, no kept body lost,
 * nothing stuck.
 */
export async function findWrongs(lab: Lab, bench: Bench, mdm: FaultMdm): Promise<string[]> {
  const commands = await lab.sql<Row[]>`
    select command_uuid, state, plist_sha256, enrollment_id from commands
    where device_id = ${bench.device.id}`
  const of = (uuid: string) => commands.find(({ command_uuid }) => command_uuid === uuid)
  const taken = mdm.ledger.filter((one) => one.enrollmentId === bench.device.enrollmentId)
  const wrongs = taken.flatMap((entry) => {
    const row = of(entry.commandUuid)
    const name = `${entry.requestType} ${entry.commandUuid}`
    if (!row) return [`${name} was sent and is not in the record (I2)`]
    const unsent = ['reserved', 'cancelled', 'lapsed', 'notSent', 'refused']
    return [
      ...(unsent.includes(row.state) ? [`${name} was taken and is called ${row.state} (I7)`] : []),
      ...(row.state === 'sending' ? [`${name} is stuck in sending (F08)`] : []),
      ...(row.plist_sha256 === entry.sha256 ? [] : [`${name} left with other bytes (I2)`]),
      ...(entry.simple ? [] : [`${name} went to several devices (I3)`]),
    ]
  })
  const interventions = taken.filter((one) => one.requestType === 'ScheduleOSUpdate')
  if (interventions.length > 1) wrongs.push(`the slot was sent ${interventions.length} times (I1)`)
  const twice = taken.filter(
    (one, i) => taken.findIndex((a) => a.commandUuid === one.commandUuid) !== i,
  )
  for (const one of twice) wrongs.push(`${one.commandUuid} was taken twice (I1)`)
  return [...wrongs, ...(await findLost(lab, bench)), ...(await findUnread(lab, bench))]
}

async function findLost(lab: Lab, bench: Bench): Promise<string[]> {
  const rows = await lab.sql<{ body: string }[]>`
    select encode(body, 'hex') as body from raw_events where mdm_server_id = ${bench.device.mdmServerId}`
  const kept = new Set(rows.map(({ body }) => body))
  return bench.acknowledged
    .filter((body) => !kept.has(body))
    .map((body) => `a body that was answered 200 is lost (I5): ${body.slice(0, 40)}…`)
}

/** After recovery every kept answer has been read, and what it answers says so. */
async function findUnread(lab: Lab, bench: Bench): Promise<string[]> {
  const rows = await lab.sql<{ id: number; read_state: string; reason: string | null }[]>`
    select id, read_state, reason from raw_events
    where mdm_server_id = ${bench.device.mdmServerId} and read_state not in ('read', 'duplicate')`
  const silent = await lab.sql<{ command_uuid: string }[]>`
    select c.command_uuid from commands c join raw_events e
      on e.mdm_server_id = c.mdm_server_id and lower(e.command_uuid) = c.command_uuid::text
    where c.device_id = ${bench.device.id} and e.read_state = 'read' and e.status <> 'NotNow' and c.answered_at is null`
  return [
    ...rows.map((row) => `event ${row.id} is ${row.read_state}: ${row.reason ?? ''}`),
    ...silent.map((row) => `${row.command_uuid} was answered and does not know it`),
  ]
}
