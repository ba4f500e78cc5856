import { closedTrialStates, type TrialState } from '../trial/trial'
import { canonicalJson } from './canonical-json'
import { type SignatureAct, signatureActInfo } from './signature'

type Row = Record<string, unknown>

/** Who signed what, from the signature's row; `details` is what the act itself adds. */
export type SignatureFacts = {
  act: SignatureAct
  meaning: string
  byId: string
  byName: string
  byRole: string
  at: Date
  method: string
  proofId: string
  slotOrdinal?: number | null | undefined
  verdictId?: number | null | undefined
  commandUuid?: string | null | undefined
  reason: string
  details: Row
}

/** All rows of a trial that a signature may bind to. */
export type SignedRows = {
  trial: { id: string; state: TrialState } & Row
  registration: string | null
  /** How the trial was closed; ignored while it is open. */
  closing: Row
  device: Row
  protocol: { id: string; version: number; plan: unknown }
  verdicts: ({ id: number } & Row)[]
  readings: ({ id: number; field: string } & Row)[]
  commands: {
    commandUuid: string
    deviceId: string
    mdmServerId: string
    enrollmentId: string
    slotOrdinal: number | null
    purpose: string
    requestType: string
    plistSha256: string
  }[]
  events: ({ id: number } & Row)[]
  observations: ({ id: number } & Row)[]
  attachments: ({ id: number } & Row)[]
  attachmentWithdrawals: ({ id: number } & Row)[]
  decisions: ({ id: number } & Row)[]
  secondReadings: ({ id: number } & Row)[]
  commandEvents: ({ id: number } & Row)[]
  replies: ({ id: number } & Row)[]
}

/** By key of a row, the SHA-256 of its canonical JSON. */
type Digests = Record<string, string>

/** What is signed. Its canonical JSON is stored, so that it can be shown and compared with one rebuilt from the tables. */
export type SignedRecord = {
  format: 'oneway-signature-1'
  signature: Row
  trial: Row
  registrationSha256?: string | undefined
  device: Row
  protocol: Row
  verdict?: Row | undefined
  command?: Row | undefined
  startingState?: Digests | undefined
  closing?: Row | undefined
  commands?: Digests | undefined
  events?: Digests | undefined
  observations?: Digests | undefined
  /** Absent where there was none when it was signed. */
  attachments?: Digests | undefined
  attachmentWithdrawals?: Digests | undefined
  decisions?: Digests | undefined
  /** Absent where there was none when it was signed. */
  secondReadings?: Digests | undefined
  commandEvents?: Digests | undefined
  replies?: Digests | undefined
}

type Digest = (text: string) => string

/** In these states the row of the trial changes only by a correction, so it is signed as well. */
const closedStates: readonly TrialState[] = closedTrialStates

/**
 * The record that a signature binds to: when signing, everything that exists now; when checking, only what existed in
 * `signed`, so that a record which has only grown is still the same.
 */
export function signedRecord(
  { signature, rows }: { signature: SignatureFacts; rows: SignedRows },
  digest: Digest,
  signed?: SignedRecord,
): SignedRecord {
  const { trial, registration, device, protocol } = rows
  const { slotOrdinal, verdictId, commandUuid } = signature
  const { state: _, ...identity } = trial
  return {
    format: 'oneway-signature-1',
    signature: {
      ...signature,
      slotOrdinal: slotOrdinal ?? undefined,
      verdictId: verdictId ?? undefined,
      commandUuid: commandUuid ?? undefined,
    },
    trial: identity,
    registrationSha256: registration === null ? undefined : digest(registration),
    device,
    protocol: {
      id: protocol.id,
      version: protocol.version,
      planSha256: digest(canonicalJson(protocol.plan)),
    },
    verdict: verdictOf(rows, verdictId, digest),
    command: rows.commands.find((command) => command.commandUuid === commandUuid),
    ...(signatureActInfo[signature.act].binds === 'slot'
      ? { startingState: startingStateOf(rows, digest, signed) }
      : wholeOf(rows, digest, signed)),
  }
}

function verdictOf(rows: SignedRows, id: number | null | undefined, digest: Digest) {
  const verdict = rows.verdicts.find((one) => one.id === id)
  if (!verdict) return undefined
  const { findings, ...rest } = verdict
  return { ...rest, findingsSha256: digest(canonicalJson(findings)) }
}

/** The readings of the starting state, by field and ID; neither a reading nor the choice of readings may change. */
function startingStateOf({ readings }: SignedRows, digest: Digest, signed?: SignedRecord): Digests {
  const named = signed && new Set(Object.keys(signed.startingState ?? {}))
  const rows = readings.filter((row) => named === undefined || named.has(readingKey(row)))
  return Object.fromEntries(rows.map((row) => [readingKey(row), digest(canonicalJson(row))]))
}

