import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import type { Db } from '@/lib/db/client'
import { findServer } from '@/lib/db/queries/servers/servers'
import { createClient } from '@/lib/mdm/clients'

/** Makes the clients of the configured MDM servers. Their rows are read each time, so that a changed key is used at once. */
export function mdmServersOf(db: Db): MdmServers {
  return async (serverId, within = db) => {
    const server = await findServer(within, serverId)
    if (!server) throw new Error(`there is no MDM server ${serverId}`)
    const { url, apiKey, declarationsUrl, declarationsKey } = server
    const declarations =
      declarationsUrl === null ? undefined : { url: declarationsUrl, apiKey: declarationsKey }
    return createClient(server.kind, { url, apiKey, declarations })
  }
}
