import { type ServerKind, type StorageKind, serverTraits } from './server-kinds'

const nano = 'https://github.com/micromdm/nanomdm/blob/1d5fcf4'
const micro = 'https://github.com/micromdm/micromdm/blob/c4878e2'

/** The answer is `depends` if the storage is not set here, or was not tested. */
export type ServerPromise = {
  question: string
  answer: 'yes' | 'no' | 'depends'
  reason: string
  cites: string
}

/** `simulated` marks the virtual lab's server, which simulates its kind with a storage chosen on the lab's page. */
export type ServerSort = { kind: ServerKind; storage: StorageKind; simulated?: boolean }

/** What a server of this kind can and cannot promise about a command, as shown on its page. */
export function serverPromises({ kind, storage, simulated }: ServerSort): ServerPromise[] {
  const promises = promisesOf[kind](storage)
  return simulated
    ? promises.map((one) =>
        one.reason === storageNotSet ? { ...one, reason: storageOfTheLab } : one,
      )
    : promises
}

/** Why real trials should not use this server; undefined if nothing speaks against it. */
export function storageAdvice({ kind, storage, simulated }: ServerSort): string | undefined {
  const { name, advice, storages } = serverTraits[kind]
  if (simulated)
    return `The virtual lab simulates this server as a ${name}. Its storage is chosen on the page Virtual lab, pgsql by default. No real device is enrolled there.`
  if (advice !== undefined || Object.keys(storages).length === 0) return advice
  if (storage === 'pgsql' || storage === 'mysql') return undefined
  if (storage === 'unknown')
    return `The storage of this ${name} is not set here. Use pgsql or mysql for real trials.`
  return 'Use pgsql or mysql for real trials.'
}

const micromdmPromises: ServerPromise[] = [
  {
    question: 'Does "accepted" mean that the command is in its queue?',
    answer: 'no',
    reason:
      'It answers 201 when the command is published inside it. Writing the queue and the push come after; where they fail, only its log says so.',
    cites: `${micro}/platform/command/new_command.go`,
  },
  {
    question: 'Is the same CommandUUID refused a second time?',
    answer: 'no',
    reason:
      'The same CommandUUID twice is two commands in the queue. Oneway sends each one once; a person who repeats it by hand sends it twice.',
    cites: `${micro}/platform/queue/queue.go`,
  },
  {
    question: 'Can it show what is in the queue of a device?',
    answer: 'yes',
    reason:
      'Since v1.12. What it shows is queued. What it does not show may be queued too: a command answered with NotNow is not in that list.',
    cites: `${micro}/platform/queue/queue.go`,
  },
  {
    question: 'Can it take back a command?',
    answer: 'yes',
    reason:
      'Only by emptying the whole queue of the device, and only what has not been delivered yet. A lead can do so when abandoning a command.',
    cites: `${micro}/platform/command/clear.go`,
  },
  {
    question: 'Can Oneway settle an unconfirmed send by itself?',
    answer: 'no',
    reason:
      'Releases are allowed, and an unconfirmed send is settled by hand: somebody looks into the queue, or a lead abandons the command with a reason. The answer of the device settles it too.',
    cites: `${micro}/docs/user-guide/api-and-webhooks.md`,
  },
  {
    question: 'Does Oneway have to wake the device?',
    answer: 'no',
    reason:
      'It pushes by itself after each command it accepts, and only its log says whether Apple accepted the push. Oneway pushes only when a person asks for it or an observation gap has ended.',
    cites: `${micro}/platform/apns/worker.go`,
  },
  {
    question: 'Are its webhook events signed?',
    answer: 'no',
    reason:
      'A secret in the address takes the place of a signature. It proves who posted, not that the body is unchanged.',
    cites: `${micro}/workflow/webhook/http_post.go`,
  },
  {
    question: 'Is a webhook event sent again when it was not received?',
    answer: 'no',
    reason: 'Each event is posted once, one after the other, within 30 s.',
    cites: `${micro}/workflow/webhook/webhook.go`,
  },
]

type ByStorage = Record<StorageKind, Pick<ServerPromise, 'answer' | 'reason'> & { cites?: string }>

const storageNotSet = 'That depends on the storage, which is not set here.'
const storageOfTheLab =
  'That depends on the storage that the virtual lab simulates; its page shows which.'
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

const nanomdmPromises = (storage: StorageKind): ServerPromise[] => [
  {
    question: 'Does "accepted" mean that the command is in its queue?',
    answer: 'yes',
    reason:
      'It writes the queue before it answers. That says nothing about the device; filekv and inmem may still lose the command.',
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
  {
    question: 'Are its webhook events signed?',
    answer: 'yes',
    reason: 'From v0.9.0 on, with the webhook key. The signature covers no time.',
    cites: `${nano}/service/webhook/service.go`,
  },
  {
    question: 'Is a webhook event sent again when it was not received?',
    answer: 'no',
    reason: 'Each event is posted once, and only a 200 counts as received.',
    cites: `${nano}/service/webhook/service.go`,
  },
]

const sources: Record<StorageKind, string> = {
  pgsql: `${nano}/storage/pgsql/queue.go`,
  mysql: `${nano}/storage/mysql/queue.go`,
  filekv: `${nano}/storage/kv/queue_ll.go`,
  inmem: `${nano}/storage/kv/queue_ll.go`,
  file: `${nano}/storage/file/queue.go`,
  unknown: `${nano}/docs/operations-guide.md`,
}

const promisesOf: Record<ServerKind, (storage: StorageKind) => ServerPromise[]> = {
  nanomdm: nanomdmPromises,
  micromdm: () => micromdmPromises,
}
