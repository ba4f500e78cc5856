import { findBeginning, findMoment, inThePast, listRecordChanges } from '@/lib/db/audit/past'
import type { Db } from '@/lib/db/client'
import { listCustodies, listHandOvers } from '@/lib/db/queries/devices/custody'
import { listCustomFields, listFieldHistory } from '@/lib/db/queries/devices/custom-fields'
import { findDeclarations, lastAsked } from '@/lib/db/queries/devices/declaration-events'
import { getDevice } from '@/lib/db/queries/devices/devices'
import { listOutsideUpdates } from '@/lib/db/queries/devices/outside-updates'
import { currentState } from '@/lib/db/queries/devices/readings'
import {
  findLatestVerdict,
  findLatestVerdictOfDevice,
  listWaivers,
} from '@/lib/db/queries/devices/verdicts'
import {
  countChecksOfTrial,
  listContradictionsOfTrial,
} from '@/lib/db/queries/events/contradictions'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { findBookingOfTrial, listBookings } from '@/lib/db/queries/planning/bookings'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listCommandsOfDevice, listUnaskedNotes } from '@/lib/db/queries/trials/commands'
import { listReviewEvents } from '@/lib/db/queries/trials/reviews'
import {
  findSecondReading,
  findStandingIfAsked,
  listOutcomeOpenings,
} from '@/lib/db/queries/trials/second-readings'
import { findTrialView } from '@/lib/db/queries/trials/trial-view'
import { listTrialsOfDevice } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { allOf } from '@/lib/domain/all-of'
import type { RecordChange } from '@/lib/domain/record-change'
import { isUnread, isWithheld, type ReaderStanding } from '@/lib/domain/review/second-reading'
import { readInstant } from '@/lib/domain/text/instant'
import type { TrialEventKind } from '@/lib/domain/trial/trial'
import { checkSignatures } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'

/** `asOf` is an instant in UTC, in the form used in URLs; without it the current record is read. */
export type RecordAt = { id: string; asOf?: string | undefined }

/** The instant that was read, and all changes of the record until now, the newest first. */
export type History = { at: Date; changes: RecordChange[] }

/** `history` is undefined if the current record was read. */
export type ReadRecord<T> =
  | { status: 'shown'; record: T; history: undefined }
  | { status: 'shown'; record: T; history: History }
  /** It was created after the instant. */
  | { status: 'notYet'; since: Date; history: History }
  /** The audit trail began to watch it only after the instant. */
  | { status: 'unknown'; since: Date; history: History }
  | Refusal

/** The record of a device, now or at an instant. The device must exist now. */
export function readDevice(
  db: Db,
  actor: Actor,
  input: RecordAt,
  now: Date,
): Promise<ReadRecord<DeviceRecord>> {
  return readRecord(db, actor, { ...input, table: 'devices' }, now, deviceRecord)
}

/**
 * The record of a trial, now or at an instant. Signatures are checked against the record at that instant. Until its second
 * reading, where the protocol asks for one, what is proposed and decided is withheld from whoever has not opened it; from
 * everybody where it is read for many people, as a report is.
 */
export async function readTrial(
  db: Db,
  actor: Actor,
  { forMany, ...input }: RecordAt & { forMany?: boolean },
  now: Date,
): Promise<ReadRecord<TrialRecord>> {
  const read = await readRecord(db, actor, { ...input, table: 'trials' }, now, trialRecord)
  if (read.status !== 'shown') return read
  // As it stands now: a past moment would tell as much.
  const reader = await findStandingIfAsked(db, read.record.view, actor.id)
  const withheld = reader !== undefined && (forMany ? isUnread(reader) : isWithheld(reader))
  const record = { ...read.record, reader }
  return { ...read, record: withheld ? withholdOutcome(record) : record }
}

