import { and, eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { accounts, users } from '@/lib/db/schema/schema'

/** The hash of a person's password; undefined for who has none, is disabled or is not there. */
export async function findPasswordHash(db: Db, personId: string): Promise<string | undefined> {
  const [found] = await db
    .select({ hash: accounts.password, disabledAt: users.disabledAt })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential')))
  return found && found.disabledAt === null ? (found.hash ?? undefined) : undefined
}
