import type { Family } from '../device/device'
import { acceptedVersion, compareVersions, parseVersion, splitVersion } from '../device/os-version'
import {
  type DocumentedMessage,
  documentation,
  documentedMessages,
} from '../documentation/documentation'
import { isWebAddress } from '../rules/known-issues'
import { isNote, noteLength } from '../text/reason'
import { type Mechanism, mechanismWords, type SlotMechanism } from '../trial/mechanism'
import type { ClaimRef } from '../trial/protocol'

/** Who claims it: Apple in its documents, or somebody else in public. */
export const claimSources = ['apple', 'community'] as const
export type ClaimSource = (typeof claimSources)[number]
export const claimSourceLabels: Record<ClaimSource, string> = {
  apple: "Apple's documents",
  community: 'the community',
}

/** How a trial is compared with a claim. */
export const claimChecks = ['reply', 'screen'] as const
export type ClaimCheck = (typeof claimChecks)[number]
export const claimCheckInfo: Record<ClaimCheck, { label: string; meaning: string }> = {
  reply: {
    label: 'by the replies',
    meaning:
      'What the devices answer at one documented key is compared with Apple’s schema: nobody decides.',
  },
  screen: {
    label: 'by what was observed',
    meaning: 'A lead decides for each concluded trial, from its observations and with a reason.',
  },
}

/** What a trial says about a claim. */
export const claimFindings = ['supports', 'contradicts', 'notObserved'] as const
export type ClaimFinding = (typeof claimFindings)[number]
export const claimFindingInfo: Record<ClaimFinding, { label: string; meaning: string }> = {
  supports: { label: 'supports it', meaning: 'The trial shows what is claimed.' },
  contradicts: { label: 'contradicts it', meaning: 'The trial shows something else.' },
  notObserved: {
    label: 'did not observe it',
    meaning: 'The trial says nothing about it. That is never counted as support.',
  },
}

/** A claim in its own words, where it is made, and on which versions it is said to hold; both ends inclusive. */
export type ClaimContent = {
  statement: string
  source: ClaimSource
  /** What the link is called, such as "Apple's schema at 18.1". */
  sourceName: string
  url: string
  family: Family
  from: string
  to?: string | undefined
  check: ClaimCheck
  /** Only of `reply`: the request and the documented key. */
  requestType?: DocumentedMessage | undefined
  path?: string | undefined
  /** Only of `screen`: what to look at. */
  howTo: string
  /** What the updates are by that it is about; undefined for either. */
  mechanism?: SlotMechanism | undefined
}

export const claimName = ({ claim, version }: ClaimRef) => `C-${claim} version ${version}`

/** The documented keys that a claim can be compared at, as "OSUpdateStatus: OSUpdateStatus[].IsDownloaded". */
export const claimPlaces: readonly { requestType: DocumentedMessage; path: string }[] =
  documentedMessages.flatMap((requestType) =>
    documentation[requestType].keys.map(({ path }) => ({ requestType, path })),
  )
const isPlace = (requestType: string | undefined, path: string | undefined) =>
  claimPlaces.some((place) => place.requestType === requestType && place.path === path)

const max = { statement: 300, sourceName: 120, howTo: 500 }

type ClaimProblem = { field: keyof ClaimContent; reason: string }

/** What is wrong with a claim as it is written. */
export function claimProblem(claim: ClaimContent): ClaimProblem | undefined {
  const { statement, sourceName, url, from, to, check, requestType, path, howTo } = claim
  if (!isNote(statement)) return { field: 'statement', reason: `Write the claim, ${noteLength}.` }
  if (statement.length > max.statement || /[\n\r]/.test(statement))
    return { field: 'statement', reason: `Write it on one line of ${max.statement} characters.` }
  if (/["“”„«»]/.test(statement))
    return { field: 'statement', reason: 'Write it in your own words, without a quotation.' }
  if (!isNote(sourceName) || sourceName.length > max.sourceName)
    return { field: 'sourceName', reason: `Name the source in 3 to ${max.sourceName} characters.` }
  if (!isWebAddress(url))
    return { field: 'url', reason: 'Enter an address that begins with https:// or http://.' }
  if (!isPlain(from)) return { field: 'from', reason: `Enter ${acceptedVersion}, and no letter.` }
  if (to !== undefined && !isPlain(to))
    return { field: 'to', reason: `Enter ${acceptedVersion}, and no letter; or nothing.` }
  if (to !== undefined && compareTexts(from, to) > 0)
    return { field: 'to', reason: `${to} comes before ${from}.` }
  if (check === 'reply' && !isPlace(requestType, path))
    return { field: 'path', reason: 'Choose the documented key that it is about.' }
  if (check === 'screen' && !isNote(howTo))
    return { field: 'howTo', reason: `Say what to look at, ${noteLength}.` }
  if (howTo.length > max.howTo)
    return { field: 'howTo', reason: `Say it in at most ${max.howTo} characters.` }
  return undefined
}

const isPlain = (text: string) => {
  const split = splitVersion(text)
  return split !== undefined && split.extra === undefined
}
/** Two versions as texts, compared as versions. */
export const compareTexts = (a: string, b: string): number => {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left && right ? compareVersions(left, right) : Number.NaN
}

/** "iOS and iPadOS 11.3 and later" */
export function claimRange({ family, from, to }: Pick<ClaimContent, 'family' | 'from' | 'to'>) {
  const until = to === undefined ? ' and later' : to === from ? '' : ` to ${to}`
  return `${family === 'iOS' ? 'iOS and iPadOS' : family} ${from}${until}`
}

/** The versions and the mechanism that a claim is about: "iOS and iPadOS 17 and later, updates by declaration". */
export const claimScope = (claim: Pick<ClaimContent, 'family' | 'from' | 'to' | 'mechanism'>) =>
  `${claimRange(claim)}${claim.mechanism ? `, updates by ${claim.mechanism}` : ''}`

/** What one concluded trial of a protocol that names the claim says about it. */
export type ClaimResult = {
  startOs: string
  mechanism: Mechanism
  /** The mechanism that the claim is about; null for either. */
  aboutMechanism: SlotMechanism | null
  /** Whether that is the trial's, or the claim is about either. */
  byItsMechanism: boolean
  /** Undefined while no lead has decided. */
  finding: ClaimFinding | undefined
  /** Whether it started on a version the claim is about. */
  inRange: boolean
  /** Whether an earlier trial from the same version had used the device. */
  retreated: boolean
}

/** Why a trial says nothing about a claim, however it went; undefined if it may say something. */
export function notAbout({
  inRange,
  startOs,
  byItsMechanism,
  aboutMechanism,
  mechanism,
}: Omit<ClaimResult, 'finding' | 'retreated'>): string | undefined {
  if (!inRange) return `It is not about ${startOs}, where this trial started.`
  if (byItsMechanism) return undefined
  return `It is about updates by ${aboutMechanism} alone, and this trial was by ${mechanismWords[mechanism].toLowerCase()}.`
}
