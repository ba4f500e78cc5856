import type { Db } from '@/lib/db/client'
import { findServer } from '@/lib/db/servers'
import { createNanomdm } from '@/lib/mdm/nanomdm'
import type { MdmServers } from '@/lib/services/deliver'

/** The clients of the configured MDM servers. Read anew each time, so that a changed key is used at once. */
export function mdmServersOf(db: Db): MdmServers {
  return async (serverId) => {
    const server = await findServer(db, serverId)
    if (!server) throw new Error(`there is no MDM server ${serverId}`)
    return createNanomdm({ url: server.url, apiKey: server.apiKey })
  }
}
