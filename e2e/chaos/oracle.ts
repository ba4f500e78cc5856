import type { Bench, Lab } from './bench-trip'
import type { FaultMdm } from './fault-mdm'

type Row = { command_uuid: string; state: string; plist_sha256: string; enrollment_id: string }

/**
 * Compares the record with what the MDM server accepted, and returns the broken invariants: at most one
 * accepted enqueue per slot, for the trial's device only, with the committed bytes; an accepted command is
 * never recorded as unsent; no acknowledged body is lost; nothing is stuck.
 */
export async function findProblems(lab: Lab, bench: Bench, mdm: FaultMdm): Promise<string[]> {
  const commands = await lab.sql<Row[]>`
    select command_uuid, state, plist_sha256, enrollment_id from commands
    where device_id = ${bench.device.id}`
  const of = (uuid: string) => commands.find(({ command_uuid }) => command_uuid === uuid)
  const accepted = mdm.ledger.filter((one) => one.enrollmentId === bench.device.enrollmentId)
  const problems = accepted.flatMap((entry) => {
    const row = of(entry.commandUuid)
    const name = `${entry.requestType} ${entry.commandUuid}`
    if (!row) return [`${name} was sent and is not in the record (I2)`]
    const unsent = ['reserved', 'cancelled', 'lapsed', 'notSent', 'refused']
    return [
      ...(unsent.includes(row.state)
        ? [`${name} was accepted and is recorded as ${row.state} (I7)`]
        : []),
      ...(row.state === 'sending' ? [`${name} is stuck in sending (F08)`] : []),
      ...(row.plist_sha256 === entry.sha256 ? [] : [`${name} was sent with other bytes (I2)`]),
      ...(entry.simple ? [] : [`${name} went to several devices (I3)`]),
    ]
  })
  const interventions = accepted.filter((one) => one.requestType === 'ScheduleOSUpdate')
  if (interventions.length > 1)
    problems.push(`the slot was sent ${interventions.length} times (I1)`)
  const twice = accepted.filter(
    (one, i) => accepted.findIndex((a) => a.commandUuid === one.commandUuid) !== i,
  )
  for (const one of twice) problems.push(`${one.commandUuid} was accepted twice (I1)`)
  return [...problems, ...(await findLost(lab, bench)), ...(await findUnread(lab, bench))]
}

/** Answers that repeat one which was read before are kept beside the events. */
export async function findLost(lab: Lab, bench: Bench): Promise<string[]> {
  const rows = await lab.sql<{ body: string }[]>`
    select encode(body, 'hex') as body from raw_events where mdm_server_id = ${bench.device.mdmServerId}
    union all
    select encode(body, 'hex') from repeated_events where mdm_server_id = ${bench.device.mdmServerId}`
  const kept = new Set(rows.map(({ body }) => body))
  return bench.acknowledged
    .filter((body) => !kept.has(body))
    .map((body) => `a body answered with 200 is lost (I5): ${body.slice(0, 40)}…`)
}

/** Stored answers that were not read, and commands without their stored answer. */
async function findUnread(lab: Lab, bench: Bench): Promise<string[]> {
  const rows = await lab.sql<{ id: number; read_state: string; reason: string | null }[]>`
    select id, read_state, reason from raw_events
    where mdm_server_id = ${bench.device.mdmServerId} and read_state not in ('read', 'duplicate')`
  return [
    ...rows.map((row) => `event ${row.id} is ${row.read_state}: ${row.reason ?? ''}`),
    ...(await findUnanswered(lab, bench)),
  ]
}

/** Commands that were answered, and are not on the record as answered. */
export async function findUnanswered(lab: Lab, bench: Bench): Promise<string[]> {
  const silent = await lab.sql<{ command_uuid: string }[]>`
    select c.command_uuid from commands c join raw_events e
      on e.mdm_server_id = c.mdm_server_id and lower(e.command_uuid) = c.command_uuid::text
    where c.device_id = ${bench.device.id} and e.read_state = 'read' and e.status <> 'NotNow' and c.answered_at is null`
  return silent.map((row) => `${row.command_uuid} was answered, but not recorded as answered`)
}
