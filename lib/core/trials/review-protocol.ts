import type { Db } from '@/lib/db/client'
import { insertVersionEvent, listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import {
  findProtocolVersion,
  lockProtocol,
  type ProtocolVersion,
} from '@/lib/db/queries/trials/protocols'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import {
  isVersionAuthor,
  type VersionEvent,
  type VersionEventKind,
} from '@/lib/domain/trial/protocol-life'
import { forbidden, type Refusal, refused } from '../shared/result'

export type ReviewProtocol = { versionId: string; reason: string }
type Done = { status: 'done'; protocolId: string }

/** Reviews a version before its first use. Whoever wrote it does not. `reason` is a note, which may be empty. */
export async function reviewProtocol(
  db: Db,
  actor: Actor,
  input: ReviewProtocol,
  now: Date,
): Promise<Done | Refusal> {
  return addEvent(db, actor, 'reviewed', input, now, (version, events) => {
    if (isVersionAuthor(version, actor))
      return refused(`You wrote version ${version.version}: another lead reviews it.`)
    const reviewed = events.find(({ kind }) => kind === 'reviewed')
    return (
      reviewed && refused(`Version ${version.version} was reviewed by ${reviewed.byName} already.`)
    )
  })
}

/** Retires a version: no trial begins with it any more. Trials that are registered go on as they were sealed. */
export async function retireProtocol(
  db: Db,
  actor: Actor,
  input: ReviewProtocol,
  now: Date,
): Promise<Done | Refusal> {
  return addEvent(db, actor, 'retired', input, now, () =>
    isReason(input.reason) ? undefined : refused(`Say why, ${reasonLength}.`, 'reason'),
  )
}

type Check = (version: ProtocolVersion, events: readonly VersionEvent[]) => Refusal | undefined

async function addEvent(
  db: Db,
  actor: Actor,
  kind: VersionEventKind,
  input: ReviewProtocol,
  now: Date,
  check: Check,
): Promise<Done | Refusal> {
  const no = forbidden(actor, 'reviewProtocol')
  if (no) return no
  const reason = input.reason.trim()
  if (reason.length > 1000) return refused('Say it in at most 1,000 characters.', 'reason')
  return transact(db, { ...actor, reason: reason || undefined }, async (tx) => {
    const version = await findProtocolVersion(tx, input.versionId)
    if (!version || !(await lockProtocol(tx, version.protocolId)))
      return refused('There is no such version of a protocol.')
    const events = await listVersionEvents(tx, [version.id])
    const retired = events.find((event) => event.kind === 'retired')
    if (retired)
      return refused(`Version ${version.version} was retired by ${retired.byName} already.`)
    const problem = check(version, events)
    if (problem) return problem
    await insertVersionEvent(tx, {
      ...{ versionId: version.id, kind, reason, at: now },
      ...{ byId: actor.id, byName: actor.name, byRole: 'lead' },
    })
    return { status: 'done' as const, protocolId: version.protocolId }
  })
}
