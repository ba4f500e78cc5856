// No `import 'server-only'` here: lib/web/main.ts, which runs outside React's server condition, keeps its
// refusals through this file too, and that package throws for it.

import { createLog } from '@/lib/log'
import { recordAction } from '../db/audit/record-action'
import type { Db } from '../db/client'
import type { Actor } from '../domain/account/permissions'
import { createEntryBound } from './entry-bound'

/** A refusal of the guard or of a service: who asked, for what, and why not. */
export type GuardRefusal = {
  /** Undefined where it was not asked who comes, or nobody is signed in. */
  actor?: Actor | undefined
  /** An action of the table, or what was tried where it was refused before any action was looked at. */
  what: string
  reason: string
  trialId?: string | undefined
  deviceId?: string | undefined
}

const log = createLog('authorization')

/** So that who knocks without end cannot fill the trail: so many entries a minute of all strangers, and of each person. */
export const refusalBounds = { nobody: 20, person: 60 } as const
const minuteMs = 60_000

type Waiting = { db: Db; actor: Actor | undefined }
const waiting = new Map<string, Waiting>()

const boundOf = (max: number) =>
  createEntryBound({ max, perMs: minuteMs }, async (key, leftOut) => {
    const last = waiting.get(key)
    waiting.delete(key)
    if (last) await enter(last.db, last.actor, { data: { leftOut, withinMs: minuteMs } })
  })
const isEntered = { nobody: boundOf(refusalBounds.nobody), person: boundOf(refusalBounds.person) }

/**
 * Keeps a refusal in the log and in the audit trail, in a transaction of its own: that of the refused action
 * is undone. Never throws: a no stays a no, also where it cannot be written down.
 */
export async function keepRefusal(db: Db, refusal: GuardRefusal): Promise<void> {
  const { actor, what, reason, trialId, deviceId } = refusal
  log.warn({ actorId: actor?.id, role: actor?.role, what, reason }, 'refused')
  const key = actor?.id ?? 'nobody'
  if (!isEntered[actor ? 'person' : 'nobody'](key)) {
    waiting.set(key, { db, actor })
    return
  }
  const data = { what: what.slice(0, 200), reason: reason.slice(0, 500) }
  await enter(db, actor, { trialId, deviceId, data })
}

type About = Pick<Parameters<typeof recordAction>[2], 'trialId' | 'deviceId' | 'data'>

async function enter(db: Db, actor: Actor | undefined, about: About): Promise<void> {
  try {
    await recordAction(db, actor, { kind: 'refused', ...about })
  } catch (error) {
    log.error({ err: error }, 'a refusal was not entered into the trail')
  }
}
