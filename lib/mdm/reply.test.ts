import { expect, test } from 'vitest'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { listCaptures, payloadCapture } from './captures.testing'
import { readPlist } from './plist/plist'
import { interpretReply, readReplyHeader } from './reply'

const read = (bytes: Uint8Array) => {
  const plist = readPlist(bytes)
  if (!plist.ok) throw new Error(plist.reason)
  return plist.value
}
const capture = <R extends RequestType>(requestType: R, name: string) =>
  interpretReply(requestType, read(payloadCapture(`webhook-filekv-${name}.json`)))
const acknowledged = '<key>Status</key><string>Acknowledged</string>'
const xml = (inside: string) =>
  read(new TextEncoder().encode(`<plist version="1.0"><dict>${inside}</dict></plist>`))
const dict = (...pairs: string[]) => `<dict>${pairs.join('')}</dict>`
const pair = (key: string, value: string) => `<key>${key}</key>${value}`

test.each(listCaptures('webhook'))('no reader of any request type throws on %s', (name) => {
  const plist = read(payloadCapture(name))
  for (const requestType of requestTypes) {
    const { oddities } = interpretReply(requestType, plist)
    for (const { path, note } of oddities) expect([path, note].join()).toMatch(/\w/)
  }
})

test('a header tells status, command and device', () => {
  const plist = read(payloadCapture('webhook-filekv-06-mdm.Connect-NotNow.json'))
  expect(readReplyHeader(plist)).toEqual({
    status: 'NotNow',
    statusText: 'NotNow',
    commandUuid: 'EB907711-FBCD-48DF-9A8B-39D8D4549512',
    udid: '5571661394a86502b7acb6e8b58bce4afcdb216d',
    errorChain: [],
    oddities: [],
  })
})

test('a binary reply is read like any other', () => {
  const reply = capture('ScheduleOSUpdate', '11-hmac-binary-plist-ack')
  expect(reply).toMatchObject({ status: 'Acknowledged', oddities: [] })
  expect(reply.results?.length).toBeGreaterThan(0)
})

test('an Error tells its chain, the English text before the local one', () => {
  const reply = capture('ScheduleOSUpdate', '07-mdm.Connect-Error')
  expect(reply.status).toBe('Error')
  expect(reply.errorChain.map(({ domain, code }) => [domain, code])).toEqual([
    ['DeviceManagement.error', 2200],
    ['com.apple.softwareupdateservices.errors', 16],
  ])
  const both = pair('LocalizedDescription', '<string>Nein.</string>')
  const english = pair('USEnglishDescription', '<string>No.</string>')
  const chain = pair('ErrorChain', `<array>${dict(both, english)}</array>`)
  expect(readReplyHeader(xml(chain)).errorChain).toEqual([{ text: 'No.' }])
})

test('a CommandFormatError has no chain and no readings', () => {
  expect(capture('DeviceInformation', '07-mdm.Connect-CommandFormatError')).toMatchObject({
    status: 'CommandFormatError',
    errorChain: [],
    readings: [],
    notReported: [],
  })
})

test('a status in no document is kept as text, and noted', () => {
  expect(readReplyHeader(xml(pair('Status', '<string>Banana</string>')))).toEqual({
    statusText: 'Banana',
    errorChain: [],
    oddities: [{ path: 'Status', note: expect.stringContaining('Banana') }],
  })
})

test('an ErrorChain that is no array is not understood, and noted', () => {
  expect(readReplyHeader(xml(`${acknowledged}<key>ErrorChain</key><dict/>`))).toMatchObject({
    errorChain: [],
    oddities: [{ path: 'ErrorChain' }],
  })
})

test('a reply that is no dict is all unknown', () => {
  const plist = read(new TextEncoder().encode('<plist><array/></plist>'))
  for (const requestType of requestTypes)
    expect(interpretReply(requestType, plist)).toMatchObject({ readings: [], errorChain: [] })
})

test('an echoed request type that is not the one asked is noted', () => {
  const plist = read(payloadCapture('webhook-mdmb-MDMB1.json'))
  expect(interpretReply('ScheduleOSUpdate', plist).oddities).toEqual([])
  expect(interpretReply('OSUpdateStatus', plist).oddities).toMatchObject([{ path: 'RequestType' }])
})

