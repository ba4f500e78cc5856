import { shownText } from '../text/typed-text'

/**
 * What happened to a version of a protocol after it was saved. `usedBefore` was written once, by the update that brought
 * reviews: trials had begun with the version, so it stays in use, and nobody's review is invented for it.
 */
export const versionEventKinds = ['reviewed', 'usedBefore', 'retired'] as const
export type VersionEventKind = (typeof versionEventKinds)[number]

/** The events that let a trial be registered with a version. */
export const admittingKinds = ['reviewed', 'usedBefore'] as const satisfies VersionEventKind[]

export type VersionEvent = {
  kind: VersionEventKind
  at: Date
  byName: string
  /** The note of a review, or the reason of a retirement. */
  reason: string
}

export type VersionState = 'draft' | 'reviewed' | 'inUse' | 'retired'

/** The life of a version: draft, reviewed, in use once a trial is registered with it, retired. */
export function stateOfVersion(
  events: readonly Pick<VersionEvent, 'kind'>[],
  registered: boolean,
): VersionState {
  const has = (kind: VersionEventKind) => events.some((event) => event.kind === kind)
  if (has('retired')) return 'retired'
  if (!admittingKinds.some(has)) return 'draft'
  return registered || has('usedBefore') ? 'inUse' : 'reviewed'
}

export const versionStateWords: Record<VersionState, string> = {
  draft: 'draft, not reviewed',
  reviewed: 'reviewed',
  inUse: 'in use',
  retired: 'retired',
}

type Choice = { plan: { title: string }; version: number; draft: boolean }

/** A version in a list to choose from. */
export const versionChoiceLabel = ({ plan, version, draft }: Choice): string =>
  `${shownText(plan.title)} (version ${version}${draft ? ', not reviewed' : ''})`

type Version = { version: number; createdBy: string; events: readonly VersionEvent[] }

/** Why no trial is registered with a version; undefined if one may be. The database has the same rule. */
export function notForTrials({ version, createdBy, events }: Version): string | undefined {
  const retired = events.find(({ kind }) => kind === 'retired')
  if (retired)
    return `version ${version} of the protocol was retired by ${retired.byName}: ${retired.reason}`
  return events.some(({ kind }) => admittingKinds.some((one) => one === kind))
    ? undefined
    : `version ${version} of the protocol is a draft: a lead other than ${createdBy} reviews it before its first use`
}

/** Who wrote a version. Those from before authors had an ID are known by name only. */
export type VersionAuthor = { createdById: string | null; createdBy: string }

export const isVersionAuthor = (
  { createdById, createdBy }: VersionAuthor,
  person: { id: string; name: string },
): boolean => (createdById === null ? createdBy === person.name : createdById === person.id)
