import type { Db } from '@/lib/db/client'
import type { Actor } from '@/lib/domain/account/permissions'
import { readOwnIdentifier } from '@/lib/domain/declaration/own-identifier'
import { findDeclarationPlace } from '../shared/declaration-place'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'

/** A declaration that a device is to have, as a page shows it. */
export type ShownDeclaration = {
  identifier: string
  type: string | undefined
  aboutUpdates: boolean
  /** Its identifier has the form of Oneway's; another lab's Oneway uses it too. */
  named: 'asOneway' | 'otherwise'
}

export type LookedAt = {
  status: 'seen'
  /** The program that was asked. */
  name: string
  at: Date
  sets: { set: string; declarations: ShownDeclaration[] }[]
  leftOut: number
}

/**
 * Reads what a device is to have at the program that keeps its declarations, whoever put it there. It changes nothing,
 * sends nothing to the device, and shows nothing of what the device has taken.
 */
export async function lookAtDeclarations(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { deviceId: string },
  clock: () => Date,
): Promise<LookedAt | Refusal> {
  const no = forbidden(actor, 'askDevice')
  if (no) return no
  const place = await findDeclarationPlace(db, servers, input.deviceId)
  if ('status' in place) return place
  const { enrollmentId, declarations } = place
  const held = await declarations.sets(enrollmentId)
  if (!held.ok) return refused(`${declarations.name} could not be read: ${held.reason}.`)
  const sets = held.sets.map(({ set, declarations: inSet }) => ({
    set,
    declarations: inSet.map(({ identifier, type, aboutUpdates }) => ({
      ...{ identifier, type, aboutUpdates },
      named: readOwnIdentifier(identifier) ? ('asOneway' as const) : ('otherwise' as const),
    })),
  }))
  return { status: 'seen', name: declarations.name, at: clock(), sets, leftOut: held.leftOut }
}
