import { eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { mdmServers } from '@/lib/db/schema/schema'
import { keyring, SealBroken, seal, sealStateOf, unseal } from '@/lib/db/secrets/sealing'
import { resealBodies } from '../events/sealed-bodies'
import { resealTargets } from '../outbox/targets'
import { apiKeyHash, placeOf, type SealedKey } from './servers'

/** The result of sealing the stored secrets. */
export type SealReport = {
  /** How many secrets were sealed now: stored in the clear before, or sealed with an old key. */
  sealed: number
  /** Names of servers and receivers of notices whose keys cannot be opened with any configured key; they must be entered again. */
  unreadable: string[]
  /** How many webhook bodies cannot be opened with any configured key; a copy without secrets remains readable. */
  unreadableBodies?: number
}

type Row = Pick<typeof mdmServers.$inferSelect, 'id' | 'name' | 'apiKeySha256' | SealedKey>

const keyNames: SealedKey[] = ['apiKey', 'hmacKey', 'declarationsKey']

/** The secret sealed with the current key; undefined if it is already. */
function resealed(row: Row, key: SealedKey): string | undefined {
  const text = row[key]
  const [ring, place] = [keyring(), placeOf(row.id, key)]
  const state = sealStateOf(ring, text)
  if (text === '' || state === 'sealed') {
    if (text !== '') unseal(ring, text, place)
    return undefined
  }
  return seal(ring, state === 'open' ? text : unseal(ring, text, place), place)
}

/** The hash of a server's API key, for rows stored before there was one. */
function hashOf({ id, apiKey }: Row): string {
  const ring = keyring()
  const place = placeOf(id, 'apiKey')
  return apiKeyHash(id, sealStateOf(ring, apiKey) === 'open' ? apiKey : unseal(ring, apiKey, place))
}

async function sealRow(tx: Db, row: Row): Promise<number> {
  const change: Partial<Record<SealedKey, string>> = {}
  for (const key of keyNames) {
    const text = resealed(row, key)
    if (text !== undefined) change[key] = text
  }
  const sealed = Object.keys(change).length
  const known = row.apiKeySha256 === '' ? { apiKeySha256: hashOf(row) } : {}
  if (sealed > 0 || row.apiKeySha256 === '')
    await tx
      .update(mdmServers)
      .set({ ...change, ...known })
      .where(eq(mdmServers.id, row.id))
  return sealed
}

/**
 * Seals with the current key what an earlier version stored in the clear and what was sealed with an old key; from
 * then on the database refuses a key that is not sealed. For one process at a time, and safe to repeat. Runs as the
 * owner, as migrations do, because it alters the table.
 */
export async function sealStored(db: Db): Promise<SealReport> {
  const report = await sealRows(db)
  const targets = await resealTargets(db)
  report.unreadable.push(...targets.unreadable)
  const bodies = await resealBodies(db)
  report.sealed += bodies.sealed + targets.sealed
  if (bodies.unreadable > 0) report.unreadableBodies = bodies.unreadable
  // In a second transaction, as a table cannot be altered while its deferred triggers are pending.
  await db.transaction(async (tx) => {
    await tx.execute(sql`alter table mdm_servers validate constraint an_api_key_is_sealed`)
    await tx.execute(sql`alter table mdm_servers validate constraint an_hmac_key_is_sealed`)
  })
  return report
}

const sealRows = (db: Db): Promise<SealReport> =>
  db.transaction(async (tx) => {
    const { id, name, apiKey, hmacKey, declarationsKey, apiKeySha256 } = mdmServers
    const rows = await tx
      .select({ id, name, apiKey, hmacKey, declarationsKey, apiKeySha256 })
      .from(mdmServers)
      .for('update')
    const report: SealReport = { sealed: 0, unreadable: [] }
    for (const row of rows)
      try {
        report.sealed += await sealRow(tx, row)
      } catch (error) {
        if (!(error instanceof SealBroken)) throw error
        report.unreadable.push(row.name)
      }
    return report
  })
