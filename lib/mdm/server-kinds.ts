/**
 * The kinds of MDM servers and everything in which they differ, as plain data. Pages, records and messages take
 * what they say about a server from here, so nothing outside of lib/mdm compares a server's kind with a name
 * (lib/mdm/kind-comparisons.test.ts).
 */
export const serverKinds = ['nanomdm', 'nanohub', 'micromdm'] as const
/** The kind of a server never changes. */
export type ServerKind = (typeof serverKinds)[number]

/** Where a server stores its queue, as set when it was started; its behaviour depends on it. */
export const storageKinds = ['pgsql', 'mysql', 'filekv', 'inmem', 'file', 'unknown'] as const
export type StorageKind = (typeof storageKinds)[number]

/**
 * What proves where a webhook request comes from: a signature over its body (`X-Hmac-Signature`), or a secret in the
 * webhook's address, for a server that signs nothing.
 */
const webhookProofs = ['signature', 'secretAddress'] as const
type WebhookProof = (typeof webhookProofs)[number]

/** Where declarations for the devices of a server are kept: in a program beside it, in the server itself, or nowhere. */
const declarationPlaces = ['beside', 'builtIn', 'none'] as const
type DeclarationPlace = (typeof declarationPlaces)[number]

/** The API by which declarations are kept, in each place that there is. */
export type DeclarationApi = {
  /** In a sentence. */
  name: string
  /** The fixed user of HTTP Basic; the password is the API key. */
  apiUser: string
  /** What stands before every path but that of the version. */
  base: string
}

export const declarationApis: Record<Exclude<DeclarationPlace, 'none'>, DeclarationApi> = {
  // https://github.com/jessepeterson/kmfddm/blob/v0.8.3/cmd/kmfddm/main.go
  beside: { name: 'KMFDDM', apiUser: 'kmfddm', base: '/v1' },
  // https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/nanohub.go
  builtIn: { name: 'NanoHUB', apiUser: 'nanohub', base: '/api/v1/ddm' },
}

export type ServerTraits = {
  /** In a sentence. */
  name: string
  /** In a list, and in the destination that a release signs. */
  label: string
  /** The fixed user of HTTP Basic; the password is the API key. */
  apiUser: string
  /** What its API's paths begin with, behind the address that is entered here. */
  apiPath: string
  /** The flags that the server is started with; `ca` if it does not start without the CA of its devices. */
  flags: {
    apiKey: string
    webhookUrl: string
    webhookKey?: string
    storage?: string
    ca?: string
  }
  /** Whether updates can be enforced by declaration, and by which program. */
  declarations: DeclarationPlace
  /** What that means, with its source. */
  declarationsNote: { reason: string; cites: string }
  /** The oldest version that does what Oneway needs. */
  oldest: string
  webhookProof: WebhookProof
  /** The names of the storages it can be started with; empty if there is only one. */
  storages: Partial<Record<StorageKind, string>>
  /** It pushes to the device itself after each command it accepts, so another push by Oneway would be the second. */
  pushesByItself: boolean
  /** Its API can show the queue of a device, and empty it. */
  showsQueue: boolean
  /** An Authenticate of a device empties its queue: unanswered commands are never delivered. */
  emptiesQueueOnEnrollment: boolean
  /** A part of the error message of a push that failed without a push certificate. */
  pushCertificateError?: string
  /** What is known about a command that it has accepted and the device has not answered. */
  accepted: string
  /** What happens to its queue when a device enrolls again, for the record of a trial. */
  enrolledAgain: string
  /** Why real trials should not use it with any storage. */
  advice?: string
}

