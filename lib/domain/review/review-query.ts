import type { ReviewEventKind } from './review'

/** One entry of a review's record. */
export type ReviewEntry = {
  id: number
  kind: ReviewEventKind
  field: string | null
  queryId: number | null
  text: string
  at: Date
  byId: string
  byName: string
}

/** A question on a field with all that came of it. */
export type Query<E extends ReviewEntry = ReviewEntry> = {
  id: number
  field: string
  asked: E
  answers: E[]
  closed: E | undefined
}

/** The queries of a review, the oldest first, each with its answers and how it was closed. */
export function queriesOf<E extends ReviewEntry>(entries: readonly E[]): Query<E>[] {
  return entries.flatMap((asked) => {
    if (asked.kind !== 'queried' || asked.field === null) return []
    const own = entries.filter(({ queryId }) => queryId === asked.id)
    return [
      {
        id: asked.id,
        field: asked.field,
        asked,
        answers: own.filter(({ kind }) => kind === 'answered'),
        closed: own.find(({ kind }) => kind === 'queryClosed'),
      },
    ]
  })
}

export const isOpenQuery = ({ closed }: Query): boolean => closed === undefined

/** One act that carries a signature, and whether it still holds. */
export type ReviewAct<E extends ReviewEntry = ReviewEntry> = {
  entry: E
  /** The unlocking that took it out of force. */
  endedBy: E | undefined
}

/** Every approval and lock there ever was, the oldest first: an unlocking ends them and removes none. */
export function actsOf<E extends ReviewEntry>(entries: readonly E[]): ReviewAct<E>[] {
  return entries.flatMap((entry, index) =>
    entry.kind === 'approved' || entry.kind === 'locked'
      ? [{ entry, endedBy: entries.slice(index).find(({ kind }) => kind === 'unlocked') }]
      : [],
  )
}
