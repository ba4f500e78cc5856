import { and, eq, gt, lt } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { familiarAddresses } from '@/lib/db/schema/people'
import { users } from '@/lib/db/schema/schema'

/** What a limit on guessing must know of the account that is guessed at; undefined where there is none. */
export type Guessed = { id: string; twoFactorEnabled: boolean; familiar: boolean }

const days = (n: number) => n * 24 * 3600 * 1000
/** After so long an address may belong to somebody else. */
const keptMs = days(90)

/** The account of a mail address, and whether its person has signed in from this network address. */
export async function findGuessed(
  db: Db,
  email: string,
  address: string,
  now: Date,
): Promise<Guessed | undefined> {
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

/** Called when a person is wholly signed in, the second factor too. */
export async function noteFamiliar(
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
