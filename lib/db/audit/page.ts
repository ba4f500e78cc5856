import { and, desc, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client'
import { auditHead, auditLog } from '../schema/trail'

/** Which entries to list; a field that is absent does not filter. */
export type AuditFilter = {
  person?: string | undefined
  kind?: string | undefined
  table?: string | undefined
  device?: string | undefined
  trial?: string | undefined
  /** A protocol in all its versions. */
  protocol?: string | undefined
  /** A person by ID: what they did, and what was done to their account. */
  who?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  /** Only entries older than this one. */
  before?: number | undefined
}

export type AuditEntry = typeof auditLog.$inferSelect

/** Entries of the audit trail, the newest first. */
export async function listAuditEntries(
  db: Db,
  filter: AuditFilter,
  limit: number,
): Promise<AuditEntry[]> {
  const { person, kind, table, device, trial, protocol, who, from, to, before } = filter
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        person === undefined ? undefined : eq(auditLog.byName, person),
        kind === undefined ? undefined : eq(auditLog.kind, kind),
        table === undefined ? undefined : eq(auditLog.tableName, table),
        device === undefined ? undefined : eq(auditLog.deviceId, device),
        trial === undefined ? undefined : eq(auditLog.trialId, trial),
        protocol === undefined ? undefined : ofProtocol(protocol),
        who === undefined ? undefined : or(eq(auditLog.byId, who), isRow('users', who)),
        from === undefined ? undefined : gte(auditLog.at, from.toISOString()),
        to === undefined ? undefined : lt(auditLog.at, to.toISOString()),
        before === undefined ? undefined : lt(auditLog.seq, before),
      ),
    )
    .orderBy(desc(auditLog.seq))
    .limit(limit)
}

const isRow = (table: string, row: string) =>
  and(eq(auditLog.tableName, table), eq(auditLog.rowId, row))

const ofProtocol = (protocol: string): SQL | undefined =>
  or(
    isRow('protocols', protocol),
    sql`(${auditLog.tableName} = 'protocol_version_events' and ${auditLog.rowId} in (
      select e.id::text from protocol_version_events e join protocol_versions v on v.id = e.version_id
      where v.protocol_id = ${protocol}::uuid))`,
    sql`(${auditLog.tableName} = 'arm_lists' and ${auditLog.rowId} in (
      select l.id::text from arm_lists l join protocol_versions v on v.id = l.protocol_version_id
      where v.protocol_id = ${protocol}::uuid))`,
    sql`(${auditLog.tableName} = 'protocol_versions' and ${auditLog.rowId} in (
      select id::text from protocol_versions where protocol_id = ${protocol}::uuid))`,
  )

/** The newest entry's number and hash. */
export async function findAuditHead(db: Db): Promise<{ seq: number; hash: string }> {
  const [head] = await db.select({ seq: auditHead.seq, hash: auditHead.hash }).from(auditHead)
  return head ?? { seq: 0, hash: '' }
}

/** Whether the grants of the app's role restrict this connection. */
export async function isHeldByGrants(db: Db): Promise<boolean> {
  const [row] = await db.execute<{ held: boolean }>(
    sql`select not has_table_privilege(current_user, 'audit_log', 'insert, update, delete, truncate') as held`,
  )
  return row?.held ?? false
}
