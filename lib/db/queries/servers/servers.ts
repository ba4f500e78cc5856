import { createHash, randomUUID } from 'node:crypto'
import { and, eq, getTableColumns, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { mdmServers } from '@/lib/db/schema/schema'
import { keyring, seal, unseal } from '@/lib/db/secrets/sealing'
import type { Destination } from '@/lib/mdm/destination'

/** A server with its keys in the clear: for sending to it and for checking its webhooks, never for a page or a log. */
export type MdmServer = typeof mdmServers.$inferSelect

const {
  apiKey: _apiKey,
  hmacKey: _hmacKey,
  webhookTokenSha256: _webhookTokenSha256,
  declarationsKey: _declarationsKey,
  ...shown
} = getTableColumns(mdmServers)

/** A server as a page may show it: without its keys. */
export type ShownServer = Omit<
  MdmServer,
  'apiKey' | 'hmacKey' | 'webhookTokenSha256' | 'declarationsKey'
>

/** The hash that identifies a server's key. It includes the server's ID, so that equal keys of two servers differ. */
export const apiKeyHash = (serverId: string, apiKey: string): string =>
  createHash('sha256').update(`${serverId}\n${apiKey}`).digest('hex')

/** The keys of a server that are stored sealed, each with its column. Only the API key is never empty. */
const sealedKeys = {
  apiKey: 'api_key',
  hmacKey: 'hmac_key',
  declarationsKey: 'declarations_key',
} as const
export type SealedKey = keyof typeof sealedKeys

/** Where a key of a server stands, which its seal is bound to. */
export const placeOf = (row: string, key: SealedKey) => ({
  table: 'mdm_servers',
  row,
  column: sealedKeys[key],
})

/** A key of the server `id` as it is stored. An empty one means that the server has none. */
const sealKey = (id: string, key: SealedKey, text: string): string =>
  text === '' ? '' : seal(keyring(), text, placeOf(id, key))

const openKey = (row: MdmServer, key: SealedKey): string =>
  row[key] === '' ? '' : unseal(keyring(), row[key], placeOf(row.id, key))

type Keys = Pick<MdmServer, 'apiKey' | 'hmacKey'>

/** The keys of the server `id` as they are stored. An empty HMAC key means that the server does not sign. */
export const sealServerKeys = (id: string, { apiKey, hmacKey }: Keys): Keys => ({
  apiKey: sealKey(id, 'apiKey', apiKey),
  hmacKey: sealKey(id, 'hmacKey', hmacKey),
})

const withKeys = (row: MdmServer | undefined): MdmServer | undefined =>
  row && {
    ...row,
    apiKey: openKey(row, 'apiKey'),
    hmacKey: openKey(row, 'hmacKey'),
    declarationsKey: openKey(row, 'declarationsKey'),
  }

export async function listServers(db: Db): Promise<ShownServer[]> {
  return db.select(shown).from(mdmServers).orderBy(mdmServers.simulated, mdmServers.name)
}

export async function findShownServer(db: Db, id: string): Promise<ShownServer | undefined> {
  const [server] = await db.select(shown).from(mdmServers).where(eq(mdmServers.id, id))
  return server
}

export async function findShownServerBySlug(
  db: Db,
  slug: string,
): Promise<ShownServer | undefined> {
  const [server] = await db.select(shown).from(mdmServers).where(eq(mdmServers.slug, slug))
  return server
}

/**
 * A server with its keys opened, for sending through it.
 * @throws SealBroken if the key that sealed them is not configured
 */
export async function findServer(db: Db, id: string): Promise<MdmServer | undefined> {
  const [server] = await db.select().from(mdmServers).where(eq(mdmServers.id, id))
  return withKeys(server)
}

/**
 * The server with this slug, which is part of its webhook's URL, with its keys opened.
 * @throws SealBroken if the key that sealed them is not configured
 */
export async function findServerBySlug(db: Db, slug: string): Promise<MdmServer | undefined> {
  const [server] = await db.select().from(mdmServers).where(eq(mdmServers.slug, slug))
  return withKeys(server)
}

/** The columns of the program that keeps declarations: address, sealed key and hash; all empty if there is none. */
const declarationColumns = (id: string, url: string | null, key: string) => ({
  declarationsUrl: url,
  declarationsKey: sealKey(id, 'declarationsKey', url === null ? '' : key),
  declarationsKeySha256: url === null ? '' : apiKeyHash(id, key),
})

/** Adds a server; its keys are given in the clear and stored sealed. */
export async function insertServer(
  db: Db,
  server: Omit<typeof mdmServers.$inferInsert, 'id'>,
): Promise<string> {
  const id = randomUUID()
  const apiKeySha256 = apiKeyHash(id, server.apiKey)
  const { declarationsUrl = null, declarationsKey = '' } = server
  await db.insert(mdmServers).values({
    ...{ ...server, ...sealServerKeys(id, server), apiKeySha256, id },
    ...declarationColumns(id, declarationsUrl, declarationsKey),
  })
  return id
}

export type ServerChange = Partial<
  Pick<MdmServer, 'name' | 'slug' | 'url' | 'storage' | 'apiKey' | 'hmacKey' | 'webhookTokenSha256'>
> & {
  /** Of the program that keeps declarations; null if there is none any more. */
  declarations?: { url: string; apiKey: string } | null
}

/** Changes a server; keys are given in the clear and stored sealed. */
export async function updateServer(db: Db, id: string, change: ServerChange): Promise<void> {
  const { apiKey, hmacKey, declarations, ...rest } = change
  const sealed = sealServerKeys(id, { apiKey: apiKey ?? '', hmacKey: hmacKey ?? '' })
  const keys = {
    ...(apiKey !== undefined && {
      apiKey: sealed.apiKey,
      apiKeySha256: apiKeyHash(id, apiKey),
    }),
    ...(hmacKey !== undefined && { hmacKey: sealed.hmacKey }),
    ...(declarations !== undefined &&
      declarationColumns(id, declarations?.url ?? null, declarations?.apiKey ?? '')),
  }
  await db
    .update(mdmServers)
    .set({ ...rest, ...keys })
    .where(eq(mdmServers.id, id))
}

/** Stops all sending through a server until an admin has looked (F04, F05). An earlier reason is kept. */
export async function stopServer(db: Db, id: string, reason: string): Promise<void> {
  const first = sql`coalesce(${mdmServers.stopReason}, ${reason})`
  await db.update(mdmServers).set({ stopReason: first }).where(eq(mdmServers.id, id))
}

export async function resumeServer(db: Db, id: string): Promise<void> {
  await db.update(mdmServers).set({ stopReason: null }).where(eq(mdmServers.id, id))
}

/** The destination of a command sent through this server now. Hashes the opened key, not the stored hash. */
const destinationOf = ({ id, url, kind, apiKey }: MdmServer): Destination => ({
  url,
  kind,
  keySha256: apiKeyHash(id, apiKey),
})

/**
 * A server's destination, locked until the transaction ends, so that an edit waits. Taken after device, trial and
 * command in the order of locks. Undefined if there is no such server.
 * @throws SealBroken if the key that sealed its keys is not configured
 */
export async function holdDestination(db: Db, serverId: string): Promise<Destination | undefined> {
  await db
    .select({ id: mdmServers.id })
    .from(mdmServers)
    .where(eq(mdmServers.id, serverId))
    .for('share')
  const server = await findServer(db, serverId)
  return server && destinationOf(server)
}

/** The server of declarations beside an MDM server, with the hash of its opened key; undefined if there is none. */
export async function findDeclarationsBeside(
  db: Db,
  serverId: string,
): Promise<Destination['declarations']> {
  const server = await findServer(db, serverId)
  if (!server || server.declarationsUrl === null) return undefined
  const keySha256 = apiKeyHash(serverId, server.declarationsKey)
  return { url: server.declarationsUrl, keySha256 }
}

/** The server's row, locked for an edit: nothing can be armed or reserved there until the transaction ends. */
export async function lockServerForEdit(db: Db, serverId: string): Promise<MdmServer | undefined> {
  await db
    .select({ id: mdmServers.id })
    .from(mdmServers)
    .where(eq(mdmServers.id, serverId))
    .for('no key update')
  return findServer(db, serverId)
}

/** What is armed, reserved or being sent through a server, in words; undefined if nothing is. */
export async function findPending(db: Db, serverId: string): Promise<string | undefined> {
  const [row] = await db.execute<{ pending: string | null }>(
    sql`select server_pending(${serverId}::uuid) as pending`,
  )
  return row?.pending ?? undefined
}

/** A declaration that is, or may be, kept there, in words; undefined if there is none. */
export async function findLeftDeclaration(db: Db, serverId: string): Promise<string | undefined> {
  const [row] = await db.execute<{ left: string | null }>(
    sql`select server_declarations(${serverId}::uuid) as left`,
  )
  return row?.left ?? undefined
}

/** Lets this transaction change the address of a server at which declarations are left; the reason enters the trail. */
export async function leaveDeclarations(tx: Db, reason: string): Promise<void> {
  await tx.execute(
    sql`select set_config('oneway.leaves_declarations', 'yes', true), set_config('oneway.reason', ${reason}, true)`,
  )
}

/** The name of another entry with the same address in any spelling, as an MDM server or as one for declarations. */
export async function findNameAtAddress(
  db: Db,
  url: string,
  exceptId: string | undefined,
): Promise<string | undefined> {
  const [other] = await db
    .select({ name: mdmServers.name })
    .from(mdmServers)
    .where(
      and(
        sql`server_address(${url}) in (${mdmServers.address}, ${mdmServers.declarationsAddress})`,
        exceptId === undefined ? undefined : ne(mdmServers.id, exceptId),
      ),
    )
  return other?.name
}
