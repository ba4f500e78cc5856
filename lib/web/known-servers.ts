import type { Db } from '@/lib/db/client'
import { findServerBySlug, type MdmServer } from '@/lib/db/servers'

const freshMs = 3_000

/**
 * Finds the MDM server of a webhook address, remembered for three seconds: a busy server posts hundreds
 * of events in that time, and a changed key still counts almost at once. Unknown ones are not remembered,
 * so that made-up addresses fill no memory. While the database is away the last known one holds.
 */
export function createServerLookup(db: Db, clock: () => number = Date.now) {
  const known = new Map<string, { server: MdmServer; until: number }>()
  const asked = new Map<string, Promise<MdmServer | undefined>>()

  const ask = async (slug: string): Promise<MdmServer | undefined> => {
    try {
      const server = await findServerBySlug(db, slug)
      if (server) known.set(slug, { server, until: clock() + freshMs })
      else known.delete(slug)
      return server
    } catch (error) {
      const remembered = known.get(slug)
      if (remembered) return remembered.server
      throw error
    } finally {
      asked.delete(slug)
    }
  }

  return async function findKnownServer(slug: string): Promise<MdmServer | undefined> {
    const remembered = known.get(slug)
    if (remembered && remembered.until > clock()) return remembered.server
    // One question for all who come while it is out: each asking for itself, they would hold the
    // connections that keep what they bring.
    const asking = asked.get(slug) ?? ask(slug)
    asked.set(slug, asking)
    return asking
  }
}
