// No `import 'server-only'` here: lib/web/main.ts, which runs outside React's server condition, keeps its
// refusals through this file too, and that package throws for it.

import { createLog } from '@/lib/log'
import type { Db } from '../db/client'
import { recordDeed } from '../db/deeds'
import type { Actor } from '../domain/actor'

/** A no of the door: who asked, what for, and why not. */
export type DoorRefusal = {
  /** Undefined where it was not asked who comes, or nobody is signed in. */
  actor?: Actor | undefined
  /** A deed of the table, or what was tried where it was refused before any deed was looked at. */
  what: string
  because: string
}

const log = createLog('door')

/** So that a stranger who knocks without end cannot fill the trail: so many entries in a minute. */
const mostOfNobody = 20
const minuteMs = 60_000
let minute = { beganAt: 0, entered: 0 }

/** Keeps a refusal in the log and in the audit trail. Never throws: a no stays a no, also where it cannot be written down. */
export async function keepRefusal(db: Db, { actor, what, because }: DoorRefusal): Promise<void> {
  log.warn({ actorId: actor?.id, role: actor?.role, what, because }, 'refused')
  if (!actor && isFull()) return
  try {
    await recordDeed(db, actor, { kind: 'refused', data: { what: what.slice(0, 200), because } })
  } catch (error) {
    log.error({ err: error }, 'a refusal was not entered into the trail')
  }
}

function isFull(): boolean {
  const now = Date.now()
  if (now - minute.beganAt > minuteMs) minute = { beganAt: now, entered: 0 }
  minute.entered += 1
  return minute.entered > mostOfNobody
}
