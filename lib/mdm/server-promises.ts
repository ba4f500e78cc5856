import { type ServerKind, type StorageKind, serverTraits } from './server-kinds'

const nano = 'https://github.com/micromdm/nanomdm/blob/1d5fcf4'
const micro = 'https://github.com/micromdm/micromdm/blob/c4878e2'

/** `depends` is where nobody has told which storage it is, or nobody has seen. */
export type ServerPromise = {
  question: string
  answer: 'yes' | 'no' | 'depends'
  because: string
  cites: string
}

/** `simulated` is the virtual lab's server: it plays a server of its kind on a storage that is chosen there. */
export type ServerSort = { kind: ServerKind; storage: StorageKind; simulated?: boolean }

/** What a server of this kind can and cannot promise about a command, as its page says it. */
export function serverPromises({ kind, storage, simulated }: ServerSort): ServerPromise[] {
  const promises = promisesOf[kind](storage)
  return simulated
    ? promises.map((one) => (one.because === notToldYet ? { ...one, because: played } : one))
    : promises
}

/** Why real trials should not use this server; undefined where there is nothing to say. */
export function storageAdvice({ kind, storage, simulated }: ServerSort): string | undefined {
  const { name, advice, storages } = serverTraits[kind]
  if (simulated)
    return `The virtual lab plays this server as a ${name}. Its storage is chosen on the page Virtual lab, pgsql at first. No real device is enrolled there.`
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
    because:
      'It answers 201 when the command is published inside it. Writing the queue and the push come after; where they fail, only its log says so.',
    cites: `${micro}/platform/command/new_command.go`,
  },
  {
    question: 'Is the same CommandUUID refused a second time?',
    answer: 'no',
    because:
      'The same CommandUUID twice is two commands in the queue. Oneway sends each one once; whoever sends it by hand sends it twice.',
    cites: `${micro}/platform/queue/queue.go`,
  },
  {
    question: 'Can it show what is in the queue of a device?',
    answer: 'yes',
    because:
      'Since v1.12. What it shows is there. What it does not show proves nothing: a command put off with NotNow is not in that list.',
    cites: `${micro}/platform/queue/queue.go`,
  },
  {
    question: 'Can it take back a command?',
    answer: 'yes',
    because:
      'Only by emptying the whole queue of the device, and only what has not been handed out yet. A lead can do so while abandoning a command.',
    cites: `${micro}/platform/command/clear.go`,
  },
  {
    question: 'Can a send that nobody is sure of be settled by the program alone?',
    answer: 'no',
    because:
      'A release is allowed, and such a send is resolved by hand: somebody looks into the queue, or a lead gives it up with a reason. The answer of the device settles it too.',
    cites: `${micro}/docs/user-guide/api-and-webhooks.md`,
  },
  {
    question: 'Does Oneway have to wake the device?',
    answer: 'no',
    because:
      'It pushes by itself after each command it takes, and only its log says whether Apple took the push. Oneway pushes only when a person asks for it or an observation gap has ended.',
    cites: `${micro}/platform/apns/worker.go`,
  },
  {
    question: 'Is what its webhook says signed?',
    answer: 'no',
    because:
      'It has no signature. A secret in the address stands in for one; it proves who posted, not that the body came unchanged.',
    cites: `${micro}/workflow/webhook/http_post.go`,
  },
  {
    question: 'Is a webhook event sent again when it was not received?',
    answer: 'no',
    because: 'It is posted once, one after the other, each within 30 s.',
    cites: `${micro}/workflow/webhook/webhook.go`,
  },
]

type ByStorage = Record<StorageKind, Pick<ServerPromise, 'answer' | 'because'> & { cites?: string }>

const notToldYet = 'That depends on the storage, which is not set here.'
const played = 'That depends on the storage that the virtual lab plays; its page shows which.'
const notRun = 'By its source; nobody has tried it here.'

const refusesTwin: ByStorage = {
  pgsql: {
    answer: 'yes',
    because: 'Its primary key refuses it, unless the storage option delete=1 is set.',
  },
  mysql: { answer: 'yes', because: `Its primary key refuses it. ${notRun}` },
  filekv: {
    answer: 'yes',
    because: 'It looks first and writes then; of ten at once one was taken.',
  },
  inmem: { answer: 'yes', because: 'Until it is restarted, which forgets everything.' },
  file: { answer: 'no', because: 'It is delivered again, even after it was acknowledged.' },
  unknown: { answer: 'depends', because: notToldYet },
}

const refusesUnknown: ByStorage = {
  pgsql: { answer: 'yes', because: 'A foreign key refuses it.' },
  mysql: { answer: 'yes', because: `A foreign key refuses it. ${notRun}` },
  filekv: { answer: 'no', because: 'It answers 200 and queues for nobody.' },
  inmem: { answer: 'no', because: 'It answers 200 and queues for nobody.' },
  file: { answer: 'no', because: 'It answers 200 and queues for nobody.' },
  unknown: { answer: 'depends', because: notToldYet },
}

const deliversOnce: ByStorage = {
  pgsql: {
    answer: 'no',
    because:
      'An answer in XML ends it. An answer that it cannot store, such as a binary property list, does not: its columns are text, the device gets an error, and the command is handed out again at each poll. Oneway counts that and raises an alarm.',
    cites: `${nano}/storage/pgsql/schema.sql`,
  },
  mysql: { answer: 'depends', because: notRun },
  filekv: {
    answer: 'no',
    because: 'After a NotNow before it in the queue it is handed out again, though acknowledged.',
  },
  inmem: {
    answer: 'no',
    because: 'After a NotNow before it in the queue it is handed out again, though acknowledged.',
  },
  file: { answer: 'yes', because: 'Unless the same CommandUUID is sent again.' },
  unknown: { answer: 'depends', because: notToldYet },
}

const keepsQueue: ByStorage = {
  pgsql: { answer: 'yes', because: 'Until the device enrols again, which empties it.' },
  mysql: { answer: 'yes', because: `Until the device enrols again, which empties it. ${notRun}` },
  filekv: {
    answer: 'no',
    because: 'A repeated or unknown answer, or commands sent at once, make others vanish.',
  },
  inmem: {
    answer: 'no',
    because: 'A repeated or unknown answer makes others vanish, and a restart forgets them all.',
  },
  file: { answer: 'yes', because: 'Until the device enrols again. It hands out in no order.' },
  unknown: { answer: 'depends', because: notToldYet },
}

const nanomdmPromises = (storage: StorageKind): ServerPromise[] => [
  {
    question: 'Does "accepted" mean that the command is in its queue?',
    answer: 'yes',
    because:
      'It writes the queue before it answers. That says nothing of the device, and of filekv and inmem not that it stays there.',
    cites: `${nano}/api/api.go`,
  },
  {
    question: 'Is the same CommandUUID refused a second time?',
    ...refusesTwin[storage],
    cites: sources[storage],
  },
  {
    question: 'Is a command for a device it does not know refused?',
    ...refusesUnknown[storage],
    cites: sources[storage],
  },
  {
    question: 'Is an acknowledged command never handed out again?',
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
    because: 'Its API has neither. A queued command may run weeks later.',
    cites: `${nano}/docs/openapi.yaml`,
  },
  {
    question: 'Is what its webhook says signed?',
    answer: 'yes',
    because: 'From v0.9.0 on, by the webhook key. There is no time in it.',
    cites: `${nano}/service/webhook/service.go`,
  },
  {
    question: 'Is a webhook event sent again when it was not received?',
    answer: 'no',
    because: 'It is posted once, and only a 200 counts.',
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
