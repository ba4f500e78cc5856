import type { StorageKind } from './server-kinds'

const nano = 'https://github.com/micromdm/nanomdm/blob/1d5fcf4'
const hub = 'https://github.com/micromdm/nanohub/blob/f71f730'

/** The answer is `depends` if the storage is not set here, or was not tested. */
export type ServerPromise = {
  question: string
  answer: 'yes' | 'no' | 'depends'
  reason: string
  cites: string
}

type ByStorage = Record<StorageKind, Pick<ServerPromise, 'answer' | 'reason'> & { cites?: string }>

export const storageNotSet = 'That depends on the storage, which is not set here.'
const notTested = 'According to its source; not tested here.'

const refusesDuplicate: ByStorage = {
  pgsql: {
    answer: 'yes',
    reason: 'Its primary key refuses it, unless the storage option delete=1 is set.',
  },
  mysql: { answer: 'yes', reason: `Its primary key refuses it. ${notTested}` },
  filekv: {
    answer: 'yes',
    reason: 'It checks before it writes; of ten sent at once, one was accepted.',
  },
  inmem: { answer: 'yes', reason: 'Until it is restarted, which loses everything.' },
  file: { answer: 'no', reason: 'It is delivered again, even after it was acknowledged.' },
  unknown: { answer: 'depends', reason: storageNotSet },
}

const refusesUnknown: ByStorage = {
  pgsql: { answer: 'yes', reason: 'A foreign key refuses it.' },
  mysql: { answer: 'yes', reason: `A foreign key refuses it. ${notTested}` },
  filekv: { answer: 'no', reason: 'It answers 200 and queues for nobody.' },
  inmem: { answer: 'no', reason: 'It answers 200 and queues for nobody.' },
  file: { answer: 'no', reason: 'It answers 200 and queues for nobody.' },
  unknown: { answer: 'depends', reason: storageNotSet },
}

const deliversOnce: ByStorage = {
  pgsql: {
    answer: 'no',
    reason:
      'Not where it cannot store the answer, such as a binary property list: its columns are text, the device gets an error, and the command is delivered again at each poll. Oneway counts that and raises an alarm.',
    cites: `${nano}/storage/pgsql/schema.sql`,
  },
  mysql: { answer: 'depends', reason: notTested },
  filekv: {
    answer: 'no',
    reason:
      'Behind a command answered with NotNow it is delivered again although it was acknowledged.',
  },
  inmem: {
    answer: 'no',
    reason:
      'Behind a command answered with NotNow it is delivered again although it was acknowledged.',
  },
  file: { answer: 'yes', reason: 'Unless the same CommandUUID is sent again.' },
  unknown: { answer: 'depends', reason: storageNotSet },
}

const keepsQueue: ByStorage = {
  pgsql: { answer: 'yes', reason: 'Until the device enrolls again, which empties it.' },
  mysql: {
    answer: 'yes',
    reason: `Until the device enrolls again, which empties it. ${notTested}`,
  },
  filekv: {
    answer: 'no',
    reason: 'A repeated or unknown answer, or commands sent at once, can delete other commands.',
  },
  inmem: {
    answer: 'no',
    reason: 'A repeated or unknown answer deletes other commands, and a restart loses all of them.',
  },
  file: {
    answer: 'yes',
    reason: 'Until the device enrolls again. It delivers in no particular order.',
  },
  unknown: { answer: 'depends', reason: storageNotSet },
}

/** What NanoMDM's code promises of a queue, which NanoHUB contains; `lossy` are the storages that may lose a command. */
const queuePromises = (storage: StorageKind, lossy: string): ServerPromise[] => [
  {
    question: 'Does "accepted" mean that the command is in its queue?',
    answer: 'yes',
    reason: `It writes the queue before it answers. That says nothing about the device; ${lossy} may still lose the command.`,
    cites: `${nano}/api/api.go`,
  },
  {
    question: 'Is the same CommandUUID refused a second time?',
    ...refusesDuplicate[storage],
    cites: sources[storage],
  },
  {
    question: 'Is a command for a device it does not know refused?',
    ...refusesUnknown[storage],
    cites: sources[storage],
  },
  {
    question: 'Is an acknowledged command never delivered again?',
    cites: sources[storage],
    ...deliversOnce[storage],
  },
  {
    question: 'Does what is queued stay queued until it is answered?',
    ...keepsQueue[storage],
    cites: sources[storage],
  },
  {
    question: 'Can it show or take back what is in the queue of a device?',
    answer: 'no',
    reason: 'Its API can do neither. A queued command may run weeks later.',
    cites: `${nano}/docs/openapi.yaml`,
  },
]

const postsOnce: ServerPromise = {
  question: 'Is a webhook event sent again when it was not received?',
  answer: 'no',
  reason: 'Each event is posted once, and only a 200 counts as received.',
  cites: `${nano}/service/webhook/service.go`,
}

export const nanomdmPromises = (storage: StorageKind): ServerPromise[] => [
  ...queuePromises(storage, 'filekv and inmem'),
  {
    question: 'Are its webhook events signed?',
    answer: 'yes',
    reason: 'From v0.9.0 on, with the webhook key. The signature covers no time.',
    cites: `${nano}/service/webhook/service.go`,
  },
  postsOnce,
]

/**
 * The storage of NanoMDM that is behind each name of NanoHUB: its `file` is what NanoMDM calls filekv. A real v0.2.0
 * repeated and lost commands on it in the same cases.
 * https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/storage.go
 */
const storageInNanohub: Partial<Record<StorageKind, StorageKind>> = {
  file: 'filekv',
  inmem: 'inmem',
  mysql: 'mysql',
}

export const nanohubPromises = (storage: StorageKind): ServerPromise[] => [
  ...queuePromises(storageInNanohub[storage] ?? 'unknown', 'file and inmem'),
  {
    question: 'Does it queue commands that nobody asked for through Oneway?',
    answer: 'yes',
    reason:
      'Its workflows and its declarations queue commands of their own, and their answers arrive at the same webhook. No workflow of v0.2.0 updates an OS.',
    cites: `${hub}/cmd/nanohub/workflows.go`,
  },
  {
    question: 'Are its webhook events signed?',
    answer: 'no',
    reason:
      'A secret in the address takes the place of a signature. It proves who posted, not that the body is unchanged. The log of the server shows the address with its secret where an event could not be posted.',
    cites: `${hub}/nanohub/nanohub.go`,
  },
  {
    question: 'Does each webhook event have an ID of its own?',
    answer: 'no',
    reason:
      'An event that was passed on twice is recognised by its bytes, which hold its time to the nanosecond; an answer that the device gave twice, by what it says.',
    cites: `${hub}/nanohub/nanohub.go`,
  },
  postsOnce,
]

const sources: Record<StorageKind, string> = {
  pgsql: `${nano}/storage/pgsql/queue.go`,
  mysql: `${nano}/storage/mysql/queue.go`,
  filekv: `${nano}/storage/kv/queue_ll.go`,
  inmem: `${nano}/storage/kv/queue_ll.go`,
  file: `${nano}/storage/file/queue.go`,
  unknown: `${nano}/docs/operations-guide.md`,
}
