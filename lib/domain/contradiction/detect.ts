import { familyOf, type Platform } from '../device/device'
import { parseVersion } from '../device/os-version'
import {
  type DocumentedMessage,
  describeLife,
  documentation,
  documentationName,
  snapshotFor,
  standingAt,
} from '../documentation/documentation'
import type { DocumentedKey, DocumentedReply } from '../documentation/documented-key'
import { envelope } from '../documentation/envelope'
import type { PlistValue } from '../documentation/plist-value'
import { silenceAfterRestart } from '../documentation/update-commands'
import type { RequestType } from '../trial/command-slot'
import { emptyPath, errorFindings } from './errors'
import { fingerprintOf, type PathFinding, wholeReply } from './finding'
import type { Place } from './judge-value'
import { startWalk, type Walk, walkDict } from './walk'

/** A reply and what is needed to compare it. */
export type ReplyToCheck = {
  requestType: RequestType
  platform: Platform
  /** The OS version of the device when it answered; undefined if unknown. */
  osVersion: string | undefined
  reply: PlistValue
  /** The `Queries` of a DeviceInformation command. */
  queries?: readonly string[] | undefined
  /** Why the device may have received this command before a restart; undefined if the record shows no restart. */
  resent?: string | undefined
}

export type CheckedReply =
  | { compared: false; reason: string }
  | {
      compared: true
      osVersion: string
      /** The version of the documentation that was compared with. */
      documentation: string
      judged: string[]
      findings: PathFinding[]
      /** How many findings were left out. */
      leftOut: number
    }

/** Findings stored for one reply; a reply can contain 10,000 unknown keys. */
export const maxFindings = 100

/**
 * Compares a reply, key path by key path, with what Apple documents for the OS version of the device. Without a known
 * version nothing is compared. Never changes the reply.
 */
export function detectContradictions(asked: ReplyToCheck): CheckedReply {
  const { requestType, platform, osVersion, reply } = asked
  return check(requestType, { platform, osVersion }, (place) => judgeReply(asked, place, reply))
}

/**
 * The same for a status report of declarative management. No item is missed, as a device reports what has changed; inside
 * an item its required keys are.
 */
export function detectInStatusReport(asked: {
  platform: Platform
  osVersion: string | undefined
  report: PlistValue
}): CheckedReply {
  return check('StatusReport', asked, (place) => judgeReport(place, asked.report))
}

function judgeReport(place: Place, report: PlistValue): Walk {
  const documented = documentation.StatusReport
  const inForce = standingAt(documented.lives[place.family], place.os) === 'documented'
  const walk = startWalk(place, inForce ? documented.keys : [], [])
  walk.judged.add(wholeReply)
  if (report.type !== 'dict') walk.findings.push(notADict(report))
  else if (inForce) walkDict(walk, wholeReply, report)
  else
    walk.findings.push(answeredOutside(documented, place, 'a report', 'the device sends a report'))
  return walk
}

function check(
  message: DocumentedMessage,
  { platform, osVersion }: { platform: Platform; osVersion: string | undefined },
  judge: (place: Place) => Walk,
): CheckedReply {
  if (osVersion === undefined)
    return { compared: false, reason: 'the OS version at that time is unknown' }
  const os = parseVersion(osVersion)
  if (!os)
    return { compared: false, reason: `${JSON.stringify(osVersion)} is not a valid OS version` }
  const place: Place = { family: familyOf(platform), os }
  const { findings, judged } = judge(place)
  return {
    compared: true,
    osVersion,
    documentation: documentationName(snapshotFor(os)),
    judged: [...judged],
    ...mergeByFingerprint(message, findings),
  }
}

