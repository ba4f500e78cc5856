import type { Citation } from '@/lib/domain/rules/rule'
import { drawBetween } from '../chance'
import { statusSchema } from '../citations'

const cite = (label: string, url: string): Citation => ({ label, url })

const enforcementArticle = cite(
  'Apple, Phases of software update enforcement',
  'https://developer.apple.com/documentation/devicemanagement/phases-of-software-update-enforcement',
)
const status = (item: string) => statusSchema('b6202ca', item)
const fleet = (number: number) =>
  cite(`fleetdm/fleet#${number}`, `https://github.com/fleetdm/fleet/issues/${number}`)
const microsoft = cite(
  'Microsoft, managed software updates',
  'https://github.com/MicrosoftDocs/memdocs/blob/066e4b55/memdocs/intune/protect/managed-software-updates-ios-macos.md',
)

type Described = {
  title: string
  /** Each value with its words; the seed draws by their order. */
  values: Record<string, string>
  cites: readonly Citation[]
}

/**
 * How devices may behave under update declarations, where sources disagree or nobody has published it. A device draws
 * each by the seed unless it is set: none of the values is a claim.
 */
export const variants = {
  dateText: {
    title: 'Text of the target date',
    values: {
      local: 'local, without an offset',
      rfc3339: 'RFC 3339, with the offset',
      spaced: 'with spaces, in UTC',
    },
    cites: [status('pending-version')],
  },
  pendingWithout: {
    title: 'Pending version before a download',
    values: {
      empty: 'empty texts',
      absent: 'left out',
    },
    cites: [status('pending-version')],
  },
  reasonOrder: {
    title: 'Order of two reasons',
    values: {
      declarationLast: 'the declaration last',
      declarationFirst: 'the declaration first',
    },
    cites: [status('install-reason')],
  },
  besideReason: {
    title: 'Reason of an install that a person started',
    values: {
      beside: 'the declaration beside it',
      alone: 'alone',
    },
    cites: [status('install-reason')],
  },
  failureCount: {
    title: 'Count of failures',
    values: {
      growing: 'grows, as on a Mac',
      fixed: 'stays 1',
    },
    cites: [status('failure-reason')],
  },
  failureTime: {
    title: 'Time of a failure',
    values: {
      utc: 'in UTC',
      offset: 'with the local offset',
    },
    cites: [status('failure-reason')],
  },
  sameVersion: {
    title: 'A target that is installed already',
    values: {
      refused: 'is an error',
      accepted: 'is taken',
    },
    cites: [enforcementArticle, fleet(47999)],
  },
  notOffered: {
    title: 'A target that is not offered',
    values: {
      silent: 'nothing is reported',
      error: 'the configuration is invalid',
    },
    cites: [enforcementArticle],
  },
  downloadRetry: {
    title: 'After a failed download',
    values: {
      hourly: 'tries every hour',
      nextRestart: 'tries at the next restart',
    },
    cites: [],
  },
  lateAttempts: {
    title: 'Attempts past the target date',
    values: {
      fiveMinutes: 'every five minutes',
      hourly: 'every hour',
    },
    cites: [],
  },
  removedDownload: {
    title: 'The download of a removed declaration',
    values: {
      kept: 'is kept',
      purged: 'is purged',
    },
    cites: [],
  },
  countdown: {
    title: 'Countdown before the restart',
    values: {
      minute: 'a minute',
      tenSeconds: 'ten seconds',
    },
    cites: [microsoft],
  },
  unsubscribed: {
    title: 'Status items that nobody subscribed to',
    values: {
      reported: 'are reported',
      silent: 'only what a held status subscription names',
    },
    cites: [
      cite(
        "Apple's schema, management.status-subscriptions",
        'https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/management.status-subscriptions.yaml',
      ),
    ],
  },
} as const satisfies Record<string, Described>

export type VariantId = keyof typeof variants
type ValueOf<Id extends VariantId> = keyof (typeof variants)[Id]['values']

// Object.keys loses the key type of the table above.
export const variantIds = Object.keys(variants) as VariantId[]

export type ChosenVariants = { [Id in VariantId]?: string | undefined }

/** What a variant takes. */
export const variantValues = (id: VariantId): readonly string[] => Object.keys(variants[id].values)

/** How the device behaves in one point: as it was set, or as the seed draws it. */
export function variantOf<Id extends VariantId>(
  device: { enrollmentId: string; variants?: ChosenVariants | undefined },
  id: Id,
  { seed }: { seed: string },
): ValueOf<Id> {
  const values = variantValues(id)
  const drawn =
    values[drawBetween([0, values.length - 1], seed, device.enrollmentId, 'variant', id)]
  const chosen = values.find((value) => value === device.variants?.[id]) ?? drawn ?? values[0]
  // Every value comes from the list of this variant.
  return chosen as ValueOf<Id>
}
