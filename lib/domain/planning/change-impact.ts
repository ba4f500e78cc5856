import type { CatalogueChange } from '../catalogue/changes'
import { compareVersions, parseVersion, sameVersion } from '../device/os-version'
import type { TrialState } from '../trial/trial'
import type { VerificationPlan } from './verification-calendar'

/** A device that a lead keeps, or that a trial is planned on. */
type Place = {
  deviceId: string
  labTag: string
  modelIdentifier: string | null
  version: string | null
}

export type KeptDevice = Place & { reason: string }

/** A trial whose first command has not been released. */
export type PlannedTrial = Place & {
  id: string
  number: number
  state: TrialState
  /** The version its first command names, or that the device offered under its key; null where it means any update. */
  target: string | null
}

/** A radar of the verification calendar, with the model of each device that it could be checked with. */
export type CalendarEntry = {
  id: string
  number: number
  plan: Pick<VerificationPlan, 'verifiable' | 'devices'>
  models: ReadonlyMap<string, string>
}

export type ChangeImpact = {
  change: CatalogueChange
  kept: KeptDevice[]
  trials: PlannedTrial[]
  radars: CalendarEntry[]
}

/** What each change touches: those that touch the most first, in the order of the changes. */
export function impactsOf(
  changes: readonly CatalogueChange[],
  lab: {
    kept: readonly KeptDevice[]
    trials: readonly PlannedTrial[]
    radars: readonly CalendarEntry[]
  },
): ChangeImpact[] {
  const impacts = changes.map((change) => ({
    change,
    kept: lab.kept.filter((one) => touches(change, one)),
    trials: lab.trials.filter((one) => touches(change, one) && isTarget(change, one)),
    radars: lab.radars.filter((one) => touchesRadar(change, one)),
  }))
  const isTouching = ({ kept, trials, radars }: ChangeImpact) =>
    kept.length + trials.length + radars.length > 0
  return [...impacts.filter(isTouching), ...impacts.filter((impact) => !isTouching(impact))]
}

/** A target matters to a device below it; a restore image to one that runs its version and would be used up. */
function touches({ kind, version, models }: CatalogueChange, place: Place): boolean {
  if (place.modelIdentifier === null || !models.includes(place.modelIdentifier)) return false
  if (kind === 'unsigned') return sameVersion(version, place.version ?? '') === true
  const [target, own] = [parseVersion(version), parseVersion(place.version ?? '')]
  // A device whose version is not known may be below it.
  return !target || !own || compareVersions(target, own) > 0
}

const isTarget = ({ kind, version }: CatalogueChange, { target }: PlannedTrial): boolean =>
  kind === 'unsigned' ||
  target === null ||
  target === version ||
  sameVersion(target, version) === true

/** An entry rests on the version that a fix can be checked with, and on the hops that take devices there. */
function touchesRadar(change: CatalogueChange, { plan, models }: CalendarEntry): boolean {
  const { kind, version } = change
  if (kind === 'unsigned') return false
  const isOn = (device: string) => change.models.includes(models.get(device) ?? '')
  const { verifiable, devices } = plan
  const checked = verifiable.state === 'known' && sameVersion(verifiable.target, version) === true
  return devices.some(
    ({ device, hop }) =>
      isOn(device) && (checked || (hop !== undefined && sameVersion(hop.to, version) === true)),
  )
}
