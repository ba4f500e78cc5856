import type { Citation } from '@/lib/domain/rules/rule'
import { kmfddm, nanomdm } from './citations'
import { type StorageKind, storageKinds } from './nanomdm-store'

export const pushHabits = ['ok', 'noCertificate', 'unreachable', 'unregistered'] as const
export type PushHabit = (typeof pushHabits)[number]

export const declarationHabits = ['ok', 'notifiesNobody', 'notPassedOn'] as const
export type DeclarationHabit = (typeof declarationHabits)[number]

/** How the virtual NanoMDM behaves, beside its storage. Plain JSON. */
export type ServerHabits = {
  /** The result of a push. All but `ok` answer 500 although the command is queued. */
  push: PushHabit
  /** No queue can be written; each storage reports the error in its own place. */
  queueFails: boolean
  /** How far created_at of its webhook is off, minutes. */
  clockSkewMinutes: number
  /** How it works with the KMFDDM beside it. */
  declarations: DeclarationHabit
}

export const goodServer: ServerHabits = {
  push: 'ok',
  queueFails: false,
  clockSkewMinutes: 0,
  declarations: 'ok',
}

/** A change of the server. A change of the storage starts with an empty one, in which every device enrols again. */
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

export const declarationLooks: Record<DeclarationHabit, Described> = {
  ok: {
    title: 'arrive',
    what: 'KMFDDM queues a command at each change; the device fetches what is new.',
    cites: [kmfddm('notifier/notifier.go')],
  },
  notifiesNobody: {
    title: 'stored, and nobody is notified',
    what: 'KMFDDM answers 204 and cannot queue a command: the MDM server is gone or refuses its key.',
    cites: [kmfddm('notifier/notifier.go')],
  },
  notPassedOn: {
    title: 'not passed on',
    what: 'NanoMDM runs without -dm: every declarative check-in is answered 500, and the webhook is posted all the same.',
    cites: [nanomdm('service/dmhook/dmhook.go')],
  },
}

type Refusal = { error: string; field: string; accepted: string }

/** The clock of a server may be three days off, either way. */
export const maxSkewMinutes = 3 * 24 * 60

const isSkew = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= maxSkewMinutes

const readers: {
  [Key in keyof Required<ServerChange>]: {
    accepted: string
    read(value: unknown): ServerChange[Key]
  }
} = {
  storage: {
    accepted: storageKinds.join(', '),
    read: (value) => storageKinds.find((kind) => kind === value),
  },
  push: {
    accepted: pushHabits.join(', '),
    read: (value) => pushHabits.find((habit) => habit === value),
  },
  queueFails: {
    accepted: 'true or false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  },
  declarations: {
    accepted: declarationHabits.join(', '),
    read: (value) => declarationHabits.find((habit) => habit === value),
  },
  clockSkewMinutes: {
    accepted: `a whole number from ${-maxSkewMinutes} to ${maxSkewMinutes}`,
    read: (value) => (isSkew(value) ? value : undefined),
  },
}

const isHabit = (key: string): key is keyof typeof readers => Object.hasOwn(readers, key)

/** The change of the server that a request asks for, or the first field that is not accepted. */
export function readServerChange(
  fields: Record<string, unknown>,
): { change: ServerChange } | { refusal: Refusal } {
  const change: ServerChange = {}
  for (const [key, value] of Object.entries(fields)) {
    if (!isHabit(key))
      return {
        refusal: {
          error: `${key} is not a habit of the server`,
          field: key,
          accepted: Object.keys(readers).join(', '),
        },
      }
    const { accepted, read } = readers[key]
    const taken = read(value)
    if (taken === undefined)
      return {
        refusal: { error: `${key} does not take ${JSON.stringify(value)}`, field: key, accepted },
      }
    Object.assign(change, { [key]: taken })
  }
  return { change }
}
