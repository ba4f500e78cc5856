import type { Db } from '@/lib/db/client'
import { findServerBySlug, type MdmServer } from '@/lib/db/queries/servers/servers'

const freshMs = 3_000
/** A question that is out for longer may never be answered; who comes then asks on another connection. */
const sharedMs = 1_000

/**
 * Finds the MDM server of a webhook address, remembered for three seconds: a busy server posts hundreds
 * of events in that time, and a changed key still counts almost at once. Unknown ones are not remembered,
 * so that made-up addresses fill no memory. While the database is away the last known one holds.
 */
export function createServerLookup(db: Db, clock: () => number = Date.now) {
  const known = new Map<string, { server: MdmServer; until: number }>()
  const asked = new Map<string, { answer: Promise<MdmServer | undefined>; until: number }>()

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
    }
  }

  const askTogether = (slug: string) => {
    const out = asked.get(slug)
    if (out && out.until > clock()) return out.answer
    const question = { answer: ask(slug), until: clock() + sharedMs }
    asked.set(slug, question)
    const forget = () => {
      if (asked.get(slug) === question) asked.delete(slug)
    }
    question.answer.then(forget, forget)
    return question.answer
  }

  return async function findKnownServer(slug: string): Promise<MdmServer | undefined> {
    const remembered = known.get(slug)
    if (remembered && remembered.until > clock()) return remembered.server
    // One question for all who come while it is out: each asking for itself, they would hold the
    // connections that keep what they bring.
    return askTogether(slug)
  }
}
