import { familyOfSystem, type ReadFeed, type Release, type ReleaseMark, type Signing } from './feed'
import {
  createForm,
  type Fields,
  type Form,
  type Place,
  splitLoosely,
  withoutRepeats,
} from './feed-form'

// AppleDB, https://api.appledb.dev: one OS entry or a list of them, one device or a list of them. Schemas:
// https://github.com/littlebyteorg/appledb/blob/00f792b3f44c0d5407a3fb4fdb278c96cca48651/schemas/osFiles.json

export const looksLikeAppledbOs = (root: Fields): boolean => Object.hasOwn(root, 'osStr')
export const looksLikeAppledbDevice = (root: Fields): boolean =>
  Object.hasOwn(root, 'identifier') &&
  ['soc', 'arch', 'type', 'board'].some((key) => Object.hasOwn(root, key))

const osKeys = [
  ...['osStr', 'version', 'build', 'uniqueBuild', 'restoreVersion', 'buildId', 'buildTrain'],
  ...['released', 'rc', 'beta', 'rsr', 'internal', 'preinstalled', 'hideFromLatestVersions'],
  ...['createDuplicateEntries', 'releaseNotes', 'securityNotes', 'enterpriseNotes', 'ipd'],
  ...['appledbWebImage', 'deviceMap', 'basebandVersions', 'signed', 'sources'],
]
const deviceKeys = [
  ...['name', 'identifier', 'key', 'soc', 'cpid', 'bdid', 'arch', 'type', 'board', 'model'],
  ...['released', 'discontinued'],
]

const marks: readonly (readonly [string, ReleaseMark])[] = [
  ['beta', 'beta'],
  ['rc', 'candidate'],
  ['rsr', 'response'],
  ['internal', 'internal'],
  ['preinstalled', 'preinstalled'],
]

type Entry = { release: Release; signings: Signing[] }

/**
 * Reads OS entries. Absent `signed`, and a device that its list does not name, say that nobody knows: iPhone11,4 is
 * missing from the list of 22H374 though it shares the restore image of iPhone11,6, which is in it.
 */
export function readAppledbOs(root: readonly unknown[]): ReadFeed {
  const form = createForm()
  const entries = form.objects(root, '').flatMap((place) => entryOf(form, place))
  if (form.problems.length > 0) return { problems: form.problems }
  const { rows: releases, repeats } = withoutRepeats(entries.map(({ release }) => release))
  if (repeats > 0)
    form.remark(`${repeats} entries stand there twice with the same facts; each counts once.`)
  for (const key of sharedDevices(releases))
    form.remark(`${key} stands there twice for one device, with other facts; each is kept.`)
  const signings = withoutRepeats(entries.flatMap((entry) => entry.signings)).rows
  const [only] = entries
  const scope =
    entries.length === 1 && only
      ? `${only.release.family};${only.release.build ?? only.release.version}`
      : ''
  return {
    facts: {
      kind: 'appledbOs',
      scope,
      listings: [],
      signings,
      releases,
      names: [],
      remarks: form.remarks(),
    },
  }
}

/** Builds that two entries have for one device: a release and its candidate, or two dates. */
function sharedDevices(releases: readonly Release[]): Set<string> {
  const builds = Map.groupBy(
    releases.filter(({ build }) => build !== undefined),
    ({ family, build }) => `${family} ${build}`,
  )
  const shared = [...builds].filter(([, of]) => {
    const all = of.flatMap(({ devices }) => devices)
    return of.length > 1 && new Set(all).size < all.length
  })
  return new Set(shared.slice(0, 10).map(([key]) => key))
}

function entryOf(form: Form, place: Place): Entry[] {
  form.known(place, osKeys, '')
  const [system, text] = [form.text(place, 'osStr'), form.text(place, 'version')]
  // The unique build tells a release candidate apart from the release with the same build: "10A403-GM".
  const build = form.optional(place, 'build')
  const released = form.date(place, 'released')
  const devices = [...new Set(form.texts(place, 'deviceMap'))].toSorted()
  const own = marks.flatMap(([key, mark]) => (form.flag(place, key) === true ? mark : []))
  const signed = signedOf(form, place, devices)
  if (system === undefined || text === undefined) return []
  const about = { family: familyOfSystem(system), ...splitLoosely(text), ...(build && { build }) }
  return [
    {
      release: { ...about, devices, ...(released && { released }), marks: own },
      signings:
        build === undefined || signed.devices.length === 0 ? [] : [{ ...about, build, ...signed }],
    },
  ]
}

/** True stands for every device of the entry; a list for those it names, and says nothing of the others. */
function signedOf(
  form: Form,
  place: Place,
  devices: readonly string[],
): { devices: readonly string[]; signed: boolean } {
  const value = place.fields.signed
  if (value === undefined || value === null) return { devices: [], signed: true }
  if (Array.isArray(value)) return { devices: form.texts(place, 'signed').toSorted(), signed: true }
  const signed = form.flag(place, 'signed')
  if (signed === undefined) return { devices: [], signed: true }
  return { devices, signed }
}

/** Reads devices: their names. The identifier is a text or a list of them; a key beside it names one board. */
export function readAppledbDevices(root: readonly unknown[]): ReadFeed {
  const form = createForm()
  const names = form.objects(root, '').flatMap((place) => {
    form.known(place, deviceKeys, '')
    const name = form.text(place, 'name')
    const ids = Array.isArray(place.fields.identifier)
      ? form.texts(place, 'identifier')
      : [form.text(place, 'identifier')].filter((id) => id !== undefined)
    return name === undefined ? [] : ids.map((device) => ({ device, name }))
  })
  if (form.problems.length > 0) return { problems: form.problems }
  const facts = { listings: [], signings: [], releases: [], names: withoutRepeats(names).rows }
  return {
    facts: {
      kind: 'appledbDevices',
      scope: root.length === 1 ? (names[0]?.device ?? '') : '',
      ...facts,
      remarks: form.remarks(),
    },
  }
}
