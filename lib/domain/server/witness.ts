/**
 * What the sending process records outside of the database before each request, and how a database that went back in
 * time is recognised. docs/decisions/034-a-witness-outside-the-database.md
 */

/** What identifies a database and its history. */
export type DatabaseIdentity = {
  /** The hash of the audit trail's first entry: it identifies the lab, wherever its rows are copied to. */
  lab: string
  /** The cluster's system identifier (`pg_control_system`); undefined if the login may not read it. */
  system?: string | undefined
  databaseOid: number
  /** Only shown, not compared. */
  databaseName: string
  /** Increases at each promotion and point-in-time recovery; undefined if it cannot be read. */
  timeline?: number | undefined
}

export type TrailHead = { seq: number; hash: string }

/** A request that was about to be sent. */
export type WitnessedSend = {
  kind: 'sent'
  /** ISO 8601, UTC. */
  at: string
  identity: DatabaseIdentity
  head: TrailHead
  commandUuid: string
  requestType: string
  deviceId: string
  enrollmentId: string
  mdmServerId: string
  trialId: string | null
  slotOrdinal: number | null
}

export type WitnessEntry =
  | WitnessedSend
  /** The first line: from here on this folder is the witness of this lab. */
  | { kind: 'began'; at: string; identity: DatabaseIdentity; head: TrailHead }
  /** A lead has accepted the database as it was then; from here on it is compared with that. */
  | {
      kind: 'accepted'
      at: string
      identity: DatabaseIdentity
      head: TrailHead
      stopId: number
      /** Distinguishes the stop from one with the same number in a database that went back; absent in old lines. */
      foundAt?: string | undefined
    }
  /** The request provably never left, so its CommandUUID may be released again. */
  | { kind: 'notSent'; at: string; commandUuid: string }
  /** The line before was cut by a crash or a full disk: its request was never sent. */
  | { kind: 'torn'; at: string }

export type WitnessState = {
  began: boolean
  /** The identity that the database must have. */
  identity: DatabaseIdentity | undefined
  /** The newest head that must be in its chain. */
  head: TrailHead | undefined
  /** Every request that was or may have been sent, by CommandUUID. */
  sends: ReadonlyMap<string, WitnessedSend>
  /** CommandUUIDs of those since a lead last accepted the database. */
  recent: readonly string[]
  /** Stops that have been accepted already; each is accepted once. */
  acceptedStops: readonly AcceptedStop[]
}

/** A database that went back numbers its stops from there again, so the number alone is not unique. */
export type AcceptedStop = { stopId: number; foundAt?: string | undefined }

export const isAccepted = (stops: readonly AcceptedStop[], id: number, foundAt: Date): boolean =>
  stops.some(
    (stop) =>
      stop.stopId === id && (stop.foundAt ?? foundAt.toISOString()) === foundAt.toISOString(),
  )

export const emptyWitness: WitnessState = {
  began: false,
  identity: undefined,
  head: undefined,
  sends: new Map(),
  recent: [],
  acceptedStops: [],
}

/** The state after one more entry. */
export function addEntry(state: WitnessState, entry: WitnessEntry): WitnessState {
  switch (entry.kind) {
    case 'torn':
      return state
    case 'began':
      return { ...state, began: true, identity: entry.identity, head: entry.head }
    case 'accepted':
      return {
        ...state,
        began: true,
        identity: entry.identity,
        head: entry.head,
        recent: [],
        acceptedStops: [...state.acceptedStops, { stopId: entry.stopId, foundAt: entry.foundAt }],
      }
    case 'notSent': {
      const sends = new Map(state.sends)
      sends.delete(entry.commandUuid)
      return { ...state, sends, recent: state.recent.filter((uuid) => uuid !== entry.commandUuid) }
    }
    case 'sent': {
      const sends = new Map(state.sends).set(entry.commandUuid, entry)
      const head = newerHead(state.head, entry.head)
      return { ...state, sends, head, recent: [...state.recent, entry.commandUuid] }
    }
  }
}

export const newerHead = (one: TrailHead | undefined, other: TrailHead): TrailHead =>
  one && one.seq >= other.seq ? one : other

/** How a database differs from the remembered one, in words; empty if it does not. */
export function identityDifferences(was: DatabaseIdentity, is: DatabaseIdentity): string[] {
  const differs = <T>(one: T | undefined, other: T | undefined) =>
    one !== undefined && other !== undefined && one !== other
  const found: string[] = []
  if (was.lab !== is.lab) found.push('the witness belongs to another lab')
  if (differs(was.system, is.system))
    found.push(`it is another PostgreSQL cluster (${is.system}, before ${was.system})`)
  if (was.databaseOid !== is.databaseOid)
    found.push(`it is another database (${is.databaseName}, before ${was.databaseName})`)
  if (differs(was.timeline, is.timeline))
    found.push(
      `its timeline is ${is.timeline}, before ${was.timeline}: a standby was promoted, or it was recovered to a point in time`,
    )
  return found
}