function judgeReply(asked: ReplyToCheck, place: Place, reply: PlistValue): Walk {
  const documented = documentation[asked.requestType]
  const status = statusOf(reply)
  const standing = standingAt(documented.lives[place.family], place.os)
  const inForce = standing === 'documented'
  const body = inForce ? expectedKeys(documented.keys, status) : []
  const walk = startWalk(place, [...envelope, ...body], asked.queries ?? [])
  walk.judged.add(wholeReply)
  if (reply.type !== 'dict') {
    walk.findings.push(notADict(reply))
    return walk
  }
  walkDict(walk, wholeReply, reply)
  if (!inForce) walk.findings = reportUndocumentedCommand(walk, documented, status)
  if (inForce) walk.findings.push(...errorFindings(walk, documented, reply, status))
  if (asked.resent !== undefined) allowSilence(walk, asked.resent)
  countEmptyList(walk, documented, reply)
  return walk
}

/** The keys that may be missed: a device that did not acknowledge gives no answer, so no key of it can be missing. */
const expectedKeys = (keys: readonly DocumentedKey[], status: string | undefined) =>
  status === 'Acknowledged'
    ? keys
    : keys.map((key): DocumentedKey => ({ ...key, presence: 'optional' }))

const statusOf = (reply: PlistValue): string | undefined => {
  const status = reply.type === 'dict' ? reply.entries.get('Status') : undefined
  return status?.type === 'string' ? status.value : undefined
}

const notADict = ({ type }: PlistValue): PathFinding => ({
  path: wholeReply,
  kind: 'typeDiffers',
  observed: type,
  expected: 'dict',
  reason: `${type} where dict is documented`,
  cites: [],
  reported: [],
  outOf: wholeReply,
})

/** For a command that is not documented in this version, the one finding is that it was answered, not its keys. */
function reportUndocumentedCommand(
  walk: Walk,
  documented: DocumentedReply,
  status: string | undefined,
) {
  const kept = walk.findings.filter(({ kind }) => kind !== 'notDocumented')
  if (status !== 'Acknowledged') return kept
  return [
    ...kept,
    answeredOutside(documented, walk, 'Acknowledged', 'the device answers a command'),
  ]
}

function answeredOutside(
  documented: DocumentedReply,
  { family }: Place,
  observed: string,
  what: string,
): PathFinding {
  const expected = describeLife(documented.lives[family])
  return {
    path: wholeReply,
    kind: 'outsideDocumentedVersions',
    ...{ observed, expected, reason: `${what} that is ${expected}` },
    cites: documented.cites,
    reported: [],
    outOf: wholeReply,
  }
}

/** Apple documents that UpdateResults may be missing if the device received the command before a restart. */
function allowSilence(walk: Walk, resent: string): void {
  const { path, reason, cites } = silenceAfterRestart
  walk.findings = walk.findings.map((finding) =>
    finding.path === path && finding.kind === 'requiredMissing'
      ? { ...finding, kind: 'documentedSilence', reason: `${resent}. ${reason}`, cites }
      : finding,
  )
}

/** Records an empty list as conforming, because `undocumentedError` is counted against such replies. */
function countEmptyList(walk: Walk, documented: DocumentedReply, reply: PlistValue): void {
  if (!documented.emptyList || reply.type !== 'dict') return
  const { path, cites, reported } = documented.emptyList
  const list = reply.entries.get(path)
  if (list?.type !== 'array' || list.items.length > 0 || !walk.judged.has(path)) return
  const empty = emptyPath(path)
  walk.judged.add(empty)
  const [observed, expected, reason] = ['an empty array', 'an empty array', 'as documented']
  const found = { observed, expected, reason, cites, reported, outOf: empty }
  walk.findings.push({ path: empty, kind: 'conforms', ...found })
}

/** Merges equal findings of several items. A path that conforms in one item and not in another does not conform. */
function mergeByFingerprint(message: DocumentedMessage, found: PathFinding[]) {
  const odd = found.filter(({ kind }) => kind !== 'conforms')
  const paths = new Set(odd.map(({ path }) => path))
  const fine = found.filter(({ kind, path }) => kind === 'conforms' && !paths.has(path))
  const different = [
    ...new Map(odd.map((finding) => [fingerprintOf(message, finding), finding])).values(),
  ]
  const byPath = new Map(fine.map((finding) => [finding.path, finding]))
  return {
    findings: [...different.slice(0, maxFindings), ...byPath.values()],
    leftOut: Math.max(0, different.length - maxFindings),
  }
}
