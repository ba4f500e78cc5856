import { pino } from 'pino'
import type { Actor } from '../domain/actor'

/** A no of the door: who asked, what for, and why not. */
export type DoorRefusal = {
  /** Undefined where it was not asked who comes, or nobody is signed in. */
  actor?: Actor | undefined
  /** A deed of the table, or what was tried where it was refused before any deed was looked at. */
  what: string
  because: string
}

const log = pino({ name: 'door' })

/** Keeps a refusal. Never throws: a no stays a no, also where it cannot be written down. */
export async function recordRefusal({ actor, what, because }: DoorRefusal): Promise<void> {
  log.warn({ actorId: actor?.id, role: actor?.role, what, because }, 'refused')
}
