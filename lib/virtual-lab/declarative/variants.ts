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
  what: string
  values: readonly [string, ...string[]]
  cites: readonly Citation[]
}

/**
 * How devices may behave under update declarations, where sources disagree or nobody has published it. A device draws
 * each by the seed unless it is set: none of the values is a claim.
 */
export const variants = {
  dateText: {
    title: 'Text of the target date',
    what: 'local without an offset, RFC 3339, or with spaces in UTC',
    values: ['local', 'rfc3339', 'spaced'],
    cites: [status('pending-version')],
  },
  pendingWithout: {
    title: 'Pending version before a download',
    what: 'its keys are sent with empty texts, or left out',
    values: ['empty', 'absent'],
    cites: [status('pending-version')],
  },
  reasonOrder: {
    title: 'Order of two reasons',
    what: 'the declaration stands last, or first',
    values: ['declarationLast', 'declarationFirst'],
    cites: [status('install-reason')],
  },
  besideReason: {
    title: 'Reason of an install that a person started',
    what: 'the declaration stands beside it, or it stands alone',
    values: ['beside', 'alone'],
    cites: [status('install-reason')],
  },
  failureCount: {
    title: 'Count of failures',
    what: 'grows, as on a Mac, or stays 1',
    values: ['growing', 'fixed'],
    cites: [status('failure-reason')],
  },
  failureTime: {
    title: 'Time of a failure',
    what: 'in UTC, or with the local offset',
    values: ['utc', 'offset'],
    cites: [status('failure-reason')],
  },
  sameVersion: {
    title: 'A target that is installed already',
    what: 'is an error, or is taken',
    values: ['refused', 'accepted'],
    cites: [enforcementArticle, fleet(47999)],
  },
  notOffered: {
    title: 'A target that is not offered',
    what: 'nothing is reported, or the configuration is invalid',
    values: ['silent', 'error'],
    cites: [enforcementArticle],
  },
  downloadRetry: {
    title: 'After a failed download',
    what: 'it tries every hour, or at the next restart',
    values: ['hourly', 'nextRestart'],
    cites: [],
  },
  lateAttempts: {
    title: 'Attempts past the target date',
    what: 'every five minutes, or every hour',
    values: ['fiveMinutes', 'hourly'],
    cites: [],
  },
  removedDownload: {
    title: 'The download of a removed declaration',
    what: 'is kept, or purged',
    values: ['kept', 'purged'],
    cites: [],
  },
  countdown: {
    title: 'Countdown before the restart',
    what: 'a minute, or ten seconds',
    values: ['minute', 'tenSeconds'],
    cites: [microsoft],
  },
  unsubscribed: {
    title: 'Status items that nobody subscribed to',
    what: 'are reported, or only what a held status subscription names',
    values: ['reported', 'silent'],
    cites: [
      cite(
        "Apple's schema, management.status-subscriptions",
        'https://github.com/apple/device-management/blob/b6202ca/declarative/declarations/configurations/management.status-subscriptions.yaml',
      ),
    ],
  },
} as const satisfies Record<string, Described>

export type VariantId = keyof typeof variants
type ValueOf<Id extends VariantId> = (typeof variants)[Id]['values'][number]

// Object.keys loses the key type of the table above.
export const variantIds = Object.keys(variants) as VariantId[]

export type ChosenVariants = { [Id in VariantId]?: string | undefined }

/** What a variant takes. */
export const variantValues = (id: VariantId): readonly string[] => variants[id].values

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
