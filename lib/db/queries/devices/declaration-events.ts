import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { declarationEvents } from '@/lib/db/schema/declaration-events'
import { commands, trials } from '@/lib/db/schema/schema'
import {
  declarationsOfTrial,
  type SentDeclaration,
  type TrialDeclarations,
} from '@/lib/domain/declaration/of-trial'
import {
  type OwnIdentifier,
  type OwnPart,
  ownIdentifier,
  readOwnIdentifier,
  subscriptionType,
} from '@/lib/domain/declaration/own-identifier'
import {
  type DeclarationStanding,
  type DeclarationVerdict,
  foldDeclarations,
  judgeDeclarations,
} from '@/lib/domain/declaration/standing'
import { mayHaveLeftStates } from '@/lib/domain/trial/command-slot'

type NewDeclarationEvent = typeof declarationEvents.$inferInsert

/** The database takes environment, and for a command of this lab the trial, from the rows that it points at. */
export async function insertDeclarationEvent(db: Db, event: NewDeclarationEvent): Promise<void> {
  await db.insert(declarationEvents).values(event)
}

/** A declaration that a command of this lab has made, and the trial of that command. */
type OwnDeclaration = OwnIdentifier & { trialId: string | null; trialNumber: number | null }
export type OwnDeclarations = ReadonlyMap<string, OwnDeclaration>

const ofSubscription: readonly OwnPart[] = ['subscribe', 'activate-subscription']

/** Whether the stored bytes of a declaration have a status subscription; those of an older version have none. */
const subscribes = sql<boolean>`position(convert_to(${`"Type":"${subscriptionType}"`}, 'UTF8') in ${commands.plist}) > 0`

/** Which of these identifiers are of declarations that this lab has made for this device. */
export async function findOwnDeclarations(
  db: Db,
  deviceId: string,
  identifiers: readonly string[],
): Promise<OwnDeclarations> {
  const read = identifiers.flatMap((identifier) => {
    const own = readOwnIdentifier(identifier)
    return own ? [{ identifier, own }] : []
  })
  if (read.length === 0) return new Map()
  const uuids = read.map(({ own }) => own.commandUuid)
  const rows = await db
    .select({
      commandUuid: commands.commandUuid,
      trialId: commands.trialId,
      trialNumber: trials.number,
      subscribes,
    })
    .from(commands)
    .leftJoin(trials, eq(trials.id, commands.trialId))
    .where(and(eq(commands.deviceId, deviceId), inArray(commands.commandUuid, uuids)))
  return new Map(
    read.flatMap(({ identifier, own }) => {
      const row = rows.find(({ commandUuid }) => commandUuid === own.commandUuid)
      if (!row || (ofSubscription.includes(own.part) && !row.subscribes)) return []
      const { trialId, trialNumber } = row
      return [[identifier, { ...own, trialId, trialNumber }] as const]
    }),
  )
}

/** More than a device has sent between two full reports, which it makes about once a day. */
const maxFolded = 1000

/** The newest check-ins that say what holds on a device. One that counts for nothing, or could not be read, is left out. */
async function listFoldedEvents(db: Db, deviceId: string) {
  const e = declarationEvents
  const ofDevice = and(
    eq(e.deviceId, deviceId),
    inArray(e.kind, ['status', 'configuration']),
    isNull(e.problem),
  )
  return db
    .select({
      id: e.rawEventId,
      at: e.at,
      kind: e.kind,
      identifier: e.identifier,
      claims: e.claims,
    })
    .from(e)
    .where(ofDevice)
    .orderBy(desc(e.at), desc(e.rawEventId))
    .limit(maxFolded)
}

export type DeviceDeclarations = {
  standing: DeclarationStanding
  own: OwnDeclarations
  /** Undefined if the device has said nothing about it. */
  verdict: DeclarationVerdict | undefined
}

/** What the check-ins of a device say about declarations on it, and whether one of them is for a software update. */
export async function findDeclarations(db: Db, deviceId: string): Promise<DeviceDeclarations> {
  const standing = foldDeclarations(await listFoldedEvents(db, deviceId))
  const named = [
    ...standing.declarations.map(({ identifier }) => identifier),
    ...standing.asked.map(({ identifier }) => identifier),
    standing.newest.installReason?.value.declaration ?? [],
  ].flat()
  const own = await findOwnDeclarations(db, deviceId, [...new Set(named)])
  const ownPart = (identifier: string) => own.get(identifier)?.part
  return { standing, own, verdict: judgeDeclarations(standing, ownPart) }
}

/** When a device last asked for its tokens and for the list of its declarations. */
export async function lastAsked(
  db: Db,
  deviceId: string,
): Promise<{ kind: 'tokens' | 'items'; at: Date; rawEventId: number }[]> {
  const rows = await db.execute<{ kind: 'tokens' | 'items'; at: string; rawEventId: number }>(sql`
    select distinct on (kind) kind, at, raw_event_id::float8 as "rawEventId" from declaration_events
    where device_id = ${deviceId} and kind in ('tokens', 'items') order by kind desc, at desc, id desc`)
  return rows.map((row) => ({ ...row, at: new Date(row.at) }))
}

/** The declarations that a trial has put or may have put on a device, and what the device has named since; for rule Q9. */
export async function findTrialDeclarations(
  db: Db,
  deviceId: string,
  trialId: string,
): Promise<TrialDeclarations | undefined> {
  const rows = await db
    .select({ commandUuid: commands.commandUuid, at: commands.sendingAt, subscribes })
    .from(commands)
    .where(
      and(
        eq(commands.trialId, trialId),
        sql`${commands.requestType} = 'SoftwareUpdateEnforcement'`,
        inArray(commands.state, [...mayHaveLeftStates]),
      ),
    )
  const sent = rows.flatMap(({ commandUuid, at, subscribes }): SentDeclaration[] => {
    if (!at) return []
    const one = { identifier: ownIdentifier(commandUuid, 'enforce'), at }
    return [subscribes ? { ...one, subscription: ownIdentifier(commandUuid, 'subscribe') } : one]
  })
  return sent.length === 0
    ? undefined
    : declarationsOfTrial(sent, await listFoldedEvents(db, deviceId))
}
