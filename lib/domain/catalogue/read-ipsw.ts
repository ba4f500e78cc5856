import { familyOfDevice, type ReadFeed } from './feed'
import {
  createForm,
  type Fields,
  type Form,
  join,
  type Place,
  splitLoosely,
  withoutRepeats,
} from './feed-form'

// ipsw.me v4, https://api.ipsw.me/v4/device/{identifier}?type=ipsw and /devices; described in
// https://github.com/brightdigit/IPSWDownloads/blob/23c21e7159af77445d0af2f75d095a48a8169133/openapi.yaml

const deviceKeys = [
  ...['name', 'identifier', 'firmwares', 'boards', 'boardconfig', 'platform', 'cpid', 'bdid'],
]
const firmwareKeys = [
  ...['identifier', 'version', 'buildid', 'sha1sum', 'md5sum', 'sha256sum', 'filesize', 'url'],
  ...['releasedate', 'uploaddate', 'signed'],
]
/** Only rows of ?type=ota have these: there `signed` is about an update, and one build has many rows. */
const otaKeys = ['prerequisiteversion', 'prerequisitebuildid', 'releasetype', 'marketingversion']

export const looksLikeIpswDevice = (root: Fields): boolean => Object.hasOwn(root, 'firmwares')

/** An entry of /devices: boards, and none of AppleDB's keys. */
export const looksLikeIpswEntry = (root: Fields): boolean =>
  Object.hasOwn(root, 'identifier') && Object.hasOwn(root, 'boards') && !Object.hasOwn(root, 'soc')

/**
 * Reads the restore images of one device: whether each is signed, and when it was released. `uploaddate` is another
 * day and not read. A build without a row is not known here: an update without a restore image has none.
 */
export function readIpswDevice(root: Fields): ReadFeed {
  const form = createForm()
  const top: Place = { fields: root, path: '' }
  form.known(top, deviceKeys, '')
  const [device, name] = [form.text(top, 'identifier'), form.optional(top, 'name')]
  const places = form.objects(root.firmwares, 'firmwares')
  if (places.length === 0)
    form.wrong('firmwares', root.firmwares, 'a list with at least one restore image')
  const { rows, repeats } = withoutRepeats(
    places.flatMap((place) => firmwareOf(form, place, device)),
  )
  if (repeats > 0)
    form.remark(`${repeats} rows stand there twice, word for word; each counts once.`)
  for (const build of signedBothWays(rows))
    form.remark(
      `${build} is signed by one row and not by another: whether it is signed is not known.`,
    )
  if (form.problems.length > 0 || device === undefined) return { problems: form.problems }
  const facts = {
    listings: [],
    signings: rows.flatMap(({ about, signed }) =>
      signed === undefined ? [] : { ...about, signed },
    ),
    releases: rows.map(({ about, released }) => ({
      ...about,
      ...(released && { released }),
      marks: [],
    })),
    names: name === undefined ? [] : [{ device, name }],
  }
  return { facts: { kind: 'ipswDevice', scope: device, ...facts, remarks: form.remarks() } }
}

function firmwareOf(form: Form, place: Place, device: string | undefined) {
  if (otaKeys.some((key) => Object.hasOwn(place.fields, key))) {
    form.wrong(
      place.path,
      place.fields,
      'a restore image: this is an answer of ?type=ota, and ?type=ipsw is read',
    )
    return []
  }
  form.known(place, firmwareKeys, '')
  const [own, build] = [form.text(place, 'identifier'), form.text(place, 'buildid')]
  const [text, released] = [form.text(place, 'version'), form.date(place, 'releasedate')]
  const signed = form.flag(place, 'signed')
  if (own !== undefined && device !== undefined && own !== device)
    form.wrong(join(place.path, 'identifier'), own, `${device}, as the device of this answer`)
  if (own === undefined || build === undefined || text === undefined) return []
  const family = familyOfDevice(own) ?? ''
  return [{ about: { family, ...splitLoosely(text), build, devices: [own] }, released, signed }]
}

/** Builds that one answer calls signed and not signed. */
function signedBothWays(
  rows: readonly { about: { build: string }; signed: boolean | undefined }[],
): string[] {
  const known = rows.filter(({ signed }) => signed !== undefined)
  const builds = Map.groupBy(known, ({ about }) => about.build)
  return [...builds].flatMap(([build, of]) =>
    new Set(of.map(({ signed }) => signed)).size > 1 ? build : [],
  )
}

/** Reads the list of devices: their names. Two identifiers may share one. */
export function readIpswDevices(root: readonly unknown[]): ReadFeed {
  const form = createForm()
  const names = form.objects(root, '').flatMap((place) => {
    form.known(place, deviceKeys, '')
    const [device, name] = [form.text(place, 'identifier'), form.text(place, 'name')]
    return device === undefined || name === undefined ? [] : [{ device, name }]
  })
  if (form.problems.length > 0) return { problems: form.problems }
  const facts = { listings: [], signings: [], releases: [], names: withoutRepeats(names).rows }
  return { facts: { kind: 'ipswDevices', scope: '', ...facts, remarks: form.remarks() } }
}
