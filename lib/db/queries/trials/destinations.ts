import { and, eq, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { mdmServers } from '@/lib/db/schema/schema'
import type { Destination } from '@/lib/mdm/destination'
import { apiKeyHash, findServer, type MdmServer } from '../servers/servers'

/** Where a command goes that is sent through this server as it is. The key itself is hashed, not what is stored beside it. */
const destinationOf = ({ id, url, kind, apiKey }: MdmServer): Destination => ({
  url,
  kind,
  keySha256: apiKeyHash(id, apiKey),
})

/**
 * Where a server is, locked until the transaction ends: an edit waits for it. Comes after device, trial and
 * command in the order of locks. Undefined where there is no such server.
 * @throws SealBroken where the key that sealed its keys is not here
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

/** The server's row, locked for an edit: nothing can be armed or reserved there until the transaction ends. */
export async function lockServerForEdit(db: Db, serverId: string): Promise<MdmServer | undefined> {
  await db
    .select({ id: mdmServers.id })
    .from(mdmServers)
    .where(eq(mdmServers.id, serverId))
    .for('no key update')
  return findServer(db, serverId)
}

/** What is armed, reserved or on its way through a server, in words; undefined where nothing is. */
export async function findPending(db: Db, serverId: string): Promise<string | undefined> {
  const [row] = await db.execute<{ pending: string | null }>(
    sql`select server_pending(${serverId}::uuid) as pending`,
  )
  return row?.pending ?? undefined
}

/** The name of another entry for the same address, in whatever spelling. */
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
        sql`${mdmServers.address} = server_address(${url})`,
        exceptId === undefined ? undefined : ne(mdmServers.id, exceptId),
      ),
    )
  return other?.name
}
