import { asc, eq, inArray, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { armAssignments } from '@/lib/db/schema/arms'
import { attachments, attachmentWithdrawals } from '@/lib/db/schema/attachments'
import {
  commandEvents,
  commands,
  currentReadings,
  devices,
  observations,
  outcomeDecisions,
  protocolVersions,
  rawEvents,
  readings,
  trialEvents,
  trials,
  verdicts,
} from '@/lib/db/schema/schema'
import { secondReadings } from '@/lib/db/schema/second-readings'
import type { SignedRows } from '@/lib/domain/signature/signed-record'

// Every column is listed, so that a column added later does not change the hash of an old signature.

/**
 * Everything of a trial that a signature may bind to, in its present state. The readings are the device's newest and
 * those in `readingIds`, on which older signatures rest.
 * @throws Error if there is no such trial
 */
export async function readSignedRows(
  db: Db,
  trialId: string,
  readingIds: readonly number[] = [],
): Promise<SignedRows> {
  const { trial, device, protocol, registration, closing } = await readTrial(db, trialId)
  const [verdicts, readings, commands, ...record] = await Promise.all([
    readVerdicts(db, trialId),
    readReadings(db, device.id, readingIds),
    readCommands(db, trialId),
    readEvents(db, trialId),
    readObservations(db, trialId),
    readDecisions(db, trialId),
    readCommandEvents(db, trialId),
    readReplies(db, trialId),
    readAttachments(db, trialId),
    readAttachmentWithdrawals(db, trialId),
    readSecondReadings(db, trialId),
  ])
  const [events, observations, decisions, commandEvents, replies, ...files] = record
  const [attachments, attachmentWithdrawals, secondReadings] = files
  return {
    trial,
    registration,
    closing,
    device,
    protocol,
    verdicts,
    readings,
    commands,
    events,
    observations,
    attachments,
    attachmentWithdrawals,
    decisions,
    secondReadings,
    commandEvents,
    replies,
  }
}

async function readTrial(db: Db, trialId: string) {
  const [row] = await db
    .select({ trial: trials, device: devices, version: protocolVersions, arm: armAssignments })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(armAssignments, eq(armAssignments.trialId, trials.id))
    .where(eq(trials.id, trialId))
  if (!row) throw new Error('there is no such trial')
  const { trial, device, version, arm } = row
  const { id, number, state, simulated, draftedAt, draftedBy, expectation } = trial
  const { prediction, registeredAt, registeredBy, registrationHash } = trial
  const { startOs, startBuild, sentAt, endOs, endBuild, endSupplementalBuild, endSeenAt } = trial
  const { outcome, proposedOutcome, outcomeReason, concludedAt, concludedBy } = trial
  const { overruled, closedReason, consumed, releasedAt, releasedBy, startingFacts } = trial
  return {
    trial: {
      ...{ id, number, state, simulated, draftedAt, draftedBy, expectation },
      ...{ registeredAt, registeredBy, registrationHash },
      // Left out if there is none, so that records from before this field existed keep their hash.
      ...(prediction !== null && { prediction }),
      ...(arm && { arm: signedArm(arm) }),
    },
    registration: trial.registration,
    closing: {
      ...{ state, startOs, startBuild, sentAt, endOs, endBuild, endSeenAt },
      // Left out if it is not known, so that records from before this field existed keep their hash.
      ...(endSupplementalBuild !== null && { endSupplementalBuild }),
      ...{ outcome, proposedOutcome, outcomeReason, concludedAt, concludedBy },
      ...{ overruled, closedReason, consumed, releasedAt, releasedBy },
      // Left out in trials from before it was kept, whose records keep their hash.
      ...(startingFacts !== null && { startingFacts }),
    },
    // Only what identifies the device; its tag, name and location may change for good reasons.
    device: { id: device.id, platform: device.platform, serial: device.serial },
    protocol: { id: version.id, version: version.version, plan: version.plan },
  }
}

const signedArm = (row: typeof armAssignments.$inferSelect) => {
  const { arm, method, reason, listId, stratum, block, position, at, byId, byName } = row
  return { arm, method, reason, listId, stratum, block, position, at, byId, byName }
}

const readVerdicts = (db: Db, trialId: string) =>
  db
    .select({
      id: verdicts.id,
      hash: verdicts.hash,
      purpose: verdicts.purpose,
      ruleSetVersion: verdicts.ruleSetVersion,
      overall: verdicts.overall,
      findings: verdicts.findings,
      judgedAt: verdicts.judgedAt,
      staleAt: verdicts.staleAt,
      byId: verdicts.byId,
    })
    .from(verdicts)
    .where(eq(verdicts.trialId, trialId))

const readReadings = (db: Db, deviceId: string, ids: readonly number[]) =>
  db
    .select({
      id: readings.id,
      field: readings.field,
      value: readings.value,
      unknownReason: readings.unknownReason,
      source: readings.source,
      askedAt: readings.askedAt,
      answeredAt: readings.answeredAt,
      byName: readings.byName,
    })
    .from(readings)
    .where(
      or(
        inArray(
          readings.id,
          db
            .select({ id: currentReadings.readingId })
            .from(currentReadings)
            .where(eq(currentReadings.deviceId, deviceId)),
        ),
        sql`${readings.id} = any(${sql.param([...ids])}::bigint[])`,
      ),
    )

/** Hashes the stored bytes, as the hash stored beside them does not prove that they are unchanged. */
const readCommands = (db: Db, trialId: string) =>
  db
    .select({
      commandUuid: commands.commandUuid,
      deviceId: commands.deviceId,
      mdmServerId: commands.mdmServerId,
      enrollmentId: commands.enrollmentId,
      slotOrdinal: commands.slotOrdinal,
      purpose: commands.purpose,
      requestType: commands.requestType,
      plistSha256: sql<string>`encode(sha256(${commands.plist}), 'hex')`,
    })
    .from(commands)
    .where(eq(commands.trialId, trialId))

const readEvents = (db: Db, trialId: string) =>
  db
    .select({
      id: trialEvents.id,
      kind: trialEvents.kind,
      at: trialEvents.at,
      byId: trialEvents.byId,
      byName: trialEvents.byName,
      byRole: trialEvents.byRole,
      text: trialEvents.text,
      data: trialEvents.data,
    })
    .from(trialEvents)
    .where(eq(trialEvents.trialId, trialId))
    .orderBy(asc(trialEvents.id))

const readObservations = (db: Db, trialId: string) =>
  db
    .select({
      id: observations.id,
      kind: observations.kind,
      text: observations.text,
      data: observations.data,
      observedAt: observations.observedAt,
      recordedAt: observations.recordedAt,
      byId: observations.byId,
      byName: observations.byName,
      correctsId: observations.correctsId,
      reason: observations.reason,
    })
    .from(observations)
    .where(eq(observations.trialId, trialId))

async function readDecisions(db: Db, trialId: string) {
  const rows = await db
    .select({
      id: outcomeDecisions.id,
      proposed: outcomeDecisions.proposed,
      reasons: outcomeDecisions.reasons,
      functionVersion: outcomeDecisions.functionVersion,
      certain: outcomeDecisions.certain,
      decided: outcomeDecisions.decided,
      reason: outcomeDecisions.reason,
      byId: outcomeDecisions.byId,
      byName: outcomeDecisions.byName,
      at: outcomeDecisions.at,
    })
    .from(outcomeDecisions)
    .where(eq(outcomeDecisions.trialId, trialId))
  // Left out if it is not known, so that records from before this field existed keep their hash.
  return rows.map(({ certain, ...row }) => ({ ...row, ...(certain !== null && { certain }) }))
}

const readCommandEvents = (db: Db, trialId: string) =>
  db
    .select({
      id: commandEvents.id,
      commandUuid: commandEvents.commandUuid,
      kind: commandEvents.kind,
      at: commandEvents.at,
      byName: commandEvents.byName,
      text: commandEvents.text,
      data: commandEvents.data,
    })
    .from(commandEvents)
    .innerJoin(commands, eq(commands.commandUuid, commandEvents.commandUuid))
    .where(eq(commands.trialId, trialId))

const readReplies = (db: Db, trialId: string) =>
  db
    .select({
      id: rawEvents.id,
      receivedAt: rawEvents.receivedAt,
      bodySha256: sql<string>`encode(sha256(${rawEvents.body}), 'hex')`,
    })
    .from(rawEvents)
    .where(eq(rawEvents.trialId, trialId))

const readAttachments = (db: Db, trialId: string) =>
  db
    .select({
      id: attachments.id,
      observationId: attachments.observationId,
      fileName: attachments.fileName,
      type: attachments.type,
      bytes: attachments.bytes,
      sha256: attachments.sha256,
      attachedAt: attachments.attachedAt,
      byId: attachments.byId,
      byName: attachments.byName,
    })
    .from(attachments)
    .where(eq(attachments.trialId, trialId))

const readAttachmentWithdrawals = (db: Db, trialId: string) =>
  db
    .select({
      id: attachmentWithdrawals.id,
      attachmentId: attachmentWithdrawals.attachmentId,
      reason: attachmentWithdrawals.reason,
      at: attachmentWithdrawals.at,
      byId: attachmentWithdrawals.byId,
      byName: attachmentWithdrawals.byName,
    })
    .from(attachmentWithdrawals)
    .where(eq(attachmentWithdrawals.trialId, trialId))

const readSecondReadings = (db: Db, trialId: string) =>
  db
    .select({
      id: secondReadings.id,
      decisionId: secondReadings.decisionId,
      outcome: secondReadings.outcome,
      reason: secondReadings.reason,
      agrees: secondReadings.agrees,
      unblindedBy: secondReadings.unblindedBy,
      at: secondReadings.at,
      byId: secondReadings.byId,
      byName: secondReadings.byName,
      byRole: secondReadings.byRole,
    })
    .from(secondReadings)
    .where(eq(secondReadings.trialId, trialId))
