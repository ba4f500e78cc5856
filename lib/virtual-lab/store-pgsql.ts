import type { EnqueuedCommand, QueuedCommand } from './wire'

/**
 * NanoMDM's pgsql storage, without the faults of filekv: first in, first out; each CommandUUID only once; known IDs
 * only. Plain JSON.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/storage/pgsql/queue.go
 */
export type PgsqlStore = {
  kind: 'pgsql'
  commandUuids: Record<string, true>
  enrolments: Record<string, { queue: QueuedCommand[]; tokenTally: number }>
}

export const emptyStore = (): PgsqlStore => ({ kind: 'pgsql', commandUuids: {}, enrolments: {} })

const has = (record: object, key: string) => Object.hasOwn(record, key)

/** The error text of PostgreSQL, or undefined when the whole call can be stored. */
function enqueueError(
  store: PgsqlStore,
  ids: readonly string[],
  commandUuid: string,
): string | undefined {
  const duplicate = (key: string) => `pq: duplicate key value violates unique constraint "${key}"`
  if (commandUuid.length > 127) return 'pq: value too long for type character varying(127)'
  if (has(store.commandUuids, commandUuid)) return duplicate('commands_pkey')
  if (!ids.every((id) => has(store.enrolments, id)))
    return 'pq: insert or update on table "enrollment_queue" violates foreign key constraint "enrollment_queue_id_fkey"'
  return new Set(ids).size < ids.length ? duplicate('enrollment_queue_pkey') : undefined
}

/** The error text of PostgreSQL for a command it never had. */
export const reportError = (store: PgsqlStore, commandUuid: string): string | undefined =>
  has(store.commandUuids, commandUuid)
    ? undefined
    : 'pq: insert or update on table "command_results" violates foreign key constraint "command_results_command_uuid_fkey"'

const changeQueue = (
  store: PgsqlStore,
  id: string,
  by: (queue: QueuedCommand[]) => QueuedCommand[],
): PgsqlStore => {
  const { queue, tokenTally } = store.enrolments[id] ?? { queue: [], tokenTally: 0 }
  return { ...store, enrolments: { ...store.enrolments, [id]: { queue: by(queue), tokenTally } } }
}

/** Queues for every ID, or for none: one unknown ID fails the whole call. */
export function enqueue(
  store: PgsqlStore,
  ids: readonly string[],
  command: EnqueuedCommand,
): { store: PgsqlStore } | { error: string } {
  const error = enqueueError(store, ids, command.commandUuid)
  if (error !== undefined) return { error }
  const known: PgsqlStore = {
    ...store,
    commandUuids: { ...store.commandUuids, [command.commandUuid]: true },
  }
  const queued = { ...command, notNow: false }
  return { store: ids.reduce((all, id) => changeQueue(all, id, (q) => [...q, queued]), known) }
}

export const listQueue = (store: PgsqlStore, id: string): QueuedCommand[] =>
  store.enrolments[id]?.queue ?? []

/** A repeated report, or one about an unknown command, does not change the queue. */
export const storeReport = (
  store: PgsqlStore,
  id: string,
  commandUuid: string,
  status: string,
): PgsqlStore =>
  changeQueue(store, id, (queue) =>
    queue.flatMap((command) => {
      if (command.commandUuid !== commandUuid) return [command]
      return status === 'NotNow' ? [{ ...command, notNow: true }] : []
    }),
  )

export const clearQueue = (store: PgsqlStore, id: string): PgsqlStore =>
  changeQueue(store, id, () => [])
