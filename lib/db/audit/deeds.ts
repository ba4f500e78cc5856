import { sql } from 'drizzle-orm'
import type { Actor } from '@/lib/domain/account/actor'
import type { Db } from '../client'
import { transact } from '../transact'

/** What somebody did that changes no row of its own, such as an export or a refused try. */
export type RecordedDeed = {
  kind: 'refused' | 'signInFailed' | 'exported' | 'verified' | 'clockStepped'
  table?: string
  row?: string
  deviceId?: string | undefined
  trialId?: string | undefined
  /** Never a secret: it stays in the trail for ever. */
  data: Record<string, unknown>
}

const nobody: Actor = { id: 'nobody', name: 'Nobody signed in', role: 'system' }

/** Enters a deed into the audit trail. */
export async function recordDeed(db: Db, actor: Actor | undefined, deed: RecordedDeed) {
  const { kind, table = null, row = null, deviceId = null, trialId = null, data } = deed
  await transact(db, actor ?? nobody, (tx) =>
    tx.execute(sql`select record_deed(${kind}, ${table}::text, ${row}::text, ${deviceId}::uuid,
      ${trialId}::uuid, ${JSON.stringify(data)}::jsonb, null)`),
  )
}
