import type { Citation } from '@/lib/domain/rules/rule'
import { nanomdm } from './citations'
import type { StorageKind } from './nanomdm-store'

export const pushHabits = ['ok', 'noCertificate', 'unreachable', 'unregistered'] as const
export type PushHabit = (typeof pushHabits)[number]

/** How the virtual NanoMDM behaves, beside its storage. Plain JSON. */
export type ServerHabits = {
  /** What becomes of a push. All but `ok` answer 500 although the command is queued. */
  push: PushHabit
  /** No queue can be written; each storage says so in a place of its own. */
  queueFails: boolean
  /** How far created_at of its webhook is off, minutes. */
  clockSkewMinutes: number
}

export const goodServer: ServerHabits = { push: 'ok', queueFails: false, clockSkewMinutes: 0 }

/** A change of the server; another storage begins empty, and every device enrols anew. */
export type ServerChange = Partial<ServerHabits & { storage: StorageKind }>

type Described = { title: string; what: string; cites: readonly Citation[] }

export const storageLooks: Record<StorageKind, Described> = {
  pgsql: {
    title: 'pgsql',
    what: 'First in, first out; a CommandUUID once for ever; an unknown id voids the whole call.',
    cites: [nanomdm('storage/pgsql/queue.go')],
  },
  filekv: {
    title: 'filekv',
    what: 'NanoMDM’s default. Queues for unknown ids, hands out an acknowledged command again after a NotNow before it, and loses a queue to a repeated reply.',
    cites: [nanomdm('storage/kv/queue_ll.go')],
  },
}

export const pushLooks: Record<PushHabit, Described> = {
  ok: { title: 'arrive', what: 'The device polls within a moment.', cites: [] },
  noCertificate: {
    title: 'no push certificate',
    what: '500 with a push_error for the whole call; the command is queued.',
    cites: [nanomdm('api/api.go')],
  },
  unreachable: {
    title: 'push service unreachable',
    what: '500 with a push_error for the device; the command is queued.',
    cites: [nanomdm('api/api.go')],
  },
  unregistered: {
    title: 'refused with 410',
    what: '500 with a push_error beside the push_result; the command is queued.',
    cites: [nanomdm('api/api.go')],
  },
}
