import { createMicromdm } from './micromdm/client'
import { createNanomdm } from './nanomdm'
import type { MdmServer } from './server'
import type { MdmServerOptions } from './server-call'
import type { ServerKind } from './server-kinds'

const clients: Record<ServerKind, (options: MdmServerOptions) => MdmServer> = {
  nanomdm: createNanomdm,
  micromdm: createMicromdm,
}

/**
 * The client of one MDM server, by its kind.
 * @throws Error on an address that `serverUrlProblem` refuses
 */
export const createClient = (kind: ServerKind, options: MdmServerOptions): MdmServer =>
  clients[kind](options)