test('DeviceInformation becomes readings, an identity, and a list of what was not told', () => {
  const reply = capture('DeviceInformation', '01-answer-DeviceInformation')
  expect(Object.fromEntries(reply.readings.map(({ field, value }) => [field, value]))).toEqual({
    osVersion: '10.3.3',
    osBuild: '14G60',
    supervised: true,
    totalCapacity: 59.5,
    freeCapacity: 31.42,
    batteryLevel: 0.93,
  })
  expect(reply.identity).toEqual({
    udid: 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
    serial: 'FTDMC2JPRZLF',
    modelIdentifier: 'iPhone8,1',
    model: 'MKQN2',
    modelName: 'iPhone',
    deviceName: 'QA iPhone 6s A',
    wifiMac: 'b2:fc:f9:58:b5:81',
  })
  expect(reply.notReported).toEqual([
    { key: 'SupplementalBuildVersion' },
    { key: 'SupplementalOSVersionExtra' },
    // From 14.0 on, so a missing one is no unknown reading.
    { key: 'TimeZone' },
    { key: 'IsMultiUser', field: 'sharedIpad' },
    { key: 'AwaitingConfiguration' },
    { key: 'IsNetworkTethered' },
  ])
  expect(reply.oddities).toEqual([])
})

const information = (...pairs: string[]) =>
  interpretReply('DeviceInformation', xml(acknowledged + pair('QueryResponses', dict(...pairs))))

test.each([
  ['0', '<real>0</real>', 0],
  ['1', '<real>1.0</real>', 1],
  ['integer 1', '<integer>1</integer>', 1],
  ['-1', '<real>-1.0</real>', undefined],
  ['-0', '<real>-0.0</real>', undefined],
  ['1.7', '<real>1.7</real>', undefined],
  ['93', '<integer>93</integer>', undefined],
  ['nan', '<real>nan</real>', undefined],
  ['text', '<string>0.9</string>', undefined],
])('F25: a battery of %s', (_, written, value) => {
  const [reading] = information(pair('BatteryLevel', written)).readings
  expect(reading).toMatchObject({ field: 'batteryLevel', value })
  if (value === undefined) expect(reading?.unknownReason).toMatch(/BatteryLevel: \S/)
})

test('a battery of -1 is no oddity, a battery of 1.7 is one', () => {
  expect(information(pair('BatteryLevel', '<real>-1</real>')).oddities).toEqual([])
  expect(information(pair('BatteryLevel', '<real>1.7</real>')).oddities).toMatchObject([
    { path: 'QueryResponses.BatteryLevel' },
  ])
})

test.each(['<real>-3</real>', '<real>1e308</real>', '<string>12</string>', '<real>inf</real>'])(
  'a capacity of %s is unknown',
  (written) => {
    const [reading] = information(pair('AvailableDeviceCapacity', written)).readings
    expect(reading).toMatchObject({ field: 'freeCapacity', value: undefined })
    expect(reading?.unknownReason).toMatch(/\w/)
  },
)

test.each([
  ['<true/>', true, 0],
  ['<integer>1</integer>', true, 1],
  ['<integer>0</integer>', false, 1],
  ['<integer>2</integer>', undefined, 1],
  ['<string>true</string>', undefined, 1],
])('IsSupervised as %s', (written, value, odd) => {
  const { readings, oddities } = information(pair('IsSupervised', written))
  expect(readings).toMatchObject([{ field: 'supervised', value }])
  expect(oddities).toHaveLength(odd)
})

test('a blank version is unknown', () => {
  const { readings } = information(pair('OSVersion', '<string> </string>'))
  expect(readings).toMatchObject([{ field: 'osVersion', value: undefined }])
})

