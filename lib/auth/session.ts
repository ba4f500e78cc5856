import type { Db } from '../db/client'
import { endSession, findSession, touchSession } from '../db/queries/people/sessions'
import { getAccessSettings } from '../db/queries/settings'
import { type AccessSettings, isSessionOver } from '../domain/account/access-settings'
import type { Actor } from '../domain/account/permissions'

/** A signed-in person and their session. */
export type SignedIn = {
  actor: Actor
  email: string
  sessionId: string
  /** When they signed in. */
  signedInAt: Date
  hasSecondFactor: boolean
  hasPassword: boolean
  /** The lab requires a second factor of this role, and the person has none yet. */
  mustSetSecondFactor: boolean
}

/**
 * The person of a session that better-auth has found by its cookie. Role, disabling and both time limits are read
 * from the database each time (F39; ASVS 5.0 7.3.1, 7.3.2, 8.3.2). An expired session is deleted.
 */
export async function checkSession(
  db: Db,
  sessionId: string,
  now: Date,
): Promise<SignedIn | undefined> {
  const [session, settings] = await Promise.all([findSession(db, sessionId), getAccessSettings(db)])
  if (!session) return undefined
  const { person } = session
  if (person.disabledAt !== null || isSessionOver(session, settings, now)) {
    await endSession(db, person.id, sessionId)
    return undefined
  }
  await touchSession(db, sessionId, now)
  return {
    actor: { id: person.id, name: person.name, role: person.role },
    email: person.email,
    sessionId,
    signedInAt: session.createdAt,
    hasSecondFactor: person.twoFactorEnabled,
    hasPassword: person.hasPassword,
    mustSetSecondFactor:
      person.hasPassword && !person.twoFactorEnabled && requiresSecondFactor(settings, person.role),
  }
}

const requiresSecondFactor = ({ secondFactorRoles }: AccessSettings, role: Actor['role']) =>
  secondFactorRoles.some((one) => one === role)
