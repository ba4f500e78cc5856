import type { DeviceState, Reading, ReadingField, ReadingSource } from './reading'

/**
 * Fields that are one reading from one source: a state never combines the version from one source with the build from
 * another, because that pair may never have existed.
 */
export const osFields = [
  'osVersion',
  'osBuild',
  'osVersionExtra',
  'osSupplementalBuild',
] as const satisfies readonly ReadingField[]

const isOsField = (field: ReadingField): boolean => osFields.some((osField) => osField === field)

/** The order of sources for readings with the same time: the device's own answer, then what it printed over USB, then what a person saw, then a file. */
export const sourceRanks: Record<ReadingSource, number> = {
  mdm: 4,
  simulated: 4,
  usb: 3,
  typed: 2,
  imported: 1,
}

/** What decides which of two readings is current. */
export type Ranked = Pick<Reading, 'source' | 'answeredAt' | 'ageUnknown'>

/**
 * Above 0 if `a` outranks `b`: a reading with a known time before one of unknown age, then the later time, then the
 * source. If 0, the one that was recorded later counts. The database uses the same order:
 * lib/db/sql/functions/fold_readings.sql.
 */
export function compareReadings(a: Ranked, b: Ranked): number {
  const dated = Number(b.ageUnknown ?? false) - Number(a.ageUnknown ?? false)
  if (dated !== 0) return dated
  const later = a.answeredAt.getTime() - b.answeredAt.getTime()
  return later === 0 ? sourceRanks[a.source] - sourceRanks[b.source] : later
}

/** Whether a reading that is recorded now becomes the current one of its field. */
export function becomesCurrent(
  field: ReadingField,
  reading: Ranked,
  state: DeviceState | undefined,
): boolean {
  const against = isOsField(field) ? osFields : [field]
  return against.every((one) => {
    const current = state?.[one]
    return current === undefined || compareReadings(reading, current) >= 0
  })
}

/**
 * If the newest OS reading has only the version or only the build, the other one becomes unknown, with the reason: an
 * earlier reading does not stand in for it.
 */
export function withWholeOs(state: DeviceState): DeviceState {
  const { osVersion, osBuild } = state
  const read = osVersion ?? osBuild
  if (!read || (osVersion && osBuild)) return state
  const [has, lacks] = osVersion ? ['version', 'build'] : ['build', 'version']
  const reason = `the newest OS ${has} was read without its ${lacks}; the ${lacks} of another reading does not count`
  const missing = { ...read, value: undefined, unknownReason: reason }
  return read.field === 'osVersion'
    ? { ...state, osBuild: { ...missing, field: 'osBuild' } }
    : { ...state, osVersion: { ...missing, field: 'osVersion' } }
}
