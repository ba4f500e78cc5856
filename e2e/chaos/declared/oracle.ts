import { findCommand } from '@/lib/db/queries/trials/commands'
import { listDeclarationSteps, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { mayBeReleasedAgain } from '@/lib/domain/trial/command-slot'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import type { Bench, Lab } from '../bench-trip'
import { findLost, findUnanswered } from '../oracle'
import type { VirtualKmfddm } from './virtual-kmfddm'
import type { Wire } from './wire'

type Declared = {
  lab: Lab
  bench: Bench
  kmfddm: Pick<VirtualKmfddm, 'wire' | 'holds'>
  commandUuid: string
}
type Record = Awaited<ReturnType<typeof recordOf>>

async function recordOf({ lab, commandUuid }: Declared) {
  const command = await findCommand(lab.db, commandUuid)
  if (!command) throw new Error(`declaration ${commandUuid} is not in the record`)
  const [removal] = await listRemovals(lab.db, [commandUuid])
  return { command, removal, steps: await listDeclarationSteps(lab.db, [commandUuid]) }
}

/** What the record and the log have of a declaration, for whoever looks into a problem. */
export async function describeDeclared(declared: Declared): Promise<string> {
  const { command, removal, steps } = await recordOf(declared)
  const { enrollmentId } = declared.bench.device
  const { bodies: _, ...wire } = declared.kmfddm.wire(
    enrollmentId,
    enforcementNames(command.commandUuid).set,
  )
  const made = steps.map(
    ({ step, outcome, at }) => `${at.toISOString().slice(14, 23)} ${step} ${outcome}`,
  )
  return JSON.stringify({ state: command.state, answered: command.answeredAt, made, removal, wire })
}

/** States in which the record says that nothing was attached. */
const unsent = ['reserved', 'cancelled', 'lapsed', 'notSent', 'refused']

/**
 * Compares the record of a declaration with the log of the virtual KMFDDM and with what that holds: attached at most once
 * and with the committed bytes; never recorded as unsent, as removed or as seen where the log has it otherwise; no check-in
 * lost. `ended`: hours after the end of its trial, when nothing of it may be left.
 */
export async function findDeclaredProblems(declared: Declared, ended: boolean): Promise<string[]> {
  const { lab, bench, kmfddm, commandUuid } = declared
  const { enrollmentId } = bench.device
  const names = enforcementNames(commandUuid)
  const wire = kmfddm.wire(enrollmentId, names.set)
  const record = await recordOf(declared)
  const holds = await kmfddm.holds(enrollmentId)
  const isAttached = holds.attached.includes(names.set)
  const stored = holds.declarations.filter((one) => one.startsWith(`${names.set}.`))
  return [
    ...sendProblems(wire, record, isAttached),
    ...bytesProblems(wire, record),
    ...removalProblems(wire, record, isAttached),
    ...sightProblems(wire, record),
    ...(ended ? leftProblems(record, isAttached, stored) : []),
    ...(await findLost(lab, bench)),
    ...(await findUnread(lab, bench)),
    ...(await findUnanswered(lab, bench)),
    ...(await findUnlogged(lab, bench)),
  ]
}

/** Messages of the device that were not read; the answers to KMFDDM's own commands are of no command of the record. */
async function findUnread(lab: Lab, { device }: Bench): Promise<string[]> {
  const rows = await lab.sql<{ id: number; read_state: string; reason: string | null }[]>`
    select id, read_state, reason from raw_events
    where mdm_server_id = ${device.mdmServerId} and (read_state = 'unread'
      or (read_state not in ('read', 'duplicate') and enrollment_id = ${device.enrollmentId}
        and reason not like 'another program wrote the command%'))`
  return rows.map(({ id, read_state, reason }) => `event ${id} is ${read_state}: ${reason ?? ''}`)
}

/** Check-ins of declarative management that were read, and of which nothing is on the record. */
async function findUnlogged(lab: Lab, { device }: Bench): Promise<string[]> {
  const rows = await lab.sql<{ id: number }[]>`
    select e.id from raw_events e where e.mdm_server_id = ${device.mdmServerId} and e.enrollment_id = ${device.enrollmentId}
      and e.topic = 'mdm.DeclarativeManagement' and e.read_state = 'read'
      and not exists (select from declaration_events d where d.raw_event_id = e.id)`
  return rows.map(({ id }) => `check-in ${id} is not on the record (I5)`)
}

function sendProblems({ attaches, attached }: Wire, record: Record, isAttached: boolean): string[] {
  const { state } = record.command
  const announced = record.steps.filter(({ outcome }) => outcome === 'leaving').length
  const happened = attached.length > 0 || isAttached
  return [
    ...(attaches > 1 ? [`the set was sent to be attached ${attaches} times (I1)`] : []),
    ...(attaches > announced ? ['an attach left that was not announced (I2)'] : []),
    ...(happened && unsent.includes(state)
      ? [`the set was attached, and the declaration is recorded as ${state} (I7)`]
      : []),
    ...(state === 'queued' && !happened
      ? ['it is recorded as queued, and was never attached (I7)']
      : []),
    ...(state === 'sending' ? ['it is stuck in sending (F08)'] : []),
  ]
}

function bytesProblems({ bodies }: Wire, { command }: Record): string[] {
  // A line for each declaration, exactly as it is put.
  const texts = Buffer.from(command.plist).toString().split('\n')
  return bodies
    .filter((body) => !texts.includes(body))
    .map((body) => `other bytes than the committed ones were stored (I2): ${body.slice(0, 80)}`)
}

function removalProblems(wire: Wire, { removal, command }: Record, isAttached: boolean): string[] {
  if (!removal) {
    const gone = wire.detached.length > 0 && 'it was detached, and nobody takes it back (I7)'
    const lost = command.state === 'queued' && !isAttached && 'it is recorded as queued and is gone'
    return [gone, lost].flatMap((one) => one || [])
  }
  // An attach that is still on its way may come after the detach.
  const mayArrive = command.state === 'unconfirmed' && !removal.finishedAt
  return removal.detachedAt && isAttached && !mayArrive
    ? ['it is recorded as detached, and is attached (I7)']
    : []
}

/** What the record says that the device has shown. */
function sightProblems({ asked, attached, detached }: Wire, record: Record): string[] {
  const { command, removal } = record
  const afterAttach = asked.filter(({ index }) => index > (attached[0] ?? Number.POSITIVE_INFINITY))
  const knows = afterAttach.some(({ endpoint }) => /^(declaration\/|status)/.test(endpoint))
  const changed = Math.max(-1, ...attached, ...detached)
  const without = asked.some(
    ({ endpoint, listed, index }) =>
      index > changed && !listed && (endpoint === 'declaration-items' || endpoint === 'status'),
  )
  return [
    ...(command.answeredAt && !knows ? ['it is recorded as fetched, and was not (I7)'] : []),
    ...(removal?.seenGoneAt && !without
      ? ['it is recorded as removed from the device, which has not looked since (I7)']
      : []),
  ]
}

function leftProblems({ removal, command }: Record, isAttached: boolean, stored: string[]) {
  const begun = command.sendingAt !== null
  return [
    ...(isAttached ? ['it is still attached after the end of its trial'] : []),
    ...(stored.length > 0 ? [`${stored.join(', ')} stayed on the server`] : []),
    ...(begun && !removal?.finishedAt ? ['its removal has not come to its end'] : []),
    ...(mayBeReleasedAgain(command.state) && removal?.cause === 'person'
      ? ['a person has withdrawn what was never sent']
      : []),
  ]
}
