import { declarationPromises } from './declarations/promises'
import {
  nanohubPromises,
  nanomdmPromises,
  type ServerPromise,
  storageNotSet,
} from './nano-promises'
import { type ServerKind, type StorageKind, serverTraits, soundStorages } from './server-kinds'

const micro = 'https://github.com/micromdm/micromdm/blob/c4878e2'

/** `simulated` marks the virtual lab's server, which simulates its kind with a storage chosen on the lab's page. */
export type ServerSort = {
  kind: ServerKind
  storage: StorageKind
  simulated?: boolean
  /** Where the program beside it keeps declarations, if there is one. */
  declarationsUrl?: string | null
}

/** What a server of this kind can and cannot promise about a command, as shown on its page. */
export function serverPromises(server: ServerSort): ServerPromise[] {
  const { kind, storage, simulated, declarationsUrl } = server
  const promises = [
    ...promisesOf[kind](storage),
    ...declarationPromises(kind, typeof declarationsUrl === 'string'),
  ]
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
  if ((storage === 'pgsql' || storage === 'mysql') && storages[storage]) return undefined
  const use = `Use ${soundStorages(kind)} for real trials.`
  return storage === 'unknown' ? `The storage of this ${name} is not set here. ${use}` : use
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

const storageOfTheLab =
  'That depends on the storage that the virtual lab simulates; its page shows which.'

const promisesOf: Record<ServerKind, (storage: StorageKind) => ServerPromise[]> = {
  nanomdm: nanomdmPromises,
  nanohub: nanohubPromises,
  micromdm: () => micromdmPromises,
}
