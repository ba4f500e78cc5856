import { createMicromdm } from './micromdm/client'
import { createNanohub, createNanomdm } from './nanomdm'
import type { MdmServer } from './server'
import type { MdmServerOptions } from './server-call'
import type { ServerKind } from './server-kinds'

const clients: Record<ServerKind, (options: MdmServerOptions) => MdmServer> = {
  nanomdm: createNanomdm,
  nanohub: createNanohub,
  micromdm: createMicromdm,
}

/**
 * The client for one MDM server of this kind.
 * @throws Error if `serverUrlProblem` refuses the address
 */
export const createClient = (kind: ServerKind, options: MdmServerOptions): MdmServer =>
  clients[kind](options)