test('QueryResponses that are missing or no dict leave everything not told', () => {
  const nothing = interpretReply('DeviceInformation', xml(acknowledged))
  const odd = interpretReply(
    'DeviceInformation',
    xml(`${acknowledged}<key>QueryResponses</key><array/>`),
  )
  for (const { readings, notReported } of [nothing, odd]) {
    expect(readings).toEqual([])
    expect(notReported).toContainEqual({ key: 'OSVersion', field: 'osVersion' })
  }
  expect(odd.oddities).toMatchObject([{ path: 'QueryResponses' }])
})

test('SecurityInfo tells the passcode by PasscodePresent, never by PasscodeCompliant', () => {
  const reply = capture('SecurityInfo', '01-answer-SecurityInfo')
  expect(reply.readings).toEqual([
    { key: 'PasscodePresent', field: 'passcodePresent', value: false },
  ])
  expect(reply.notReported).toEqual([
    { key: 'ManagementStatus.IsUserEnrollment', field: 'userEnrollment' },
  ])
})

test('SecurityInfo tells User Enrollment where the device does', () => {
  const status = pair('ManagementStatus', dict(pair('IsUserEnrollment', '<true/>')))
  const plist = xml(acknowledged + pair('SecurityInfo', dict(status)))
  const { readings, notReported } = interpretReply('SecurityInfo', plist)
  expect(readings).toMatchObject([{ field: 'userEnrollment', value: true }])
  expect(notReported).toEqual([{ key: 'PasscodePresent', field: 'passcodePresent' }])
})

test('AvailableOSUpdates becomes a list, sizes in bytes', () => {
  const offered = {
    productKey: 'iOSUpdate16B92',
    version: '12.1',
    build: '16B92',
    downloadBytes: 2_413_463_552,
    installBytes: 1_073_741_824,
  }
  const reply = capture('AvailableOSUpdates', '01-answer-AvailableOSUpdates')
  expect(reply.updates).toEqual([offered])
  expect(reply.readings).toEqual([
    { key: 'AvailableOSUpdates', field: 'availableUpdates', value: [offered] },
  ])
  expect(reply.oddities).toEqual([])
})

const available = (...items: string[]) =>
  interpretReply(
    'AvailableOSUpdates',
    xml(acknowledged + pair('AvailableOSUpdates', `<array>${items.join('')}</array>`)),
  )
const productKey = pair('ProductKey', '<string>_OSX_18A391</string>')

test('a size as real is taken and noted; a size that is none is left out', () => {
  const asReal = pair('DownloadSize', '<real>12000000000</real>')
  const negative = pair('InstallSize', '<integer>-1</integer>')
  const { updates, oddities } = available(dict(productKey, asReal, negative))
  expect(updates).toEqual([{ productKey: '_OSX_18A391', downloadBytes: 12_000_000_000 }])
  expect(oddities.map(({ path }) => path)).toEqual([
    'AvailableOSUpdates[0].DownloadSize',
    'AvailableOSUpdates[0].InstallSize',
  ])
})

test('a list with an item that cannot be understood is unknown as a whole', () => {
  const { updates, readings } = available(dict(productKey), dict(), '<true/>')
  expect(updates).toHaveLength(1)
  expect(readings).toMatchObject([{ field: 'availableUpdates', value: undefined }])
})

test('an Error that means "no update" is an empty list, with a note', () => {
  const item = (domain: string, code: number) =>
    dict(
      pair('ErrorDomain', `<string>${domain}</string>`),
      pair('ErrorCode', `<integer>${code}</integer>`),
    )
  const error = (...items: string[]) =>
    xml(
      pair('Status', '<string>Error</string>') +
        pair('ErrorChain', `<array>${items.join('')}</array>`),
    )
  const none = error(
    item('DeviceManagement.error', 2213),
    item('com.apple.softwareupdateservices.errors', 3),
  )
  const reply = interpretReply('AvailableOSUpdates', none)
  expect(reply).toMatchObject({
    status: 'Error',
    updates: [],
    readings: [{ field: 'availableUpdates', value: [] }],
    oddities: [{ path: 'ErrorChain' }],
  })
  const failed = interpretReply('AvailableOSUpdates', error(item('DeviceManagement.error', 2214)))
  expect(failed.updates).toBeUndefined()
  expect(failed.readings).toEqual([])
})

