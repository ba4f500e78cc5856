/** One command in one device's queue. `raw` is the plist as it was enqueued. */
export type QueuedCommand = {
  commandUuid: string
  requestType: string
  raw: string
  notNow: boolean
}

type Enrolment = { queue: QueuedCommand[]; tokenTally: number }

/**
 * What NanoMDM keeps, with the habits of its pgsql storage: first in, first out, one CommandUUID
 * once and for ever, no id it does not know. Plain JSON.
 * https://github.com/micromdm/nanomdm/blob/v0.9.0/storage/pgsql/queue.go
 */
export type NanomdmStore = {
  commandUuids: Record<string, true>
  enrolments: Record<string, Enrolment>
}

export const emptyStore = (): NanomdmStore => ({ commandUuids: {}, enrolments: {} })

const has = (record: object, key: string) => Object.hasOwn(record, key)

export const isEnrolled = (store: NanomdmStore, id: string) => has(store.enrolments, id)

/** The error text of PostgreSQL, or undefined when the whole call can be stored. */
export function enqueueError(
  store: NanomdmStore,
  ids: readonly string[],
  commandUuid: string,
): string | undefined {
  const duplicate = (key: string) => `pq: duplicate key value violates unique constraint "${key}"`
  if (commandUuid.length > 127) return 'pq: value too long for type character varying(127)'
  if (has(store.commandUuids, commandUuid)) return duplicate('commands_pkey')
  if (!ids.every((id) => isEnrolled(store, id)))
    return 'pq: insert or update on table "enrollment_queue" violates foreign key constraint "enrollment_queue_id_fkey"'
  return new Set(ids).size < ids.length ? duplicate('enrollment_queue_pkey') : undefined
}

const change = (
  store: NanomdmStore,
  id: string,
  by: (enrolment: Enrolment) => Enrolment,
): NanomdmStore => ({
  ...store,
  enrolments: {
    ...store.enrolments,
    [id]: by(store.enrolments[id] ?? { queue: [], tokenTally: 0 }),
  },
})

/** Queues for every id, or for none: one bad id voids the whole call. */
export function enqueue(
  store: NanomdmStore,
  ids: readonly string[],
  command: Omit<QueuedCommand, 'notNow'>,
): { store: NanomdmStore } | { error: string } {
  const error = enqueueError(store, ids, command.commandUuid)
  if (error !== undefined) return { error }
  const known: NanomdmStore = {
    ...store,
    commandUuids: { ...store.commandUuids, [command.commandUuid]: true },
  }
  const queued = ids.reduce(
    (all, id) =>
      change(all, id, (enrolment) => ({
        ...enrolment,
        queue: [...enrolment.queue, { ...command, notNow: false }],
      })),
    known,
  )
  return { store: queued }
}

export const listQueue = (store: NanomdmStore, id: string): QueuedCommand[] =>
  store.enrolments[id]?.queue ?? []

/** The oldest command that is not answered; after a NotNow those that said NotNow are passed over. */
export function nextCommand(
  store: NanomdmStore,
  id: string,
  skipNotNow: boolean,
): QueuedCommand | undefined {
  return listQueue(store, id).find(({ notNow }) => !(skipNotNow && notNow))
}

/** NotNow keeps the command; every other status, known or not, finishes it. */
export function storeReport(
  store: NanomdmStore,
  id: string,
  commandUuid: string,
  status: string,
): NanomdmStore {
  return change(store, id, (enrolment) => ({
    ...enrolment,
    queue: enrolment.queue.flatMap((command) => {
      if (command.commandUuid !== commandUuid) return [command]
      return status === 'NotNow' ? [{ ...command, notNow: true }] : []
    }),
  }))
}

/** An Authenticate enrols, clears the queue without a word and starts the tally anew. */
export const storeAuthenticate = (store: NanomdmStore, id: string): NanomdmStore =>
  change(store, id, () => ({ queue: [], tokenTally: 0 }))

export function storeTokenUpdate(
  store: NanomdmStore,
  id: string,
): { store: NanomdmStore; tally: number } {
  const tally = (store.enrolments[id]?.tokenTally ?? 0) + 1
  return { store: change(store, id, (enrolment) => ({ ...enrolment, tokenTally: tally })), tally }
}
