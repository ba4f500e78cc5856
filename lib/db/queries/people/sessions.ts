import { and, desc, eq, lt, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { sessions, users } from '@/lib/db/schema/schema'
import type { Role } from '@/lib/domain/account/permissions'

export type OpenSession = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  person: {
    id: string
    name: string
    email: string
    role: Role
    disabledAt: Date | null
    twoFactorEnabled: boolean
    /** False for a person who uses single sign-on only; their second factor is checked by the provider. */
    hasPassword: boolean
  }
}

/** A session with its person. */
export async function findSession(db: Db, sessionId: string): Promise<OpenSession | undefined> {
  const { id, createdAt, lastSeenAt } = sessions
  const { name, email, role, disabledAt, twoFactorEnabled } = users
  const hasPassword = sql<boolean>`exists (select from accounts a
    where a.user_id = ${users.id} and a.provider_id = 'credential' and a.password is not null)`
  const person = { id: users.id, name, email, role, disabledAt, twoFactorEnabled, hasPassword }
  const [found] = await db
    .select({ id, createdAt, lastSeenAt, person })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(id, sessionId))
  return found
}

/** Records that a session is in use, at most once a minute: a page makes many requests a second. */
export async function touchSession(db: Db, sessionId: string, now: Date): Promise<void> {
  const aMinuteAgo = new Date(now.getTime() - 60_000)
  await db
    .update(sessions)
    .set({ lastSeenAt: now })
    .where(and(eq(sessions.id, sessionId), lt(sessions.lastSeenAt, aMinuteAgo)))
}

export type SessionLine = {
  id: string
  ipAddress: string | null
  userAgent: string | null
  createdAt: Date
  lastSeenAt: Date
}

/** A person's sessions, the last used first. */
export async function listSessions(db: Db, personId: string): Promise<SessionLine[]> {
  const { id, ipAddress, userAgent, createdAt, lastSeenAt } = sessions
  return db
    .select({ id, ipAddress, userAgent, createdAt, lastSeenAt })
    .from(sessions)
    .where(eq(sessions.userId, personId))
    .orderBy(desc(lastSeenAt), id)
}

/** Ends one session of this person; false if there was none. */
export async function endSession(db: Db, personId: string, sessionId: string): Promise<boolean> {
  const ended = await db
    .delete(sessions)
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, personId)))
    .returning({ id: sessions.id })
  return ended.length > 0
}

/** Ends the sessions of a person, all but `keepId`; gives how many. */
export async function endSessionsOf(db: Db, personId: string, keepId?: string): Promise<number> {
  const own = eq(sessions.userId, personId)
  const ended = await db
    .delete(sessions)
    .where(keepId === undefined ? own : and(own, ne(sessions.id, keepId)))
    .returning({ id: sessions.id })
  return ended.length
}
