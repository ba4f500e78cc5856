import type { Actor } from '@/lib/domain/account/permissions'

export const now = new Date('2026-03-02T09:00:00Z')
export const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

export const engineer: Actor = { id: 'e1', name: 'Erin', role: 'engineer' }
export const lead: Actor = { id: 'l1', name: 'Lee', role: 'lead' }
export const admin: Actor = { id: 'a1', name: 'Ada', role: 'admin' }

/** Returns the result of a set-up step, and throws if the step did not end with that status. */
export function must<T extends { status: string }, S extends T['status']>(
  result: T,
  status: S,
): Extract<T, { status: S }> {
  if (result.status !== status) throw new Error(`expected ${status}: ${JSON.stringify(result)}`)
  // The line above has just compared them.
  return result as Extract<T, { status: S }>
}
