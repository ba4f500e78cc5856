import { createDeclarationServer } from './declarations/client'
import { createMicromdm } from './micromdm/client'
import { createNanohub, createNanomdm } from './nanomdm'
import type { MdmServer } from './server'
import type { MdmServerOptions } from './server-call'
import { type ServerKind, serverTraits } from './server-kinds'

const clients: Record<ServerKind, (options: MdmServerOptions) => MdmServer> = {
  nanomdm: createNanomdm,
  nanohub: createNanohub,
  micromdm: createMicromdm,
}

export type ClientOptions = MdmServerOptions & {
  /** Address and key of the program beside it that keeps declarations, for a kind that has none itself. */
  declarations?: Pick<MdmServerOptions, 'url' | 'apiKey'> | undefined
}

/**
 * The client for one MDM server of this kind, and for the program that keeps its declarations.
 * @throws Error if `serverUrlProblem` refuses an address
 */
export function createClient(kind: ServerKind, options: ClientOptions): MdmServer {
  const { declarations: beside, ...own } = options
  const client = clients[kind](own)
  const place = serverTraits[kind].declarations
  const at =
    place === 'builtIn' ? own : place === 'beside' && beside ? { ...own, ...beside } : undefined
  if (place === 'none' || at === undefined) return client
  return { ...client, declarations: createDeclarationServer(place, at) }
}
