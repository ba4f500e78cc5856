import type { FilekvStore } from './store-filekv'
import * as filekv from './store-filekv'
import type { PgsqlStore } from './store-pgsql'
import * as pgsql from './store-pgsql'
import type { EnqueuedCommand, QueuedCommand } from './wire'

/** The storages of NanoMDM that can be simulated. `filekv` is NanoMDM's default. */
export const storageKinds = ['pgsql', 'filekv'] as const
export type StorageKind = (typeof storageKinds)[number]

/** NanoMDM's stored data, which behaves as its storage does. Plain JSON. */
export type NanomdmStore = PgsqlStore | FilekvStore

export const emptyStore = (kind: StorageKind): NanomdmStore =>
  kind === 'filekv' ? filekv.emptyStore() : pgsql.emptyStore()

/** Whether this ID has enrolled; a queue alone is not an enrolment. */
export const isEnrolled = (store: NanomdmStore, id: string): boolean =>
  Object.hasOwn(store.enrolments, id)

/** The store with the command in every queue, or the storage's error text when the whole call was refused. */
export const enqueue = (
  store: NanomdmStore,
  ids: readonly string[],
  command: EnqueuedCommand,
): { store: NanomdmStore } | { error: string } =>
  store.kind === 'filekv' ? filekv.enqueue(store, ids, command) : pgsql.enqueue(store, ids, command)

/** The commands that may still be delivered to a device, in the order of its queue. */
export const listQueue = (store: NanomdmStore, id: string): QueuedCommand[] =>
  store.kind === 'filekv' ? filekv.listQueue(store, id) : pgsql.listQueue(store, id)

/** The oldest unanswered command; after a NotNow, commands answered with NotNow are skipped. */
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

/** Why a report is not accepted; filekv accepts every one. */
export const reportError = (store: NanomdmStore, commandUuid: string): string | undefined =>
  store.kind === 'filekv' ? undefined : pgsql.reportError(store, commandUuid)

const withTally = (store: NanomdmStore, id: string, tokenTally: number): NanomdmStore => {
  if (store.kind === 'filekv')
    return { ...store, enrolments: { ...store.enrolments, [id]: { tokenTally } } }
  const queue = store.enrolments[id]?.queue ?? []
  return { ...store, enrolments: { ...store.enrolments, [id]: { queue, tokenTally } } }
}

/** An Authenticate enrols the device, silently clears its queue and resets the tally. */
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