async function readRecord<T>(
  db: Db,
  actor: Actor,
  { id, asOf, table }: RecordAt & { table: 'devices' | 'trials' },
  now: Date,
  read: (db: Db, id: string) => Promise<T>,
): Promise<ReadRecord<T>> {
  const no = forbidden(actor, 'look')
  if (no) return no
  if (asOf === undefined) return { status: 'shown', record: await read(db, id), history: undefined }
  const instant = readInstant(asOf, now)
  if (!instant.ok) return refused(instant.reason, 'asOf')
  const [moment, beginning, changes] = await Promise.all([
    findMoment(db, instant.at),
    findBeginning(db, table, id),
    listRecordChanges(db, table === 'devices' ? 'device' : 'trial', id),
  ])
  if (!beginning)
    return refused('The audit trail has no entry about it, so its history is not known.')
  const { kind, at: since } = beginning
  const history = { at: instant.at, changes }
  if (beginning.seq > moment.seq)
    return { status: kind === 'insert' ? 'notYet' : 'unknown', since, history }
  const record = await inThePast(db, moment, (past) => read(past, id))
  return { status: 'shown', record, history }
}

/** @param db the pool for the current record, or a transaction of `inThePast` for an earlier moment */
async function deviceRecord(db: Db, deviceId: string) {
  const found = await allOf({
    device: getDevice(db, deviceId),
    fields: listCustomFields(db, { withRetired: true }),
    fieldHistory: listFieldHistory(db, deviceId),
    custodies: listCustodies(db, deviceId),
    handOvers: listHandOvers(db, deviceId),
    state: currentState(db, deviceId),
    commands: listCommandsOfDevice(db, deviceId),
    trials: listTrialsOfDevice(db, deviceId),
    settings: getLabSettings(db),
    known: getIssueSet(db),
    verdict: findLatestVerdictOfDevice(db, deviceId),
    losses: listOutsideUpdates(db, deviceId),
    bookings: listBookings(db, { deviceId }),
    declarations: findDeclarations(db, deviceId),
    asked: lastAsked(db, deviceId),
  })
  const { mdmServerId } = found.device
  const uuids = found.commands.map(({ commandUuid }) => commandUuid)
  const further = await allOf({
    server: mdmServerId === null ? undefined : findShownServer(db, mdmServerId),
    unasked: listUnaskedNotes(db, uuids),
  })
  return { ...found, ...further }
}

/** `verdict` is the last one stored for a trial on the device. */
export type DeviceRecord = Awaited<ReturnType<typeof deviceRecord>>

/** @param db as for `deviceRecord` */
async function trialRecord(db: Db, trialId: string) {
  const { view, ...found } = await allOf({
    view: findTrialView(db, trialId),
    settings: getLabSettings(db),
    signatures: checkSignatures(db, trialId),
    reviewEvents: listReviewEvents(db, trialId),
    contradictions: listContradictionsOfTrial(db, trialId),
    checks: countChecksOfTrial(db, trialId),
    waivers: listWaivers(db, trialId),
    verdict: findLatestVerdict(db, trialId),
    booking: findBookingOfTrial(db, trialId),
  })
  if (!view) throw new Error(`trial ${trialId} is not in the table of trials`)
  const readers = view.version.plan.secondReader
    ? await allOf({
        secondReading: findSecondReading(db, trialId),
        openings: listOutcomeOpenings(db, trialId),
      })
    : { secondReading: undefined, openings: [] }
  return { view, ...found, ...readers, withheld: false }
}

/**
 * `verdict` is the last one stored for the trial; `reader` is how the person who looks stands to its second reading now,
 * undefined where the protocol asks for none; `withheld` says whether its outcome was taken out.
 */
export type TrialRecord = Awaited<ReturnType<typeof trialRecord>> & {
  reader: ReaderStanding | undefined
}

/** Entries of a record that tell what was proposed or decided. */
const tellingKinds: readonly TrialEventKind[] = ['outcomeProposed', 'reopened', 'outcomeCorrected']

const withheldText = 'withheld until the second reading'

/**
 * A record without what is proposed and decided: decisions, the signatures and the entries that tell of them, the texts of the
 * review. Observations, deviations and file names are the evidence itself and stay as people wrote them.
 */
function withholdOutcome(record: TrialRecord): TrialRecord {
  const { view, reviewEvents, signatures } = record
  return {
    ...record,
    withheld: true,
    view: {
      ...view,
      trial: { ...view.trial, outcomeReason: null, proposedOutcome: null, overruled: false },
      decision: undefined,
      steps: view.steps.filter(({ kind }) => !tellingKinds.includes(kind)),
    },
    signatures: signatures.filter(({ act }) => act !== 'overrule'),
    reviewEvents: reviewEvents.map((event) => ({
      ...event,
      text: event.text === '' ? '' : withheldText,
    })),
  }
}
