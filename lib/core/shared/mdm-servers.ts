import type { Db } from '@/lib/db/client'
import type { MdmServer } from '@/lib/mdm/server'

/**
 * Makes the client of an MDM server by its id. Its row is read in the transaction `within`, if given, so that the
 * client uses the address and key that were compared there.
 * @throws Error if there is no such server
 */
export type MdmServers = (serverId: string, within?: Db) => Promise<MdmServer>
