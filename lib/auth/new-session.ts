import { APIError } from 'better-auth/api'
import { db } from '../db/pool'
import { findPerson } from '../db/queries/people/users'
import { getAccessSettings } from '../db/queries/settings'
import { clientAddress } from './client-address'

type Opening = { userId: string; createdAt: Date; expiresAt: Date }
type Request = { headers?: Headers | undefined } | null | undefined

/**
 * Before any session is stored, however its person signs in. A disabled person is refused in the words of
 * a wrong password, so that nobody learns who has left; the session's end is the lab's absolute limit.
 */
export async function openSession<S extends Opening>(session: S, request: Request) {
  const [person, { sessionHours }] = await Promise.all([
    findPerson(db, session.userId),
    getAccessSettings(db),
  ])
  if (!person || person.disabledAt !== null)
    throw new APIError('UNAUTHORIZED', {
      code: 'INVALID_EMAIL_OR_PASSWORD',
      message: 'Invalid email or password',
    })
  const expiresAt = new Date(session.createdAt.getTime() + sessionHours * 3_600_000)
  return { data: { ...session, expiresAt, ipAddress: clientAddress(request?.headers) } }
}
