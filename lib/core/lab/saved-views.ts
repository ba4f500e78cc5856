import type { Db } from '@/lib/db/client'
import {
  countOwnViews,
  deleteSavedView,
  findSavedView,
  insertSavedView,
  updateSavedView,
} from '@/lib/db/queries/saved-views'
import { transact } from '@/lib/db/transact'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import { maxViews, readSavedQuery, type SavedPage, viewNameProblem } from '@/lib/domain/saved-view'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { isClash } from '../shared/failure'
import { forbidden, type Refusal, refused } from '../shared/result'

type Named = { name: string; shared: boolean }

/** Saves the filters of a page under a name, for the actor alone or shared with the lab. */
export async function saveView(
  db: Db,
  actor: Actor,
  input: Named & { page: SavedPage; filters: Readonly<Record<string, string>> },
  now: Date,
): Promise<{ status: 'saved'; viewId: string } | Refusal> {
  const no = forbidden(actor, 'look') ?? problemOf(actor, input)
  if (no) return no
  const read = readSavedQuery(input.page, input.filters)
  if ('problems' in read) {
    const words = read.problems.map(({ reason, accepted }) => `${reason}. Accepted: ${accepted}.`)
    return refused(words.join(' '), 'filters')
  }
  return unlessTaken(input, () =>
    transact(db, actor, async (tx) => {
      if ((await countOwnViews(tx, actor.id)) >= maxViews)
        return refused(`You have ${maxViews} views; delete one that is no longer used.`)
      const viewId = await insertSavedView(tx, {
        ...{ name: input.name.trim(), shared: input.shared, page: input.page, query: read.query },
        ...{ ownerId: actor.id, ownerName: actor.name, savedAt: now, changedAt: now },
      })
      return { status: 'saved' as const, viewId }
    }),
  )
}

/** Renames a view of the actor's own, shares it with the lab, or stops that. */
export async function changeView(
  db: Db,
  actor: Actor,
  input: Named & { viewId: string },
  now: Date,
): Promise<{ status: 'changed' } | Refusal> {
  const no = forbidden(actor, 'look') ?? problemOf(actor, input)
  if (no) return no
  return unlessTaken(input, () =>
    transact(db, actor, async (tx) => {
      const view = await findView(tx, actor, input.viewId)
      if ('status' in view) return view
      if (view.ownerId !== actor.id)
        return refused(`Only ${view.ownerName}, who saved this view, can change it.`)
      const { name, shared } = input
      await updateSavedView(tx, view.id, { name: name.trim(), shared, changedAt: now })
      return { status: 'changed' as const }
    }),
  )
}

/** Deletes a view of the actor's own, or a shared one of anybody if the actor manages them. No trial changes. */
export async function deleteView(
  db: Db,
  actor: Actor,
  { viewId }: { viewId: string },
): Promise<{ status: 'deleted' } | Refusal> {
  const no = forbidden(actor, 'look')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const view = await findView(tx, actor, viewId)
    if ('status' in view) return view
    if (view.ownerId !== actor.id && !mayDo(actor, 'manageViews'))
      return refused(`Only ${view.ownerName}, who saved this view, and leads can delete it.`)
    await deleteSavedView(tx, view.id)
    return { status: 'deleted' as const }
  })
}

const problemOf = (actor: Actor, { name, shared }: Named): Refusal | undefined => {
  const problem = viewNameProblem(name)
  if (problem) return refused(problem, 'name')
  return shared ? forbidden(actor, 'shareView') : undefined
}

async function findView(tx: Db, actor: Actor, viewId: string) {
  const view = uuidForm.test(viewId) ? await findSavedView(tx, viewId, actor.id) : undefined
  return view ?? refused('There is no such view, or somebody else does not share it.', 'viewId')
}

/** The database holds the names apart; of two that are saved at once one is refused. */
async function unlessTaken<R>(
  { name, shared }: Named,
  write: () => Promise<R>,
): Promise<R | Refusal> {
  try {
    return await write()
  } catch (error) {
    if (!isClash(error)) throw error
    const where = shared
      ? 'You have a view of this name, or the lab shares one'
      : 'You have a view of this name'
    return refused(`${where}: “${name.trim()}”. Choose another name.`, 'name')
  }
}
