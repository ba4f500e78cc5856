import { and, eq, gt, lt } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { familiarAddresses } from '@/lib/db/schema/people'
import { users } from '@/lib/db/schema/schema'

/** What the limits on guessing need of the account that is guessed at. */
export type GuessedAccount = { id: string; twoFactorEnabled: boolean; familiar: boolean }

const days = (n: number) => n * 24 * 3600 * 1000
/** An address that was not used for this long may belong to somebody else by now. */
const keptMs = days(90)

/** The account of a mail address, and whether its person has signed in from this network address; undefined if there is none. */
export async function findGuessedAccount(
  db: Db,
  email: string,
  address: string,
  now: Date,
): Promise<GuessedAccount | undefined> {
  const [found] = await db
    .select({
      id: users.id,
      twoFactorEnabled: users.twoFactorEnabled,
      address: familiarAddresses.address,
    })
    .from(users)
    .leftJoin(
      familiarAddresses,
      and(
        eq(familiarAddresses.userId, users.id),
        eq(familiarAddresses.address, address),
        gt(familiarAddresses.lastAt, new Date(now.getTime() - keptMs)),
      ),
    )
    .where(eq(users.email, email.toLowerCase()))
  if (!found) return undefined
  return {
    id: found.id,
    twoFactorEnabled: found.twoFactorEnabled,
    familiar: found.address !== null,
  }
}

/** Called when a person has signed in completely, with the second factor if there is one. */
export async function recordFamiliarAddress(
  db: Db,
  userId: string,
  address: string,
  now: Date,
): Promise<void> {
  await db
    .insert(familiarAddresses)
    .values({ userId, address, lastAt: now })
    .onConflictDoUpdate({
      target: [familiarAddresses.userId, familiarAddresses.address],
      set: { lastAt: now },
    })
  await db
    .delete(familiarAddresses)
    .where(
      and(
        eq(familiarAddresses.userId, userId),
        lt(familiarAddresses.lastAt, new Date(now.getTime() - keptMs)),
      ),
    )
}
