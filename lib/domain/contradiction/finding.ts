import type { Family } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import type { DocumentedMessage } from '../documentation/documentation'
import type { Citation } from '../rules/rule'

/** The kinds of contradiction between one key path of a reply and the documentation. */
export const contradictionKinds = [
  'typeDiffers',
  'valueNotListed',
  'requiredMissing',
  'notDocumented',
  'undocumentedError',
  'errorThoughStarted',
  'outsideDocumentedVersions',
  'documentedSilence',
  'documentationInconsistent',
] as const
export type ContradictionKind = (typeof contradictionKinds)[number]
type PathVerdict = ContradictionKind | 'conforms'

/** What a kind means, and whether it questions the device or the documentation. */
export const contradictionInfo: Record<
  ContradictionKind,
  { label: string; meaning: string; about: 'device' | 'documentation' | 'neither' }
> = {
  typeDiffers: {
    label: 'type differs',
    meaning: 'The type of the value is not the documented one.',
    about: 'device',
  },
  valueNotListed: {
    label: 'value not listed',
    meaning: 'The value is not among the documented ones.',
    about: 'device',
  },
  requiredMissing: {
    label: 'required missing',
    meaning: 'The reply lacks a key that is documented as required.',
    about: 'device',
  },
  notDocumented: {
    label: 'not documented',
    meaning: 'The reply has a key that Apple does not document.',
    about: 'device',
  },
  undocumentedError: {
    label: 'error where an answer is documented',
    meaning: 'The device answers Error where an answer is documented.',
    about: 'device',
  },
  errorThoughStarted: {
    label: 'Error though it started',
    meaning: 'The device answers Error to an update command and carries it out all the same.',
    about: 'device',
  },
  outsideDocumentedVersions: {
    label: 'outside documented versions',
    meaning: 'The key or the command is documented, but not for this OS version or platform.',
    about: 'device',
  },
  documentedSilence: {
    label: 'documented silence',
    meaning: 'The key is missing, and according to Apple it may be. It contradicts nothing.',
    about: 'neither',
  },
  documentationInconsistent: {
    label: 'documentation inconsistent',
    meaning: "Apple's own texts disagree about what was seen.",
    about: 'documentation',
  },
}

const weight = { device: 0, documentation: 1, neither: 2 }

/** Sorts contradictions of devices before contradictions within the documentation. */
export const deviceFirst = <T extends { kind: ContradictionKind }>(found: readonly T[]): T[] =>
  found.toSorted(
    (a, b) => weight[contradictionInfo[a.kind].about] - weight[contradictionInfo[b.kind].about],
  )

/** The result for one key path of one reply. */
export type PathFinding = {
  /** Such as `OSUpdateStatus[].IsDownloaded`; `wholeReply` for the reply itself. */
  path: string
  kind: PathVerdict
  /** What was seen, as a stable text: a type, a value or an error code. */
  observed: string
  expected: string
  reason: string
  cites: readonly Citation[]
  /** Published reports of other devices that did the same. */
  reported: readonly Citation[]
  /**
   * The path that is the denominator: this finding is counted out of the replies in which that path was compared. For
   * an undocumented key it is the parent.
   */
  outOf: string
}
export type Contradiction = PathFinding & { kind: ContradictionKind }

export const isContradiction = (finding: PathFinding): finding is Contradiction =>
  finding.kind !== 'conforms'

/** The path of the reply or report as a whole; no key can have it, see `keyPath`. */
export const wholeReply = '(reply)'

/** The same text for the same contradiction in every reply, independent of device and version. */
export function fingerprintOf(
  requestType: DocumentedMessage,
  { path, kind, observed }: Pick<PathFinding, 'path' | 'kind' | 'observed'>,
): string {
  return `${requestType} ${path} ${kind} ${observed}`
}

/** On one OS version: `checked` devices whose replies were compared for this, of which `seen` show it. */
export type VersionCount = { family: Family; osVersion: string; seen: number; checked: number }

/** Sorted by version, oldest first; iPhone and iPad before Apple TV. */
function byVersion(counts: readonly VersionCount[]): VersionCount[] {
  return counts.toSorted((a, b) => {
    if (a.family !== b.family) return a.family === 'iOS' ? -1 : 1
    const [left, right] = [parseVersion(a.osVersion), parseVersion(b.osVersion)]
    return left && right ? compareVersions(left, right) : 0
  })
}

/** "3 of 3 on 11.3, 0 of 2 on 12": counts and no percentages, because the devices are few. */
export function tallyInWords(counts: readonly VersionCount[]): string {
  return byVersion(counts)
    .map(({ family, osVersion, seen, checked }) => {
      const os = family === 'tvOS' ? `tvOS ${osVersion}` : osVersion
      return `${seen} of ${checked} on ${os}`
    })
    .join(', ')
}
