import { fullBuild, fullVersion, isOtherOs, type OsIdentity } from './os-identity'
import { sameVersion, splitVersion } from './os-version'
import type { OsSighting, OutcomeEvidence } from './outcome-evidence'

/** What the OS before and after says; `unseen` where nobody has looked since the first command left. */
export type OsChange =
  | { status: 'changed'; after: OsSighting; firstSeenAt: Date; beforeFirstCommand: boolean }
  | { status: 'unchanged'; after: OsSighting }
  | { status: 'unseen' }

/** When the first command left; undefined where none has. */
export function firstSentAt({ slots }: Pick<OutcomeEvidence, 'slots'>): Date | undefined {
  const times = slots.flatMap(({ sentAt }) => (sentAt ? [sentAt.getTime()] : []))
  return times.length === 0 ? undefined : new Date(Math.min(...times))
}

/** Compares the OS at the start with every sighting, the device's own and those typed by an observer. */
export function osChangeOf(evidence: OutcomeEvidence): OsChange {
  const sentAt = firstSentAt(evidence)
  const all = sightingsOf(evidence)
  const moved = all.find((sighting) => isOther(sighting, evidence) === true)
  const last = all.at(-1)
  if (moved && last && isOther(last, evidence) !== false)
    return {
      status: 'changed',
      after: last,
      firstSeenAt: moved.at,
      beforeFirstCommand: sentAt === undefined || moved.at < sentAt,
    }
  const since = all.filter(({ at }) => sentAt !== undefined && at >= sentAt)
  const after = since.findLast((sighting) => isOther(sighting, evidence) === false)
  return after ? { status: 'unchanged', after } : { status: 'unseen' }
}

/** All sightings of the OS, the oldest first. */
function sightingsOf({ current, observations }: OutcomeEvidence): OsSighting[] {
  const typed = observations
    .filter(({ kind }) => kind === 'newOsSeen')
    .map(({ at, osVersion, osBuild }) => ({ at, version: osVersion, build: osBuild }))
  const all = current ? [...typed, current] : typed
  return all.toSorted((a, b) => a.at.getTime() - b.at.getTime())
}

/** Whether a sighting is another OS than the trial began with; undefined where it does not tell. */
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

/** Whether what runs now is what the commands named; versions first, as builds have twins. */
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

export function describeOs(os: OsIdentity): string {
  const [version, build] = [fullVersion(os), fullBuild(os)]
  return build === undefined ? (version ?? 'an OS nobody named') : `${version ?? 'OS'} (${build})`
}
