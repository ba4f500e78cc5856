import { createHash } from 'node:crypto'
import type { Offer, VirtualDevice } from './virtual-device'

/**
 * The twelve devices of the demo. Versions and builds are real: iOS 10–12 from mvt's
 * `ios_versions.json` (https://github.com/mvt-project/mvt), 18.6, 18.7.2 and tvOS from AppleDB
 * (https://github.com/littlebyteorg/appledb/tree/main/osFiles), 26.5 and 26.6.1 from SOFA
 * (https://github.com/macadmins/sofa). Invented: names, serials, UDIDs, part numbers of the newer
 * models, free space, battery levels, and every size of an update.
 */
type FleetEntry = Pick<
  VirtualDevice,
  | 'labTag'
  | 'name'
  | 'modelName'
  | 'platform'
  | 'productName'
  | 'serial'
  | 'partNumber'
  | 'osVersion'
  | 'osBuild'
> & { offer: Offer; diskGb: number; freeGb: number; batteryLevel: number } & Partial<
    Pick<VirtualDevice, 'supervised' | 'passcode' | 'plugged' | 'enrollmentId'>
  >

const offerOf = (
  version: string,
  build: string,
  gb: [number, number],
  key = 'iOSUpdate',
): Offer => ({
  productKey: `${key}${build}`,
  version,
  build,
  downloadBytes: Math.round(gb[0] * 1e9),
  installBytes: Math.round(gb[1] * 1e9),
})

const ios12 = offerOf('12.1', '16B92', [2.413463552, 1.073741824])

/** Old devices have UDIDs of 40 lower-case hex digits; these are hashes, so they belong to no real device. */
const oldUdid = (serial: string) =>
  createHash('sha1').update(`oneway virtual lab ${serial}`).digest('hex')

