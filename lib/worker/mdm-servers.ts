import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import type { Db } from '@/lib/db/client'
import { findServer } from '@/lib/db/queries/servers/servers'
import type { ServerKind } from '@/lib/domain/server/server-kind'
import { createMicromdm } from '@/lib/mdm/micromdm/client'
import { createNanomdm } from '@/lib/mdm/nanomdm'
import type { MdmServer } from '@/lib/mdm/server'
import type { MdmServerOptions } from '@/lib/mdm/server-call'

const clients: Record<ServerKind, (options: MdmServerOptions) => MdmServer> = {
  nanomdm: createNanomdm,
  micromdm: createMicromdm,
}

/** The clients of the configured MDM servers. Read anew each time, so that a changed key is used at once. */
export function mdmServersOf(db: Db): MdmServers {
  return async (serverId, within = db) => {
    const server = await findServer(within, serverId)
    if (!server) throw new Error(`there is no MDM server ${serverId}`)
    return clients[server.kind]({ url: server.url, apiKey: server.apiKey })
  }
}