export const serverTraits: Record<ServerKind, ServerTraits> = {
  nanomdm: {
    name: 'NanoMDM',
    label: 'NanoMDM',
    // https://github.com/micromdm/nanomdm/blob/1d5fcf4/cmd/nanomdm/main.go
    apiUser: 'nanomdm',
    apiPath: '/v1',
    flags: {
      apiKey: '-api',
      webhookUrl: '-webhook-url',
      webhookKey: '-webhook-hmac-key',
      storage: '-storage',
      ca: '-ca',
    },
    declarations: 'beside',
    declarationsNote: {
      reason:
        'By the KMFDDM beside it, on devices with iOS, iPadOS or tvOS 17 and later. NanoMDM hands the questions of devices on to the address of its flag -dm.',
      cites: 'https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/operations-guide.md',
    },
    // Older ones sign nothing: https://github.com/micromdm/nanomdm/commit/8a0b225
    oldest: 'v0.9.0',
    webhookProof: 'signature',
    storages: {
      pgsql: 'pgsql',
      mysql: 'mysql',
      filekv: "filekv (NanoMDM's default)",
      inmem: 'inmem',
      file: 'file (deprecated)',
      unknown: 'not known',
    },
    // With `nopush=1`, which every enqueue has: https://github.com/micromdm/nanomdm/blob/1d5fcf4/api/api.go
    pushesByItself: false,
    // Its API has neither: https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/openapi.yaml
    showsQueue: false,
    // https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/nanomdm/service.go
    emptiesQueueOnEnrollment: true,
    // https://github.com/micromdm/nanomdm/blob/1d5fcf4/push/service/service.go#L67
    pushCertificateError: 'retrieving push cert',
    accepted: 'The MDM server has it.',
    enrolledAgain:
      'NanoMDM emptied its queue without a word, so a command that was not answered may be gone',
  },
  nanohub: {
    name: 'NanoHUB',
    label: 'NanoHUB',
    // https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/nanohub.go
    apiUser: 'nanohub',
    // NanoMDM's API is at /api/v1/nanomdm, that of declarations at /api/v1/ddm.
    apiPath: '/api/v1',
    flags: {
      apiKey: '-api-key',
      webhookUrl: '-webhook-url',
      storage: '-storage',
      ca: '-ca',
    },
    declarations: 'builtIn',
    declarationsNote: {
      reason:
        'It has the API of KMFDDM built in, at the same address and with the same key: on devices with iOS, iPadOS or tvOS 17 and later.',
      cites: 'https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/nanohub.go',
    },
    // The one that was run; it contains NanoMDM v0.9.0: https://github.com/micromdm/nanohub/blob/f71f730/go.mod
    oldest: 'v0.2.0',
    // It gives its webhook no key: https://github.com/micromdm/nanohub/blob/f71f730/nanohub/nanohub.go
    webhookProof: 'secretAddress',
    // https://github.com/micromdm/nanohub/blob/f71f730/cmd/nanohub/storage.go
    storages: {
      mysql: 'mysql',
      file: "file (NanoHUB's default)",
      inmem: 'inmem',
      unknown: 'not known',
    },
    // The rest is what NanoMDM does, whose code it contains.
    pushesByItself: false,
    showsQueue: false,
    emptiesQueueOnEnrollment: true,
    pushCertificateError: 'retrieving push cert',
    accepted: 'The MDM server has it.',
    enrolledAgain:
      'NanoHUB emptied its queue without a word, so a command that was not answered may be gone',
  },
  micromdm: {
    name: 'MicroMDM',
    label: 'MicroMDM v1',
    // https://github.com/micromdm/micromdm/blob/c4878e2/cmd/micromdm/serve.go
    apiUser: 'micromdm',
    apiPath: '/v1',
    flags: { apiKey: '-api-key', webhookUrl: '-command-webhook-url' },
    declarations: 'none',
    declarationsNote: {
      reason:
        'Commands only. It can hand the questions of devices on, but posts none of them to its webhook, so nothing would be seen of what a device does with a declaration.',
      cites: 'https://github.com/micromdm/micromdm/blob/c4878e2/workflow/webhook/webhook.go',
    },
    // It shows queues since then: https://github.com/micromdm/micromdm/blob/c4878e2/CHANGELOG.md
    oldest: 'v1.12',
    // https://github.com/micromdm/micromdm/blob/c4878e2/workflow/webhook/http_post.go
    webhookProof: 'secretAddress',
    storages: {},
    // It listens for its own event of a queued command: https://github.com/micromdm/micromdm/blob/c4878e2/platform/apns/worker.go
    pushesByItself: true,
    // GET and DELETE /v1/commands/{udid}: https://github.com/micromdm/micromdm/blob/c4878e2/platform/queue/queue.go
    showsQueue: true,
    // The queue of a UDID is written by commands and answers alone, as that file shows.
    emptiesQueueOnEnrollment: false,
    accepted:
      'MicroMDM has published it, but that is before its queue: look into the queue to see it there.',
    enrolledAgain:
      'MicroMDM keeps its queue, so a command that was not answered may still be handed out',
    advice:
      'MicroMDM is in maintenance mode; its makers supported it until the end of 2025. For real trials use a server that is maintained and refuses a CommandUUID a second time.',
  },
}

/** The storages of this kind that real trials should use, in words; empty if there is no choice. */
export const soundStorages = (kind: ServerKind): string =>
  (['pgsql', 'mysql'] as const).filter((one) => serverTraits[kind].storages[one]).join(' or ')

/** The kind that is meant where a form or a program names none. */
export const usualServerKind: ServerKind = 'nanomdm'

/** The kind that the virtual lab plays (lib/virtual-lab). */
export const virtualServerKind: ServerKind = 'nanomdm'

/** The program that keeps the declarations of a server's devices, by its name; undefined where none does. */
export function declarationPlaceOf(server: {
  kind: ServerKind
  declarationsUrl: string | null
}): string | undefined {
  const place = serverTraits[server.kind].declarations
  if (place === 'none' || (place === 'beside' && server.declarationsUrl === null)) return undefined
  return declarationApis[place].name
}
