import { countAction } from '../core/shared/action-limits'
import type { Db } from '../db/client'
import type { Actor } from '../domain/account/permissions'
import { textAnswer } from '../text-answers'

/** The answer to somebody who has exported too often in the last minute; undefined where they may. */
export async function exportWait(entered: { db: Db; actor: Actor }): Promise<Response | undefined> {
  const wait = await countAction(entered.db, entered.actor, 'export', new Date())
  if (!wait) return undefined
  return textAnswer(429, wait.reason, { 'retry-after': String(wait.waitSeconds) })
}
