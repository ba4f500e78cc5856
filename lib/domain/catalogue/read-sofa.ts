import { type Family, familyOfSystem, type ReadFeed, type Release } from './feed'
import type { FeedDate } from './feed-date'
import { createForm, type Fields, type Form, join, type Place, withoutRepeats } from './feed-form'

// SOFA v2 of the Mac Admins community, described by v2/schema_changelog.json and read in
// https://github.com/macadmins/sofa/blob/00b0d8ca82f93059846da900c50203b8825337e6/v2/ios_data_feed.json

/** The first part of SchemaVersion, a year, of the shapes that are known. Before March 2026 there was none. */
const knownMajors = ['2026']
const knownVersion = /^2(?:\.|$)/

export const looksLikeSofa = (root: Fields): boolean =>
  Object.hasOwn(root, 'OSVersions') || Object.hasOwn(root, 'AppVersions')

const rootKeys = [
  ...['SchemaVersion', 'Version', 'UpdateHash', 'LastCheck', 'OSName', 'OSVersions', 'Devices'],
  ...['BackgroundSecurityImprovements', 'Models', 'InstallationApps'],
]
const releaseKeys = [
  ...['UpdateName', 'ProductName', 'ProductVersion', 'Build', 'AllBuilds', 'ReleaseDate'],
  ...['ExpirationDate', 'ReleaseType', 'SecurityInfo', 'SecurityInfoContext', 'SupportedDevices'],
  ...['CVEs', 'ActivelyExploitedCVEs', 'UniqueCVEsCount', 'DaysSincePreviousRelease'],
  ...['DeviceScope', 'SupersededBy', 'MergedInto', 'UpdateSummary'],
]

/**
 * Reads the release days. Build is not used: it is the first of AllBuilds, which SOFA joins by version number over
 * the builds of all systems, so that 26.6 has a watch's. Which build it is, Apple's list says (`join-builds.ts`).
 * ExpirationDate is not used either: it is a copy of Apple's list, for the version and not for a device.
 */
export function readSofa(root: Fields): ReadFeed {
  const form = createForm()
  const top: Place = { fields: root, path: '' }
  form.known(top, rootKeys, '')
  const schemaVersion = checkVersion(form, top)
  // Of another schema no field would mean what it says here, so nothing more is looked at.
  if (form.problems.length > 0) return { problems: form.problems }
  const majors = form.objects(root.OSVersions, 'OSVersions')
  const ordinary = majors.flatMap((major) => releasesOf(form, major))
  const [{ family } = { family: '' }] = ordinary
  const read = [...ordinary, ...backgroundOf(form, top, family)]
  if (ordinary.length === 0)
    form.wrong('OSVersions', root.OSVersions, 'a list with at least one release')
  const { rows, repeats } = withoutRepeats(read)
  // The newest of each major stands there as Latest and again in its list.
  const twice = repeats - majors.length
  if (twice > 0)
    form.remark(`${twice} releases stand there twice, word for word; each counts once.`)
  const checked = form.date(top, 'LastCheck')
  const names = namesOf(form, top)
  const families = new Set(rows.map(({ family }) => family))
  if (families.size > 1)
    form.wrong('OSVersions', [...families].join(', '), 'the releases of one system')
  if (form.problems.length > 0) return { problems: form.problems }
  const facts = { listings: [], signings: [], releases: rows, names, remarks: form.remarks() }
  return {
    facts: { kind: 'sofa', scope: family, ...schemaVersion, ...(checked && { checked }), ...facts },
  }
}

function checkVersion(form: Form, top: Place): { schemaVersion?: string } {
  const version = form.text(top, 'Version')
  if (version !== undefined && !knownVersion.test(version))
    form.wrong('Version', version, '2.0: only the v2 feeds are read')
  const schema = form.optional(top, 'SchemaVersion')
  if (schema === undefined) return {}
  const major = schema.split('.')[0] ?? ''
  if (!knownMajors.includes(major))
    form.wrong(
      'SchemaVersion',
      schema,
      `one of ${knownMajors.map((known) => `${known}.…`).join(', ')}, the shapes that are known`,
    )
  return { schemaVersion: schema }
}

function releasesOf(form: Form, major: Place): Release[] {
  const { Latest: latest, SecurityReleases: releases } = major.fields
  const first = latest === undefined ? [] : [form.object(latest, join(major.path, 'Latest'))]
  return [...first, ...form.objects(releases, join(major.path, 'SecurityReleases'))].flatMap(
    (place) => (place ? releaseOf(form, place) : []),
  )
}

function releaseOf(form: Form, place: Place): Release[] {
  form.known(place, releaseKeys, '')
  const family = systemOf(form, place)
  const version = form.version(place, 'ProductVersion')
  const released = asDay(form.date(place, 'ReleaseDate'))
  const devices = [...new Set(form.texts(place, 'SupportedDevices'))].toSorted()
  const claimedBuilds = [...new Set(form.texts(place, 'AllBuilds'))].toSorted()
  if (!version || family === undefined) return []
  return [{ family, ...version, devices, ...(released && { released }), marks: [], claimedBuilds }]
}

/** SOFA writes a bare day as midnight ("2026-08-17T00:00:00Z"), which says nothing of the time. */
const asDay = (date: FeedDate | undefined): FeedDate | undefined =>
  date?.precision === 'time' && /T00:00:00(?:\.0+)?(?:Z|\+00:00)$/.test(date.text)
    ? { text: date.text.slice(0, 10), precision: 'day' }
    : date

const systems = /^(?:iOS and iPadOS|iOS|iPadOS|tvOS|watchOS|visionOS|macOS)\b/

function systemOf(form: Form, place: Place): Family | undefined {
  const name = form.text(place, 'ProductName')
  const system = name === undefined ? undefined : systems.exec(name)?.[0]
  if (name !== undefined && system === undefined)
    form.wrong(
      join(place.path, 'ProductName'),
      name,
      'the name of a system, such as iOS and iPadOS',
    )
  return system === undefined ? undefined : familyOfSystem(system)
}

/** Background improvements stand apart, by major version. Their day is one of listing, so none is taken as a release day. */
function backgroundOf(form: Form, top: Place, family: Family): Release[] {
  const given = top.fields.BackgroundSecurityImprovements
  if (given === undefined || given === null) return []
  const majors = form.object(given, 'BackgroundSecurityImprovements')
  return Object.entries(majors?.fields ?? {}).flatMap(([major, entries]) =>
    form.objects(entries, join('BackgroundSecurityImprovements', major)).flatMap((entry) => {
      const version = form.version(entry, 'Version', 'VersionExtra')
      const devices = [...new Set(form.texts(entry, 'SupportedDevices'))].toSorted()
      return version ? [{ family, ...version, devices, marks: ['response' as const] }] : []
    }),
  )
}

function namesOf(form: Form, top: Place) {
  const given = top.fields.Devices
  if (given === undefined || given === null) return []
  const devices = form.object(given, 'Devices')
  return Object.entries(devices?.fields ?? {}).flatMap(([device, value]) => {
    const place = form.object(value, join('Devices', device))
    const name = place && form.optional(place, 'MarketingName')
    return name === undefined ? [] : [{ device, name }]
  })
}
