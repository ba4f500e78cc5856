import { and, desc, eq, gte, lte, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { usbPrints } from '@/lib/db/schema/imports'
import { commands, rawEvents, type readings } from '@/lib/db/schema/schema'
import { allOf } from '@/lib/domain/all-of'
import { uuidForm } from '@/lib/domain/text/typed-text'
import type { ReadingChange } from '@/lib/domain/trial/timeline-entry'
import { findDeviceRow } from '../devices/device-facts'
import { listEventsOfTrial } from '../events/event-list'
import { listRedeliveriesOfTrial } from '../events/redeliveries'
import { findShownServer } from '../servers/servers'
import { findTrialVersion } from './arms'
import { listAttachments } from './attachments'
import { listCommandEvents, listCommandsOfTrial } from './commands'
import { listDeclarationSteps, listRemovals } from './declaration-steps'
import { listVersionEvents } from './protocol-life'
import { findOutcomeDecision, findTrial, listObservations, listTrialEvents } from './trials'

/** Everything that the page of one trial shows; undefined if there is no such trial. */
export async function findTrialView(db: Db, trialId: string) {
  const trial = uuidForm.test(trialId) ? await findTrial(db, trialId) : undefined
  if (!trial) return undefined
  const { device, version, ...found } = await allOf({
    device: findDeviceRow(db, trial.deviceId),
    version: findTrialVersion(db, trial),
    steps: listTrialEvents(db, trialId),
    commands: listCommandsOfTrial(db, trialId),
    replies: listEventsOfTrial(db, trialId),
    changes: listReadingChanges(db, trial.deviceId, {
      since: trial.registeredAt ?? trial.draftedAt,
      until: trial.concludedAt ?? undefined,
    }),
    observations: listObservations(db, trialId),
    decision: findOutcomeDecision(db, trialId),
    redelivered: listRedeliveriesOfTrial(db, trialId),
    usbClock: findUsbClock(db, trial.deviceId, {
      since: trial.draftedAt,
      until: trial.concludedAt ?? undefined,
    }),
    attachments: listAttachments(db, trialId),
  })
  if (!device || !version) throw new Error(`trial T-${trial.number} has lost a row it points at`)
  const { mdmServerId } = device
  const uuids = found.commands.map(({ commandUuid }) => commandUuid)
  const further = await allOf({
    versionEvents: listVersionEvents(db, [version.id]),
    commandEvents: listCommandEvents(db, uuids),
    declarationSteps: listDeclarationSteps(db, uuids),
    removals: listRemovals(db, uuids),
    server: mdmServerId === null ? undefined : findShownServer(db, mdmServerId),
  })
  return { trial, device, version, ...found, ...further }
}

export type TrialView = NonNullable<Awaited<ReturnType<typeof findTrialView>>>
export type TrialReply = TrialView['replies'][number]

/** What a device's own clock showed over USB in a span, in the newest print with one, and when that was recorded. */
async function findUsbClock(
  db: Db,
  deviceId: string,
  span: { since: Date; until: Date | undefined },
): Promise<{ deviceTime: Date; recordedAt: Date } | undefined> {
  const [print] = await db
    .select({ facts: usbPrints.facts, recordedAt: usbPrints.recordedAt })
    .from(usbPrints)
    .where(
      and(
        eq(usbPrints.deviceId, deviceId),
        gte(usbPrints.recordedAt, span.since),
        span.until && lte(usbPrints.recordedAt, span.until),
        sql`${usbPrints.facts} ->> 'clock' is not null`,
      ),
    )
    .orderBy(desc(usbPrints.id))
    .limit(1)
  const clock = print?.facts.clock
  if (!print || clock === undefined) return undefined
  return { deviceTime: new Date(clock * 1000), recordedAt: print.recordedAt }
}

type ChangeRow = Pick<
  typeof readings.$inferSelect,
  'id' | 'field' | 'value' | 'unknownReason' | 'source' | 'answeredAt' | 'byName' | 'commandUuid'
> & {
  beforeId: number | null
  beforeValue: ChangeRow['value']
  beforeUnknown: string | null
}

/**
 * Readings of a device that differ from the previous one of the same field, the oldest first. The first reading in the
 * span is compared with the last one before it.
 */
export async function listReadingChanges(
  db: Db,
  deviceId: string,
  span: { since: Date; until?: Date | undefined },
): Promise<ReadingChange[]> {
  const until = span.until?.toISOString() ?? 'infinity'
  const since = span.since.toISOString()
  const rows = await db.execute<ChangeRow>(sql`
    with known as (
      select distinct on (field) * from readings where device_id = ${deviceId} and answered_at < ${since}
      order by field, answered_at desc, id desc
    ), spanned as (
      select * from known
      union all
      select * from readings
      where device_id = ${deviceId} and answered_at >= ${since} and answered_at <= ${until}
    ), compared as (
      select *, lag(id) over w as before_id, lag(value) over w as before_value,
        lag(unknown_reason) over w as before_unknown
      from spanned window w as (partition by field order by answered_at, id)
    )
    select id::float8 as id, field, value, unknown_reason as "unknownReason", source,
      answered_at as "answeredAt", by_name as "byName", command_uuid as "commandUuid",
      before_id::float8 as "beforeId", before_value as "beforeValue", before_unknown as "beforeUnknown"
    from compared
    where answered_at >= ${since} and (before_id is null or value is distinct from before_value)
    order by answered_at, id`)
  return rows.map(asChange)
}

const asChange = (row: ChangeRow): ReadingChange => ({
  id: row.id,
  field: row.field,
  before:
    row.beforeId === null
      ? undefined
      : { value: row.beforeValue ?? undefined, unknownReason: row.beforeUnknown ?? undefined },
  value: row.value ?? undefined,
  unknownReason: row.unknownReason ?? undefined,
  source: row.source,
  // The driver gives times of raw SQL as text.
  answeredAt: new Date(row.answeredAt),
  by: row.byName ?? undefined,
  commandUuid: row.commandUuid ?? undefined,
})

/** One reply of a trial with its bytes and the command it answers; undefined if it belongs to another trial. */
export async function findTrialReply(db: Db, trialId: string, eventId: number) {
  if (!uuidForm.test(trialId) || !Number.isSafeInteger(eventId)) return undefined
  const [reply] = await db
    .select({
      id: rawEvents.id,
      body: rawEvents.body,
      payload: rawEvents.payload,
      readState: rawEvents.readState,
      reason: rawEvents.reason,
      oddities: rawEvents.oddities,
      simulated: rawEvents.simulated,
      requestType: commands.requestType,
    })
    .from(rawEvents)
    .leftJoin(commands, sql`${commands.commandUuid}::text = lower(${rawEvents.commandUuid})`)
    .where(and(eq(rawEvents.id, eventId), eq(rawEvents.trialId, trialId)))
  return reply
}
