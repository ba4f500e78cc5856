import type { Db } from '@/lib/db/client'
import { countAttempt } from '@/lib/db/queries/people/rate-limits'
import {
  findShareByToken,
  findShareContent,
  insertShareOpening,
  lockShare,
  type ShareLink,
} from '@/lib/db/queries/share-links'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { shareStateAt } from '@/lib/domain/report/share-link'
import type { SharedContent } from './share-content'
import { hashOfToken } from './share-report'

export type Opened =
  | { status: 'open'; content: SharedContent; expiresAt: Date }
  /** Guessed, expired or revoked: nobody outside is told which. */
  | { status: 'closed' }
  | { status: 'wait'; seconds: number }

const minute = 60_000

/**
 * A token of 256 bits is not found by guessing, at any rate of it; this limits the load by somebody who tries. The token
 * is looked up first, so that a right one is never counted, and is read whatever others behind the same address do.
 */
const guesses = { max: 20, windowMs: minute, maxWaitMs: 15 * minute }
/** Each opening is an entry of the trail, which nobody who has a link should fill. */
const openings = { max: 60, windowMs: minute }
const openingsOfDay = { max: 1000, windowMs: 24 * 60 * minute }

/** Opens a link for whoever has its token, and enters that in the trail: the time, and nothing about the reader. */
export async function openShare(
  db: Db,
  { token, address, form }: { token: string; address: string; form: 'page' | 'json' },
  now: Date,
): Promise<Opened> {
  const link = await findShareByToken(db, hashOfToken(token))
  if (!link || shareStateAt(link, now) !== 'open') {
    const attempt = await countAttempt(db, `share:from:${address}`, guesses, now)
    return attempt.status === 'wait' ? attempt : { status: 'closed' }
  }
  for (const [limited, limit] of [
    [`share:${link.id}`, openings],
    [`share:${link.id}:day`, openingsOfDay],
  ] as const) {
    const again = await countAttempt(db, limited, limit, now)
    if (again.status === 'wait') return again
  }
  return enter(db, link, form, now)
}

/** Who holds a link is nobody the lab knows; the entry names the link. */
const readerOf = ({ id, number }: ShareLink): Actor => ({
  id: `share:${id}`,
  name: `Share link S-${number}`,
  role: 'system',
})

async function enter(db: Db, found: ShareLink, form: 'page' | 'json', now: Date): Promise<Opened> {
  return transact(db, readerOf(found), async (tx): Promise<Opened> => {
    // It may have been revoked since; the lock makes a revocation wait, or this opening see it.
    const link = await lockShare(tx, found.id)
    if (!link || shareStateAt(link, now) !== 'open') return { status: 'closed' }
    await insertShareOpening(tx, { linkId: link.id, openedAt: now, form })
    const bytes = await findShareContent(tx, link.id)
    // Written by makeShareLink, and kept by the database with its hash.
    const content = JSON.parse(new TextDecoder().decode(bytes)) as SharedContent
    return { status: 'open', content, expiresAt: link.expiresAt }
  })
}
