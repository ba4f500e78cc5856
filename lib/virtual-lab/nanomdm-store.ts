import type { EnqueuedCommand, QueuedCommand } from './queued-command'
import type { FilekvStore } from './store-filekv'
import * as filekv from './store-filekv'
import type { PgsqlStore } from './store-pgsql'
import * as pgsql from './store-pgsql'

/** The storages of NanoMDM that the virtual one can have. `filekv` is what NanoMDM runs on unless told otherwise. */
export const storageKinds = ['pgsql', 'filekv'] as const
export type StorageKind = (typeof storageKinds)[number]

/** What NanoMDM keeps, with the habits of its storage. Plain JSON. */
export type NanomdmStore = PgsqlStore | FilekvStore

export const emptyStore = (kind: StorageKind): NanomdmStore =>
  kind === 'filekv' ? filekv.emptyStore() : pgsql.emptyStore()

/** Whether this id has enrolled; a queue alone is no enrolment. */
export const isEnrolled = (store: NanomdmStore, id: string): boolean =>
  Object.hasOwn(store.enrolments, id)

/** The store with the command in every queue, or the storage's error text when the whole call was refused. */
export const enqueue = (
  store: NanomdmStore,
  ids: readonly string[],
  command: EnqueuedCommand,
): { store: NanomdmStore } | { error: string } =>
  store.kind === 'filekv' ? filekv.enqueue(store, ids, command) : pgsql.enqueue(store, ids, command)

/** What a device could still be handed, in the order of its queue. */
export const listQueue = (store: NanomdmStore, id: string): QueuedCommand[] =>
  store.kind === 'filekv' ? filekv.listQueue(store, id) : pgsql.listQueue(store, id)

/** The oldest command without an answer; after a NotNow those that said NotNow are passed over. */
export const nextCommand = (
  store: NanomdmStore,
  id: string,
  skipNotNow: boolean,
): QueuedCommand | undefined => listQueue(store, id).find(({ notNow }) => !(skipNotNow && notNow))

/** NotNow keeps the command; every other status, known or not, finishes it. */
export const storeReport = (
  store: NanomdmStore,
  id: string,
  commandUuid: string,
  status: string,
): NanomdmStore =>
  store.kind === 'filekv'
    ? filekv.storeReport(store, id, commandUuid, status)
    : pgsql.storeReport(store, id, commandUuid, status)

/** Why a report is not taken; filekv takes every one. */
export const reportError = (store: NanomdmStore, commandUuid: string): string | undefined =>
  store.kind === 'filekv' ? undefined : pgsql.reportError(store, commandUuid)

const withTally = (store: NanomdmStore, id: string, tokenTally: number): NanomdmStore => {
  if (store.kind === 'filekv')
    return { ...store, enrolments: { ...store.enrolments, [id]: { tokenTally } } }
  const queue = store.enrolments[id]?.queue ?? []
  return { ...store, enrolments: { ...store.enrolments, [id]: { queue, tokenTally } } }
}

/** An Authenticate enrols, clears the queue without a word and starts the tally anew. */
export function storeAuthenticate(store: NanomdmStore, id: string): NanomdmStore {
  const cleared =
    store.kind === 'filekv' ? filekv.clearQueue(store, id) : pgsql.clearQueue(store, id)
  return withTally(cleared, id, 0)
}

export function storeTokenUpdate(
  store: NanomdmStore,
  id: string,
): { store: NanomdmStore; tally: number } {
  const tally = (store.enrolments[id]?.tokenTally ?? 0) + 1
  return { store: withTally(store, id, tally), tally }
}