test('a missing list was not told', () => {
  expect(interpretReply('AvailableOSUpdates', xml(acknowledged))).toMatchObject({
    readings: [],
    notReported: [{ field: 'availableUpdates' }],
  })
  expect(interpretReply('OSUpdateStatus', xml(acknowledged))).toMatchObject({
    readings: [],
    notReported: [{ field: 'updateActivity' }],
  })
})

test('an empty OSUpdateStatus means that no update is under way', () => {
  expect(capture('OSUpdateStatus', '01-answer-OSUpdateStatus')).toMatchObject({
    items: [],
    activity: 'none',
    readings: [{ field: 'updateActivity', value: 'none' }],
    oddities: [],
  })
})

test('OSUpdateStatus tells a download as a fraction', () => {
  expect(capture('OSUpdateStatus', '01-answer-OSUpdateStatus-downloading')).toMatchObject({
    items: [
      {
        productKey: 'iOSUpdate16B92',
        isDownloaded: false,
        downloadFraction: 0.4076,
        statusText: 'Downloading',
      },
    ],
    activity: 'downloading',
    oddities: [],
  })
})

const status = (...items: string[]) =>
  interpretReply(
    'OSUpdateStatus',
    xml(acknowledged + pair('OSUpdateStatus', `<array>${items.join('')}</array>`)),
  )
const doing = (word: string) => dict(pair('Status', `<string>${word}</string>`))

test.each([
  [['Idle'], 'idle'],
  [['Idle', 'Downloading'], 'downloading'],
  [['Downloading', 'Installing'], 'installing'],
  [['UpdateAvailable'], 'other'],
  [['Idle', 'Banana'], 'other'],
])('items of status %j are the activity %s', (words, activity) => {
  expect(status(...words.map(doing)).activity).toBe(activity)
})

test('an item without a status is never idle', () => {
  expect(status(dict()).activity).toBe('other')
  expect(status('<true/>').activity).toBe('other')
})

test.each([
  ['<integer>1</integer>', true],
  ['<integer>0</integer>', false],
  ['<integer>2</integer>', undefined],
  ['<string>true</string>', undefined],
])('F24: IsDownloaded as %s is noted with its key path', (written, isDownloaded) => {
  const { items, oddities } = status(dict(pair('IsDownloaded', written)))
  expect(items).toEqual(isDownloaded === undefined ? [{}] : [{ isDownloaded }])
  expect(oddities).toMatchObject([{ path: 'OSUpdateStatus[0].IsDownloaded' }])
})

test('a percentage beyond 1 is not understood', () => {
  const { items, oddities } = status(dict(pair('DownloadPercentComplete', '<real>40.7</real>')))
  expect(items).toEqual([{}])
  expect(oddities).toMatchObject([{ path: 'OSUpdateStatus[0].DownloadPercentComplete' }])
})

test('ScheduleOSUpdate tells what the device says it does', () => {
  const reply = capture('ScheduleOSUpdate', '01-answer-ScheduleOSUpdate')
  expect(reply.results).toEqual([
    {
      productKey: 'iOSUpdate16B92',
      installAction: 'DownloadOnly',
      statusText: 'Downloading',
      errorChain: [],
    },
  ])
  expect(reply.readings).toEqual([])
})

test('an Error inside an Acknowledged answer keeps its own chain', () => {
  const inner = pair(
    'ErrorChain',
    `<array>${dict(pair('ErrorCode', '<integer>12054</integer>'))}</array>`,
  )
  const item = dict(pair('InstallAction', '<string>Error</string>'), inner)
  const reply = interpretReply(
    'ScheduleOSUpdate',
    xml(acknowledged + pair('UpdateResults', `<array>${item}</array>`)),
  )
  expect(reply.errorChain).toEqual([])
  expect(reply.results).toEqual([{ installAction: 'Error', errorChain: [{ code: 12054 }] }])
})

test('an Acknowledged without UpdateResults is legal, and noted', () => {
  const reply = interpretReply('ScheduleOSUpdate', xml(acknowledged))
  expect(reply.results).toBeUndefined()
  expect(reply.oddities).toMatchObject([{ path: 'UpdateResults' }])
})
