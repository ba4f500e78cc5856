import type { Db } from '@/lib/db/client'
import { findServerBySlug, type MdmServer } from '@/lib/db/queries/servers/servers'

const freshMs = 3_000
/** A look-up that takes longer may never end; the next request starts another one, on another connection. */
const sharedMs = 1_000

/**
 * Finds the MDM server of a webhook address and remembers it for three seconds: a busy server posts hundreds of
 * events in that time, and a changed key still takes effect almost at once. Unknown addresses are not remembered, so
 * that invented ones fill no memory. While the database is down, the last known server is used.
 */
export function createServerLookup(db: Db, clock: () => number = Date.now) {
  const known = new Map<string, { server: MdmServer; until: number }>()
  const running = new Map<string, { answer: Promise<MdmServer | undefined>; until: number }>()

  const lookUp = async (slug: string): Promise<MdmServer | undefined> => {
    try {
      const server = await findServerBySlug(db, slug)
      if (server) known.set(slug, { server, until: clock() + freshMs })
      else known.delete(slug)
      return server
    } catch (error) {
      const remembered = known.get(slug)
      if (remembered) return remembered.server
      throw error
    }
  }

  const lookUpOnce = (slug: string) => {
    const current = running.get(slug)
    if (current && current.until > clock()) return current.answer
    const lookup = { answer: lookUp(slug), until: clock() + sharedMs }
    running.set(slug, lookup)
    const forget = () => {
      if (running.get(slug) === lookup) running.delete(slug)
    }
    lookup.answer.then(forget, forget)
    return lookup.answer
  }

  return async function findKnownServer(slug: string): Promise<MdmServer | undefined> {
    const remembered = known.get(slug)
    if (remembered && remembered.until > clock()) return remembered.server
    // One look-up for all requests that arrive during it: otherwise they would occupy the connections that
    // are needed to store their bodies.
    return lookUpOnce(slug)
  }
}