const entries: FleetEntry[] = [
  {
    labTag: 'B-01',
    name: 'Bench iPhone 6s',
    modelName: 'iPhone 6s',
    platform: 'iOS',
    productName: 'iPhone8,1',
    serial: 'F71QVL01HFLR',
    partNumber: 'MKQN2',
    osVersion: '10.3.3',
    osBuild: '14G60',
    offer: ios12,
    diskGb: 64,
    freeGb: 33.7,
    batteryLevel: 0.93,
  },
  {
    labTag: 'B-02',
    name: 'Bench iPhone 7',
    modelName: 'iPhone 7',
    platform: 'iOS',
    productName: 'iPhone9,1',
    serial: 'F72TVL02HG7F',
    partNumber: 'MN8X2',
    osVersion: '11.1',
    osBuild: '15B93',
    offer: ios12,
    diskGb: 32,
    freeGb: 18.2,
    batteryLevel: 0.18,
    plugged: false,
  },
  {
    labTag: 'B-03',
    name: 'Bench iPhone SE',
    modelName: 'iPhone SE',
    platform: 'iOS',
    productName: 'iPhone8,4',
    serial: 'F17RVL03H2XJ',
    partNumber: 'MLM62',
    osVersion: '11.2',
    osBuild: '15C114',
    passcode: true,
    offer: ios12,
    diskGb: 64,
    freeGb: 41.5,
    batteryLevel: 0.81,
  },
  {
    labTag: 'B-04',
    name: 'Bench iPad, full',
    modelName: 'iPad (5th generation)',
    platform: 'iOS',
    productName: 'iPad6,11',
    serial: 'GG7TVL04HLJJ',
    partNumber: 'MP2F2',
    osVersion: '11.2.6',
    osBuild: '15D100',
    offer: ios12,
    diskGb: 32,
    freeGb: 1.9,
    batteryLevel: 0.77,
  },
  {
    labTag: 'B-05',
    name: 'Bench iPhone 8',
    modelName: 'iPhone 8',
    platform: 'iOS',
    productName: 'iPhone10,1',
    serial: 'F4HVVL05JC6H',
    partNumber: 'MQ6K2',
    osVersion: '11.3',
    osBuild: '15E216',
    offer: ios12,
    diskGb: 64,
    freeGb: 44.8,
    batteryLevel: 0.88,
  },
  {
    labTag: 'B-06',
    name: 'Bench iPad Air',
    modelName: 'iPad Air',
    platform: 'iOS',
    productName: 'iPad4,1',
    serial: 'DMPLVL06FK10',
    partNumber: 'MD786',
    osVersion: '11.3.1',
    osBuild: '15E302',
    offer: ios12,
    diskGb: 32,
    freeGb: 16.6,
    batteryLevel: 0.72,
  },
  {
    labTag: 'B-07',
    name: 'Bench iPhone 7 Plus',
    modelName: 'iPhone 7 Plus',
    platform: 'iOS',
    productName: 'iPhone9,2',
    serial: 'FCCSVL07HFYW',
    partNumber: 'MNQM2',
    osVersion: '11.4',
    osBuild: '15F79',
    passcode: true,
    offer: ios12,
    diskGb: 128,
    freeGb: 86.4,
    batteryLevel: 0.91,
  },
  {
    labTag: 'B-08',
    name: 'Bench iPhone X, unsupervised',
    modelName: 'iPhone X',
    platform: 'iOS',
    productName: 'iPhone10,3',
    serial: 'G6TVVL08JCLJ',
    partNumber: 'MQAC2',
    osVersion: '11.4.1',
    osBuild: '15G77',
    supervised: false,
    offer: ios12,
    diskGb: 64,
    freeGb: 29.1,
    batteryLevel: -1,
  },
  {
    labTag: 'B-09',
    name: 'Bench iPhone 8 Plus',
    modelName: 'iPhone 8 Plus',
    platform: 'iOS',
    productName: 'iPhone10,2',
    serial: 'FD1VVL09JCM5',
    partNumber: 'MQ8D2',
    osVersion: '12.0.1',
    osBuild: '16A404',
    passcode: true,
    offer: ios12,
    diskGb: 64,
    freeGb: 38.9,
    batteryLevel: 0.85,
  },
  {
    labTag: 'B-10',
    name: 'Bench iPad 7',
    modelName: 'iPad (7th generation)',
    platform: 'iPadOS',
    productName: 'iPad7,11',
    serial: 'DMPZVL10MF3M',
    partNumber: 'MW742',
    osVersion: '18.6',
    osBuild: '22G86',
    offer: offerOf('18.7.2', '22H124', [0.9, 1.6]),
    diskGb: 128,
    freeGb: 71.3,
    batteryLevel: 0.9,
  },
  {
    labTag: 'B-11',
    name: 'Bench iPhone 15',
    modelName: 'iPhone 15',
    platform: 'iOS',
    productName: 'iPhone15,4',
    // Newer devices: 8-16 hex digits in upper case.
    enrollmentId: '00008120-0001F00D0B110011',
    serial: 'L9QXVL11PMT4',
    partNumber: 'MTLH3',
    osVersion: '26.5',
    osBuild: '23F77',
    passcode: true,
    offer: offerOf('26.6.1', '23G83', [1.1, 2.3]),
    diskGb: 128,
    freeGb: 64.2,
    batteryLevel: 0.79,
  },
  {
    labTag: 'B-12',
    name: 'Bench Apple TV',
    modelName: 'Apple TV HD',
    platform: 'tvOS',
    productName: 'AppleTV5,3',
    serial: 'C07PVL12GF3Q',
    partNumber: 'MGY52',
    osVersion: '18.5',
    osBuild: '22L572',
    // The form of a tvOS product key is not in any source at hand: this one is invented.
    offer: offerOf('18.6', '22M84', [0.7, 1.2], 'tvOSUpdate'),
    diskGb: 32,
    freeGb: 19.4,
    batteryLevel: -1,
  },
]

/** All twelve as they are on the first day. */
export function freshFleet(): VirtualDevice[] {
  return entries.map(({ offer, diskGb, freeGb, ...entry }) => ({
    enrollmentId: oldUdid(entry.serial),
    supervised: true,
    passcode: false,
    plugged: true,
    locked: false,
    network: entry.platform === 'tvOS' ? 'wired' : 'wifi',
    networkName: entry.platform === 'tvOS' ? 'Lab Ethernet' : 'Lab Wi-Fi',
    totalBytes: diskGb * 1e9,
    freeBytes: Math.round(freeGb * 1e9),
    offers: [offer],
    online: true,
    faults: {},
    // Whether a device reports what nobody subscribed it to is not known: these do not.
    variants: { unsubscribed: 'silent' },
    promptsShown: 0,
    owesTokenUpdate: false,
    deliveries: {},
    draws: 0,
    ...entry,
  }))
}

/** The data that the demo's inventory is seeded with; the devices report the rest over MDM. */
export type FleetSeed = Pick<
  VirtualDevice,
  | 'labTag'
  | 'name'
  | 'modelName'
  | 'platform'
  | 'productName'
  | 'enrollmentId'
  | 'serial'
  | 'plugged'
  | 'network'
  | 'networkName'
  | 'freeBytes'
>

export function listFleetSeeds(): FleetSeed[] {
  return freshFleet().map((device) => ({
    labTag: device.labTag,
    name: device.name,
    modelName: device.modelName,
    platform: device.platform,
    productName: device.productName,
    enrollmentId: device.enrollmentId,
    serial: device.serial,
    plugged: device.plugged,
    network: device.network,
    networkName: device.networkName,
    freeBytes: device.freeBytes,
  }))
}
