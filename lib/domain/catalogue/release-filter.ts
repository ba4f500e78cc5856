import {
  beginsWith,
  type FilterProblem,
  matching,
  oneOf,
  type Reader,
  versionStart,
} from '../text/address-filter'
import { deviceClasses, standings } from './countdown'
import { familyOfDevice, familyOfSystem } from './feed'

/** Systems the page can be narrowed to; the lab's own come first. */
export const families = ['iOS', 'tvOS', 'watchOS', 'audioOS', 'visionOS', 'macOS'] as const
type ShownFamily = (typeof families)[number]

/** What the page of releases is narrowed to. The names are those in the address. */
export type ReleaseFilter = {
  family?: ShownFamily | undefined
  class?: (typeof deviceClasses)[number] | undefined
  standing?: (typeof standings)[number] | undefined
  /** A model identifier. */
  model?: string | undefined
  /** The beginning of a version, such as 12 or 26.5. */
  version?: string | undefined
}

const readers = {
  family: oneOf(families),
  class: oneOf(deviceClasses),
  standing: oneOf(standings),
  model: matching(/^[A-Za-z0-9][\w,.-]{1,39}$/, 'a model identifier such as iPhone14,2'),
  version: versionStart(' such as 26.5'),
}

/** Reads the address. What is not understood is named, as a page without it would show too much. */
export function readReleaseFilter(given: Readonly<Record<string, string | string[] | undefined>>): {
  filter: ReleaseFilter
  problems: FilterProblem[]
} {
  const problems: FilterProblem[] = []
  const read = <T extends string>(field: string, reader: Reader<T>): T | undefined => {
    const text = [given[field]].flat()[0]
    if (text === undefined || text === '') return undefined
    const value = reader.read(text)
    const shown = text.slice(0, 60)
    if (value === undefined)
      problems.push({ field, reason: `${field} is “${shown}”`, accepted: reader.accepted })
    return value
  }
  const filter = {
    ...{ family: read('family', readers.family), class: read('class', readers.class) },
    ...{ standing: read('standing', readers.standing), model: read('model', readers.model) },
    version: read('version', readers.version),
  }
  const known = [...Object.keys(readers), 'environment', 'after']
  const accepted = Object.keys(readers).join(', ')
  for (const field of Object.keys(given)
    .filter((name) => !known.includes(name))
    .slice(0, 5))
    problems.push({ field, reason: `There is no filter “${field.slice(0, 60)}”`, accepted })
  return { filter, problems }
}

/** The system that is shown: the one asked for, else that of the model, else iOS with iPadOS. */
export const familyShown = ({ family, model }: ReleaseFilter): string =>
  family ?? (model === undefined ? undefined : familyOfDevice(model)) ?? familyOfSystem('iOS')

/** Whether a version begins with what was asked for, part by part: 26.5 is in 26 and in 26.5, and not in 2. */
export const hasVersion = (version: string, wanted: string | undefined): boolean =>
  beginsWith(version, wanted) || version.startsWith(`${wanted} (`)
