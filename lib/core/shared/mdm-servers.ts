import type { Db } from '@/lib/db/client'
import type { MdmServer } from '@/lib/mdm/server'

/**
 * Gives the client of an MDM server by its id; throws where there is none. Its row is read in the transaction
 * `within`, where one is given, so that what the client uses is what was compared there.
 */
export type MdmServers = (serverId: string, within?: Db) => Promise<MdmServer>
