import type { Db } from '@/lib/db/client'
import {
  readStanding,
  type Standing,
  standsInTrail,
} from '@/lib/db/queries/servers/database-identity'
import { findLatestStopOf, type SendingStop } from '@/lib/db/queries/servers/sending-stops'
import { hasSentIntervention, listKnownAsSent } from '@/lib/db/queries/trials/sent-commands'
import { identityDifferences, isAccepted, type WitnessState } from '@/lib/domain/server/witness'
import type { Witness } from '@/lib/witness/witness'
import { rootMessage } from '../shared/failure'
import { stopAllSending, type WitnessFinding, withoutAlarm } from './sending-stop'

/**
 * Compares the database with what the witness file remembers of it, and stops all sending if it is another
 * database or went back in time. A state that a lead has accepted since then is what the next check compares with.
 */
export async function checkWitness(
  db: Db,
  witness: Witness,
  now: Date,
): Promise<'fine' | 'accepted' | 'stopped'> {
  const standing = await readStanding(db)
  const finding = await findDifference(db, witness, standing)
  if (finding === undefined) {
    keepStanding(witness, standing, now)
    return 'fine'
  }
  const stop = await findAcceptance(db, witness, standing, finding)
  if (stop === undefined) {
    await stopAllSending(db, { witnessId: witness.id(), finding, standing }, now)
    return 'stopped'
  }
  witness.write(standing.identity.lab, {
    kind: 'accepted',
    at: now.toISOString(),
    ...standing,
    stopId: stop.id,
    foundAt: stop.foundAt.toISOString(),
  })
  witness.keepHead(standing.identity.lab, standing.head)
  return 'accepted'
}

/**
 * The cheap part of the check, made at each claim and before each send.
 * @param standing of `db`, read on the connection whose database is in question
 * @returns how the database differs from what the witness remembers; undefined if it does not
 */
export async function findWitnessProblem(
  db: Db,
  witness: Witness,
  standing: Standing,
): Promise<string | undefined> {
  const kept = readKept(witness, standing)
  if ('reason' in kept) return kept.reason
  if (!kept.began) return 'the witness of this data folder has not been compared with the database'
  return (await listDifferences(db, kept, standing)).join('; ') || undefined
}

async function findDifference(
  db: Db,
  witness: Witness,
  standing: Standing,
): Promise<WitnessFinding | undefined> {
  const kept = readKept(witness, standing)
  if ('reason' in kept) return { reason: kept.reason, unknown: [], nothingMissing: false }
  if (!kept.began) {
    const gone = (await listDifferences(db, kept, standing)).join('; ')
    if (gone) return { reason: `${linesGone}: ${gone}`, unknown: [], nothingMissing: false }
    return (await hasSentIntervention(db))
      ? { reason: noWitness, unknown: [], nothingMissing: false }
      : undefined
  }
  const differences = await listDifferences(db, kept, standing)
  const known = new Set(await listKnownAsSent(db, kept.recent))
  const unknown = kept.recent.flatMap((uuid) =>
    known.has(uuid) ? [] : (kept.sends.get(uuid) ?? []),
  )
  if (unknown.length > 0)
    differences.push(
      unknown.length === 1
        ? '1 command was sent that it does not know as sent'
        : `${unknown.length} commands were sent that it does not know as sent`,
    )
  if (differences.length === 0) return undefined
  const isSameCluster = kept.identity?.system === standing.identity.system
  const headStands = kept.head === undefined || (await standsInTrail(db, kept.head))
  return {
    reason: `the database is not as this program last saw it: ${differences.join('; ')}`,
    unknown,
    nothingMissing: unknown.length === 0 && headStands && isSameCluster,
  }
}

const noWitness =
  'the database has sent commands, and this data folder holds no witness of them: it is a new folder, or it was moved or lost'

const linesGone =
  'the witness of what was sent is gone, and the database is not as this program last saw it'

async function listDifferences(
  db: Db,
  { identity, head }: WitnessState,
  standing: Standing,
): Promise<string[]> {
  const found = identity ? identityDifferences(identity, standing.identity) : []
  if (head && !(await standsInTrail(db, head)))
    found.push(`it went back in time: entry ${head.seq} of the audit trail is not in its chain`)
  return found
}

function readKept(witness: Witness, { identity }: Standing): WitnessState | { reason: string } {
  try {
    return witness.read(identity.lab)
  } catch (error) {
    return { reason: `the witness of what was sent cannot be read: ${rootMessage(error)}` }
  }
}

/**
 * The stop of this witness that a lead has ended for this state of the database and that the witness has not
 * recorded as accepted. Undefined while a send has no alarm on its device: nobody has looked at that device.
 */
async function findAcceptance(
  db: Db,
  witness: Witness,
  standing: Standing,
  { unknown }: WitnessFinding,
): Promise<SendingStop | undefined> {
  const stop = await findLatestStopOf(db, witness.id())
  if (!stop?.endedAt) return undefined
  const kept = readKept(witness, standing)
  if ('reason' in kept || isAccepted(kept.acceptedStops, stop.id, stop.foundAt)) return undefined
  if ((await withoutAlarm(db, unknown)).length > 0) return undefined
  const isSame = identityDifferences(stop.found.identity, standing.identity).length === 0
  return isSame && (await standsInTrail(db, stop.found.head)) ? stop : undefined
}

function keepStanding(witness: Witness, standing: Standing, now: Date): void {
  const { lab } = standing.identity
  const kept = witness.read(lab)
  if (!kept.began) witness.write(lab, { kind: 'began', at: now.toISOString(), ...standing })
  else if (kept.head?.hash !== standing.head.hash) witness.keepHead(lab, standing.head)
}
