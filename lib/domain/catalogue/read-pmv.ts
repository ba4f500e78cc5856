import { acceptedBuild, isBuild } from '../device/os-version'
import { type Family, familyOfDevice, type Listing, type ListingSet, type ReadFeed } from './feed'
import {
  createForm,
  type Fields,
  type Form,
  isFields,
  join,
  type Place,
  withoutRepeats,
} from './feed-form'

// Apple's Software Lookup Service, https://gdmf.apple.com/v2/pmv. Described in
// https://support.apple.com/guide/deployment/depafd2fad80; read in the copy of
// https://github.com/macadmins/sofa/blob/00b0d8ca82f93059846da900c50203b8825337e6/data/resources/gdmf_cached.json

const sets: Readonly<Record<string, ListingSet>> = {
  PublicAssetSets: 'public',
  AssetSets: 'managed',
  PublicBackgroundSecurityImprovements: 'background',
}

/** Whether a file is an answer of Apple's list, bare or as SOFA keeps it: under `data`, an `etag` beside it. */
export const looksLikePmv = (root: Fields): boolean =>
  Object.keys(sets).some((key) => Object.hasOwn(root, key))

const entryKeys = [
  ...['ProductVersion', 'Build', 'ProductVersionExtra', 'PrerequisiteBuild'],
  ...['PostingDate', 'ExpirationDate', 'SupportedDevices'],
]

/**
 * Reads Apple's list. Each entry is kept for the devices it names: one build has several entries with different
 * ends, and the list "iOS" holds watches, Apple TVs and HomePods too.
 */
export function readPmv(root: Fields): ReadFeed {
  const form = createForm()
  form.known({ fields: root, path: '' }, Object.keys(sets), '')
  // Without the list for management nothing could be said of it, and a truncated answer would look like an end.
  for (const needed of ['PublicAssetSets', 'AssetSets'])
    if (!isFields(root[needed])) form.wrong(needed, root[needed], 'an object of systems')
  const read = Object.entries(sets).flatMap(([key, set]) =>
    root[key] === undefined ? [] : listingsOf(form, form.object(root[key], key), set),
  )
  const { rows: listings, repeats } = withoutRepeats(read)
  if (listings.length === 0 && form.problems.length === 0)
    form.wrong('AssetSets', root.AssetSets, 'a list with at least one entry')
  if (repeats > 0)
    form.remark(`${repeats} entries stand there twice, word for word; each counts once.`)
  for (const text of contradicting(listings)) form.remark(text)
  if (form.problems.length > 0) return { problems: form.problems }
  const facts = { listings, signings: [], releases: [], names: [] }
  return { facts: { kind: 'pmv', scope: '', ...facts, remarks: form.remarks() } }
}

const listingsOf = (form: Form, systems: Place | undefined, set: ListingSet): Listing[] =>
  Object.entries(systems?.fields ?? {}).flatMap(([system, entries]) =>
    form
      .objects(entries, join(systems?.path ?? '', system))
      .flatMap((entry) => entryOf(form, entry, set, system)),
  )

function entryOf(form: Form, entry: Place, set: ListingSet, system: string): Listing[] {
  form.known(entry, entryKeys, '')
  const version = form.version(entry, 'ProductVersion', 'ProductVersionExtra')
  // Zentral treats Build as optional; an entry without one is kept and named as such.
  const build = buildAt(form, entry, 'Build')
  const prerequisite = buildAt(form, entry, 'PrerequisiteBuild')
  const [posted, until] = [form.date(entry, 'PostingDate'), form.date(entry, 'ExpirationDate')]
  const devices = form.texts(entry, 'SupportedDevices')
  if (devices.length === 0)
    form.remark(
      `${version?.version ?? '?'} (${build ?? 'no build'}) names no device: which ones it is for is not known.`,
    )
  if (!version) return []
  const known = { set, ...version, ...(build && { build }), ...(prerequisite && { prerequisite }) }
  const dates = { ...(posted && { posted }), ...(until && { until }) }
  return byFamily(devices, system).map(([family, own]) => ({
    family,
    ...known,
    devices: own,
    ...dates,
  }))
}

function buildAt(form: Form, entry: Place, key: string): string | undefined {
  const text = form.optional(entry, key)
  return text === undefined || isBuild(text)
    ? text
    : form.wrong(join(entry.path, key), text, acceptedBuild)
}

/** An entry that names devices of two systems is one entry of each. */
function byFamily(devices: readonly string[], system: string): [Family, string[]][] {
  if (devices.length === 0) return [[system, []]]
  const groups = Map.groupBy(new Set(devices), (device) => familyOfDevice(device) ?? system)
  return [...groups].map(([family, own]) => [family, own.toSorted()])
}

/** A build that one set lists for one device with two different ends: both are kept, and a person reads of it. */
function contradicting(listings: readonly Listing[]): string[] {
  const ends = new Map<string, Set<string>>()
  for (const { set, family, build, devices, until } of listings)
    for (const device of devices) {
      const key = `${set} ${family} ${build ?? ''} ${device}`
      ends.set(key, (ends.get(key) ?? new Set()).add(until?.text ?? 'no end'))
    }
  const several = [...ends].filter(([, { size }]) => size > 1)
  return several.slice(0, 10).map(([key, found]) => {
    const [set, , build, device] = key.split(' ')
    return `${build} stands in the ${set} set twice for ${device}, until ${[...found].join(' and until ')}; both are kept.`
  })
}