const readingKey = ({ field, id }: { field: string; id: number }) => `${field} ${id}`

/** The IDs of the readings in a signed record, so that they can be read again. */
export const readingIdsOf = (signed: SignedRecord): number[] =>
  Object.keys(signed.startingState ?? {}).map((key) => Number(key.split(' ')[1]))

function wholeOf(rows: SignedRows, digest: Digest, signed?: SignedRecord) {
  const closed = signed ? signed.closing !== undefined : closedStates.includes(rows.trial.state)
  const upTo = <R extends { id: number }>(list: R[], then: Digests | undefined) => {
    const last = then && Math.max(0, ...Object.keys(then).map(Number))
    return digests(
      list.filter(({ id }) => last === undefined || id <= last),
      ({ id }) => String(id),
      digest,
    )
  }
  // A reply may be matched to its trial long after it was stored, and commands have no order. Of these only the rows in
  // the signed record are compared, and later ones are ignored.
  const named = <R extends Row>(list: R[], key: (row: R) => string, then: Digests | undefined) =>
    digests(
      list.filter((row) => !signed || then?.[key(row)] !== undefined),
      key,
      digest,
    )
  // Left out if there is none, so that signatures from before there were such rows keep their record.
  const later = (list: ({ id: number } & Row)[], then: Digests | undefined) =>
    (signed ? then === undefined : list.length === 0) ? undefined : upTo(list, then)
  return {
    closing: closed ? closingOf(rows, signed) : undefined,
    commands: named(rows.commands, ({ commandUuid }) => commandUuid, signed?.commands),
    events: upTo(rows.events, signed?.events),
    observations: upTo(rows.observations, signed?.observations),
    attachments: later(rows.attachments, signed?.attachments),
    attachmentWithdrawals: later(rows.attachmentWithdrawals, signed?.attachmentWithdrawals),
    decisions: upTo(rows.decisions, signed?.decisions),
    secondReadings: later(rows.secondReadings, signed?.secondReadings),
    commandEvents: upTo(rows.commandEvents, signed?.commandEvents),
    replies: named(rows.replies, ({ id }) => String(id), signed?.replies),
  }
}

const endColumns = ['endOs', 'endBuild', 'endSupplementalBuild', 'endSeenAt']
const outcomeColumns = ['outcome', 'outcomeReason', 'overruled']

/**
 * How the trial was closed. What a later correction has moved is compared no more: of a sighting, the end; of the
 * outcome, the outcome. The correction is in the record with its person and reason, and signed by whoever signs next.
 */
function closingOf({ closing, observations, decisions }: SignedRows, signed?: SignedRecord): Row {
  const was = signed?.closing
  if (!was) return closing
  const since = (rows: readonly ({ id: number } & Row)[], then: Digests | undefined) =>
    rows.filter(({ id }) => id > Math.max(0, ...Object.keys(then ?? {}).map(Number)))
  // The end rests on sightings of a new OS: a correction of anything else moves none.
  const movesEnd = since(observations, signed.observations).some(({ kind, correctsId }) => {
    const corrected = observations.find(({ id }) => id === correctsId)
    return corrected && [kind, corrected.kind].includes('newOsSeen')
  })
  const moved = [
    ...(movesEnd ? endColumns : []),
    ...(since(decisions, signed.decisions).length > 0 ? outcomeColumns : []),
  ]
  const isMoved = ([name]: [string, unknown]) => moved.includes(name)
  return Object.fromEntries([
    ...Object.entries(closing).filter((one) => !isMoved(one)),
    ...Object.entries(was).filter(isMoved),
  ])
}

const digests = <R extends Row>(list: R[], key: (row: R) => string, digest: Digest): Digests =>
  Object.fromEntries(list.map((row) => [key(row), digest(canonicalJson(row))]))

/**
 * The differences between two records, as paths with the signed and the current value; empty if there is none. Rows are
 * named by key, so that a changed, missing or added one can be found.
 */
export function recordDifferences(signed: unknown, now: unknown, path = ''): string[] {
  if (isObject(signed) && isObject(now)) {
    const keys = [...new Set([...Object.keys(signed), ...Object.keys(now)])].toSorted()
    return keys.flatMap((key) =>
      recordDifferences(signed[key], now[key], path === '' ? key : `${path}.${key}`),
    )
  }
  const [was, is] = [inWords(signed), inWords(now)]
  return was === is ? [] : [`${path}: signed ${was}, now ${is}`]
}

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function inWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  const text = canonicalJson(value)
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}
