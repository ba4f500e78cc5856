import { eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { mdmServers } from '@/lib/db/schema/schema'
import { keyring, SealBroken, seal, sealStateOf, unseal } from '@/lib/db/secrets/sealing'
import { resealBodies } from '../events/sealed-bodies'
import { apiKeyHash } from './servers'

/** What was found when the stored secrets were looked through. */
export type SealReport = {
  /** Secrets that were sealed now: from before they were sealed at all, or by an old key. */
  sealed: number
  /** Names of servers whose keys no key here opens: they must be entered again. */
  unreadable: string[]
  /** How many webhook bodies that hold secrets no key here opens; without the secrets they can be read. */
  unreadableBodies?: number
}

type Row = Pick<
  typeof mdmServers.$inferSelect,
  'id' | 'name' | 'apiKey' | 'hmacKey' | 'apiKeySha256'
>

/** The secret sealed by the key that seals now; undefined where it is so already. */
function resealed(row: Row, column: 'api_key' | 'hmac_key', text: string): string | undefined {
  const [ring, place] = [keyring(), { table: 'mdm_servers', row: row.id, column }]
  const state = sealStateOf(ring, text)
  if (text === '' || state === 'sealed') {
    if (text !== '') unseal(ring, text, place)
    return undefined
  }
  return seal(ring, state === 'open' ? text : unseal(ring, text, place), place)
}

/** Of a server from before its key was known by a hash. */
function hashOf({ id, apiKey }: Row): string {
  const ring = keyring()
  const place = { table: 'mdm_servers', row: id, column: 'api_key' }
  return apiKeyHash(id, sealStateOf(ring, apiKey) === 'open' ? apiKey : unseal(ring, apiKey, place))
}

async function sealRow(tx: Db, row: Row): Promise<number> {
  const apiKey = resealed(row, 'api_key', row.apiKey)
  const hmacKey = resealed(row, 'hmac_key', row.hmacKey)
  const change = { ...(apiKey && { apiKey }), ...(hmacKey && { hmacKey }) }
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
 * Seals what an earlier version stored in the clear, and what an old key has sealed, by the key that
 * seals now; afterwards the database refuses any key that is not sealed. One process at a time, and safe to repeat. Needs the right to change the table: it runs where the migrations run.
 */
export async function sealStored(db: Db): Promise<SealReport> {
  const report = await sealRows(db)
  const bodies = await resealBodies(db)
  report.sealed += bodies.sealed
  if (bodies.unreadable > 0) report.unreadableBodies = bodies.unreadable
  // A transaction of its own: the table cannot be altered while triggers wait for the end of the first.
  await db.transaction(async (tx) => {
    await tx.execute(sql`alter table mdm_servers validate constraint an_api_key_is_sealed`)
    await tx.execute(sql`alter table mdm_servers validate constraint an_hmac_key_is_sealed`)
  })
  return report
}

const sealRows = (db: Db): Promise<SealReport> =>
  db.transaction(async (tx) => {
    const { id, name, apiKey, hmacKey, apiKeySha256 } = mdmServers
    const rows = await tx
      .select({ id, name, apiKey, hmacKey, apiKeySha256 })
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
