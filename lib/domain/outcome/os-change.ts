import { fullBuild, fullVersion, isOtherOs, type OsIdentity } from '../device/os-identity'
import { compareVersions, parseVersion, sameVersion, splitVersion } from '../device/os-version'
import type { OsSighting, OutcomeEvidence } from './outcome-evidence'

/**
 * Whether the OS changed; `unseen` if it was not read since the first command was sent. If several others were read
 * after it, `after` is the target of the commands, or else the last one.
 */
export type OsChange =
  | { status: 'changed'; after: OsSighting; firstSeenAt: Date; beforeFirstCommand: boolean }
  | { status: 'unchanged'; after: OsSighting }
  | { status: 'unseen' }

/** When the first command was sent; undefined if none was. */
export function firstSentAt({ slots }: Pick<OutcomeEvidence, 'slots'>): Date | undefined {
  const times = slots.flatMap(({ sentAt }) => (sentAt ? [sentAt.getTime()] : []))
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

/** Compares the OS at the start with every later reading, reported by the device or typed by an observer. */
export function osChangeOf(evidence: OutcomeEvidence): OsChange {
  const sentAt = firstSentAt(evidence)
  const all = sightingsOf(evidence)
  const moved = all.find((sighting) => isOther(sighting, evidence) === true)
  const last = all.at(-1)
  if (moved && last && isOther(last, evidence) !== false)
    return {
      status: 'changed',
      after: all.find((one) => one.at >= moved.at && isHit(one, evidence)) ?? last,
      firstSeenAt: moved.at,
      beforeFirstCommand: sentAt === undefined || moved.at < sentAt,
    }
  const since = all.filter(({ at }) => sentAt !== undefined && at >= sentAt)
  const after = since.findLast((sighting) => isOther(sighting, evidence) === false)
  return after ? { status: 'unchanged', after } : { status: 'unseen' }
}

const isHit = (sighting: OsSighting, evidence: OutcomeEvidence) =>
  isOther(sighting, evidence) === true && isTarget(sighting, evidence.target) === true

/** The first other OS and a later, different one, if more than one other OS was read; in this order. */
export function laterOs(evidence: OutcomeEvidence): [OsSighting, OsSighting] | undefined {
  const all = sightingsOf(evidence)
  const first = all.find((sighting) => isOther(sighting, evidence) === true)
  const later = first && all.findLast((one) => one.at >= first.at && isOtherOs(one, first) === true)
  return first && later && [first, later]
}

/** The OS that a status report claims, if it is another one than was last read, and nothing was read since. */
export function unconfirmedOs(evidence: OutcomeEvidence): OsSighting | undefined {
  const { claimedOs: claimed } = evidence
  const last = sightingsOf(evidence).at(-1)
  if (!claimed || (last && last.at >= claimed.at)) return undefined
  const differs = last ? isOtherOs(claimed, last) : isOther(claimed, evidence)
  return differs === true ? claimed : undefined
}

/** All readings of the OS, the oldest first. */
function sightingsOf({ current, sightings = [], observations }: OutcomeEvidence): OsSighting[] {
  const typed = observations
    .filter(({ kind }) => kind === 'newOsSeen')
    .map(({ at, osVersion, osBuild }) => ({ at, version: osVersion, build: osBuild }))
  const all = [...typed, ...sightings, ...(current ? [current] : [])]
  return all.toSorted((a, b) => a.at.getTime() - b.at.getTime())
}

/** Whether a reading is another OS than at the start; undefined if it does not show it. */
function isOther(
  sighting: OsSighting,
  start: Pick<OutcomeEvidence, 'startOs' | 'startBuild' | 'startSupplementalBuild'>,
): boolean | undefined {
  return isOtherOs(sighting, {
    version: start.startOs,
    build: start.startBuild,
    supplementalBuild: start.startSupplementalBuild,
  })
}

/** Whether this OS is the target of the commands. Compared by version first, because a version can have several builds. */
export function isTarget(
  { version: named, build }: OsSighting,
  target: OutcomeEvidence['target'],
): boolean | undefined {
  // A target names no supplement: ProductVersion cannot.
  const version = named === undefined ? undefined : (splitVersion(named)?.version ?? named)
  if (version !== undefined && target?.version !== undefined) {
    const same = sameVersion(version, target.version)
    if (same !== undefined) return same
  }
  if (build !== undefined && target?.build !== undefined) return build === target.build
  return undefined
}

/** Whether this OS is newer than the target, so that the target may have been installed before: a device is only downgraded by erasing it. */
export function mayHaveBeenTarget(
  { version }: OsSighting,
  target: OutcomeEvidence['target'],
): boolean {
  const [runs, named] = [version, target?.version].map((text) => parseVersion(text ?? ''))
  return !runs || !named || compareVersions(runs, named) > 0
}

export function describeOs(os: OsIdentity): string {
  const [version, build] = [fullVersion(os), fullBuild(os)]
  return build === undefined ? (version ?? 'an unnamed OS') : `${version ?? 'OS'} (${build})`
}
