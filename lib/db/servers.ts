import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { Db } from './client'
import { mdmServers } from './schema'

/** A server with its keys: for what talks to it, never for a page. */
export type MdmServer = typeof mdmServers.$inferSelect

const {
  apiKey: _apiKey,
  hmacKey: _hmacKey,
  webhookTokenSha256: _webhookTokenSha256,
  ...shown
} = getTableColumns(mdmServers)

/** What a page may show of a server: everything but its keys. */
export type ShownServer = Omit<MdmServer, 'apiKey' | 'hmacKey' | 'webhookTokenSha256'>

export async function listServers(db: Db): Promise<ShownServer[]> {
  return db.select(shown).from(mdmServers).orderBy(mdmServers.simulated, mdmServers.name)
}

export async function findShownServer(db: Db, id: string): Promise<ShownServer | undefined> {
  const [server] = await db.select(shown).from(mdmServers).where(eq(mdmServers.id, id))
  return server
}

export async function findServer(db: Db, id: string): Promise<MdmServer | undefined> {
  const [server] = await db.select().from(mdmServers).where(eq(mdmServers.id, id))
  return server
}

/** The server whose webhook this is; the slug is part of the webhook's address. */
export async function findServerBySlug(db: Db, slug: string): Promise<MdmServer | undefined> {
  const [server] = await db.select().from(mdmServers).where(eq(mdmServers.slug, slug))
  return server
}

export async function insertServer(
  db: Db,
  server: Omit<typeof mdmServers.$inferInsert, 'id'>,
): Promise<string> {
  const [row] = await db.insert(mdmServers).values(server).returning({ id: mdmServers.id })
  if (!row) throw new Error('an insert with returning gave no row')
  return row.id
}

export type ServerChange = Partial<
  Pick<MdmServer, 'name' | 'slug' | 'url' | 'storage' | 'apiKey' | 'hmacKey' | 'webhookTokenSha256'>
>

export async function updateServer(db: Db, id: string, change: ServerChange): Promise<void> {
  await db.update(mdmServers).set(change).where(eq(mdmServers.id, id))
}

/** Notes that the server was heard; never moves the time back, as events come out of order. */
export async function noteHeard(db: Db, id: string, at: Date): Promise<void> {
  const later = sql`greatest(${mdmServers.lastHeardAt}, ${at.toISOString()}::timestamptz)`
  await db.update(mdmServers).set({ lastHeardAt: later }).where(eq(mdmServers.id, id))
}

/** Stops all sending through a server until an admin has looked (F04, F05); the first alarm stands. */
export async function stopServer(db: Db, id: string, because: string): Promise<void> {
  const first = sql`coalesce(${mdmServers.stoppedBecause}, ${because})`
  await db.update(mdmServers).set({ stoppedBecause: first }).where(eq(mdmServers.id, id))
}

export async function resumeServer(db: Db, id: string): Promise<void> {
  await db.update(mdmServers).set({ stoppedBecause: null }).where(eq(mdmServers.id, id))
}
