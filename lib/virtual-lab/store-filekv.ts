import type { EnqueuedCommand, QueuedCommand } from './wire'

/** A place in a device's linked list, and the last status that was reported for it. */
type Item = { next?: string | undefined; prev?: string | undefined; status?: string | undefined }

type Queue = {
  first?: string | undefined
  last?: string | undefined
  items: Record<string, Item>
}

/**
 * NanoMDM's filekv storage, its default, link by link with both faults of its linked list. A queue needs no enrolment:
 * an unknown ID gets one that nobody reads. Plain JSON.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/storage/kv/queue_ll.go
 */
export type FilekvStore = {
  kind: 'filekv'
  /** Never deleted: an acknowledged command can be delivered again, and its UUID cannot be used again. */
  commands: Record<string, { requestType: string; raw: string }>
  queues: Record<string, Queue>
  enrolments: Record<string, { tokenTally: number }>
}

export const emptyStore = (): FilekvStore => ({
  kind: 'filekv',
  commands: {},
  queues: {},
  enrolments: {},
})

const queueOf = (store: FilekvStore, id: string): Queue =>
  Object.hasOwn(store.queues, id) ? (store.queues[id] ?? { items: {} }) : { items: {} }

const withQueue = (store: FilekvStore, id: string, queue: Queue): FilekvStore => ({
  ...store,
  queues: { ...store.queues, [id]: queue },
})

const withItem = (queue: Queue, uuid: string, change: Item): Queue => ({
  ...queue,
  items: { ...queue.items, [uuid]: { ...queue.items[uuid], ...change } },
})

const append = (queue: Queue, uuid: string): Queue => {
  if (queue.last === undefined) return { ...queue, first: uuid, last: uuid }
  const behind = withItem(queue, queue.last, { next: uuid })
  return { ...withItem(behind, uuid, { prev: queue.last }), last: uuid }
}

/**
 * `unlink` of the source, with its two faults: the item before a removed tail still points at it, so that an
 * acknowledged command is delivered again; and an item without links, such as a finished or unknown one, counts as the
 * only one, so that the whole queue is lost.
 */
const unlink = (queue: Queue, uuid: string): Queue => {
  const { prev, next } = queue.items[uuid] ?? {}
  const bare = (kept: Queue) => withItem(kept, uuid, { prev: undefined, next: undefined })
  if (prev === undefined && next === undefined)
    return bare({ ...queue, first: undefined, last: undefined })
  if (prev === undefined && next !== undefined)
    return bare({ ...withItem(queue, next, { prev: undefined }), first: next })
  if (prev !== undefined && next === undefined) return bare({ ...queue, last: prev })
  if (prev === undefined || next === undefined) return bare(queue)
  return bare(withItem(withItem(queue, prev, { next }), next, { prev }))
}

/** The items from `first` on; the source walks a ring for ever, this walks it once. */
const walk = ({ first, items }: Queue): string[] => {
  const seen: string[] = []
  for (let at = first; at !== undefined && !seen.includes(at); at = items[at]?.next) seen.push(at)
  return seen
}

/** Queues for every ID, known or not; a CommandUUID is accepted only once. */
export function enqueue(
  store: FilekvStore,
  ids: readonly string[],
  { commandUuid, requestType, raw }: EnqueuedCommand,
): { store: FilekvStore } | { error: string } {
  if (Object.hasOwn(store.commands, commandUuid))
    return { error: `command already exists: ${commandUuid}` }
  const known: FilekvStore = {
    ...store,
    commands: { ...store.commands, [commandUuid]: { requestType, raw } },
  }
  const put = (all: FilekvStore, id: string) =>
    withQueue(all, id, append(queueOf(all, id), commandUuid))
  return { store: ids.reduce(put, known) }
}

export function listQueue(store: FilekvStore, id: string): QueuedCommand[] {
  const queue = queueOf(store, id)
  return walk(queue).flatMap((commandUuid) => {
    const command = store.commands[commandUuid]
    const notNow = queue.items[commandUuid]?.status === 'NotNow'
    return command ? [{ commandUuid, ...command, notNow }] : []
  })
}

/** NotNow leaves the command in its place; every other status unlinks it. */
export function storeReport(
  store: FilekvStore,
  id: string,
  commandUuid: string,
  status: string,
): FilekvStore {
  const reported = withItem(queueOf(store, id), commandUuid, { status })
  return withQueue(store, id, status === 'NotNow' ? reported : unlink(reported, commandUuid))
}

/** `clear` of the source: removes all links but those of the last item, and keeps statuses. */
export function clearQueue(store: FilekvStore, id: string): FilekvStore {
  const queue = queueOf(store, id)
  const bare = walk(queue)
    .slice(0, -1)
    .reduce((kept, uuid) => withItem(kept, uuid, { prev: undefined, next: undefined }), queue)
  return withQueue(store, id, { ...bare, first: undefined, last: undefined })
}
