import { expect, test } from 'vitest'
import type { Platform } from '../device/device'
import { type RequestType, requestTypes } from '../trial/command-slot'
import { detectContradictions, maxFindings, type ReplyToCheck } from './detect'
import { isContradiction } from './finding'
import { real, replyOf, type Short, typed } from './testing'

type About = Partial<Omit<ReplyToCheck, 'requestType' | 'reply'>>

const check = (requestType: RequestType, reply: ReplyToCheck['reply'], about: About = {}) => {
  const asked = { platform: 'iOS' as Platform, osVersion: '11.3', ...about }
  const checked = detectContradictions({ requestType, reply, ...asked })
  if (!checked.compared) throw new Error(checked.reason)
  return checked
}

/** What does not conform, as "path kind observed". */
const found = (...args: Parameters<typeof check>) =>
  check(...args)
    .findings.filter(isContradiction)
    .map(({ path, kind, observed }) => `${path} ${kind} ${observed}`)

const chain = (...codes: [domain: string, code: number][]) => ({
  ErrorChain: codes.map(([ErrorDomain, ErrorCode]) => ({
    ErrorDomain,
    ErrorCode,
    LocalizedDescription: 'No.',
  })),
})

const statusItem = (but: { [key: string]: Short } = {}) => ({
  OSUpdateStatus: [
    {
      ProductKey: 'iOSUpdate15F79',
      IsDownloaded: false,
      DownloadPercentComplete: real(0.4),
      Status: 'Downloading',
      ...but,
    },
  ],
})

const result = (but: { [key: string]: Short } = {}) => ({
  UpdateResults: [
    { ProductKey: 'iOSUpdate15F79', InstallAction: 'DownloadOnly', Status: 'Downloading', ...but },
  ],
})

const offer = (but: { [key: string]: Short } = {}) => ({
  AvailableOSUpdates: [
    {
      AllowsInstallLater: false,
      Build: '15F79',
      DownloadSize: 225_236_247,
      HumanReadableName: 'iOS 11.4',
      InstallSize: 537_395_200,
      IsCritical: false,
      ProductKey: 'iOSUpdate15F79',
      ProductName: 'iOS',
      RestartRequired: true,
      Version: '11.4',
      ...but,
    },
  ],
})

test('IsDownloaded as an integer where a boolean is documented: the type differs', () => {
  const reply = replyOf(statusItem({ IsDownloaded: 0 }))
  expect(found('OSUpdateStatus', reply)).toEqual([
    'OSUpdateStatus[].IsDownloaded typeDiffers integer',
  ])
  const finding = check('OSUpdateStatus', reply).findings.find(isContradiction)
  expect(finding).toMatchObject({ expected: 'boolean', observed: 'integer' })
  expect(finding?.cites[0]?.url).toMatch(/b6202ca.*system\.update\.status\.yaml#L54$/)
  expect(finding?.reported[0]?.url).toContain('/issues/20593')
})

test('IsDownloaded as <false/> conforms', () => {
  const { findings } = check('OSUpdateStatus', replyOf(statusItem()))
  expect(findings.filter(isContradiction)).toEqual([])
  expect(findings).toContainEqual(
    expect.objectContaining({ path: 'OSUpdateStatus[].IsDownloaded', kind: 'conforms' }),
  )
})

test('error 2213 to AvailableOSUpdates is an error where an empty list is documented', () => {
  const none = chain(
    ['DeviceManagement.error', 2213],
    ['com.apple.softwareupdateservices.errors', 3],
  )
  const reply = replyOf(none, 'Error')
  expect(found('AvailableOSUpdates', reply)).toEqual([
    'AvailableOSUpdates=[] undocumentedError Error DeviceManagement.error 2213',
  ])
  const finding = check('AvailableOSUpdates', reply).findings.find(isContradiction)
  expect(finding?.reason).toContain('where an empty list is documented')
  expect(finding?.reported.map(({ label }) => label)).toEqual(['radar 39170807', 'radar 39591791'])
})

test('a command that is sent again after a restart and brings no UpdateResults is documented silence', () => {
  const resent = 'The device restarted before it answered'
  expect(found('ScheduleOSUpdate', replyOf({}), { resent })).toEqual([
    'UpdateResults documentedSilence missing',
  ])
  expect(found('ScheduleOSUpdate', replyOf({}))).toEqual(['UpdateResults requiredMissing missing'])
})

test('InstallAction Default in a reply is not listed, and the documents are inconsistent about it', () => {
  expect(found('ScheduleOSUpdate', replyOf(result({ InstallAction: 'Default' })))).toEqual([
    'UpdateResults[].InstallAction valueNotListed "Default"',
    'UpdateResults[].InstallAction documentationInconsistent "Default"',
  ])
})

test.each<[string, RequestType, { [key: string]: Short }, string[], About?]>([
  ['an ordinary offer', 'AvailableOSUpdates', offer(), []],
  ['an empty offer', 'AvailableOSUpdates', { AvailableOSUpdates: [] }, []],
  [
    'a size as real, which only the reference of 2018 has',
    'AvailableOSUpdates',
    offer({ DownloadSize: real(12e9) }),
    [
      'AvailableOSUpdates[].DownloadSize typeDiffers real',
      'AvailableOSUpdates[].DownloadSize documentationInconsistent real',
    ],
  ],
  [
    'an offer on 16.2 that does not say whether it is a security response',
    'AvailableOSUpdates',
    offer(),
    ['AvailableOSUpdates[].IsSecurityResponse requiredMissing missing'],
    { osVersion: '16.2' },
  ],
  [
    'the same key a version before it is documented',
    'AvailableOSUpdates',
    offer({ IsSecurityResponse: false }),
    ['AvailableOSUpdates[].IsSecurityResponse outsideDocumentedVersions present'],
    { osVersion: '16.1' },
  ],
  [
    'a key of a Mac on an iPad',
    'AvailableOSUpdates',
    offer({ IsMajorOSUpdate: true }),
    ['AvailableOSUpdates[].IsMajorOSUpdate outsideDocumentedVersions present'],
    { platform: 'iPadOS' },
  ],
  [
    'a key that no document has',
    'OSUpdateStatus',
    statusItem({ IsScheduled: true }),
    ['OSUpdateStatus[].IsScheduled notDocumented boolean'],
  ],
  [
    'a status that the vendors list and no schema has',
    'ScheduleOSUpdate',
    result({ Status: 'UpdateAvailable' }),
    ['UpdateResults[].Status valueNotListed "UpdateAvailable"'],
  ],
  [
    'a status for iOS only on an Apple TV',
    'ScheduleOSUpdate',
    result({ Status: 'DownloadRequiresComputer' }),
    [
      'UpdateResults[].Status valueNotListed "DownloadRequiresComputer"',
      'UpdateResults[].Status documentationInconsistent "DownloadRequiresComputer"',
    ],
    { platform: 'tvOS', osVersion: '12.4' },
  ],
  ['the same on iOS', 'ScheduleOSUpdate', result({ Status: 'DownloadRequiresComputer' }), []],
  [
    'an InstallAction that is meant for a Mac',
    'ScheduleOSUpdate',
    result({ InstallAction: 'InstallLater' }),
    [
      'UpdateResults[].InstallAction valueNotListed "InstallLater"',
      'UpdateResults[].InstallAction documentationInconsistent "InstallLater"',
    ],
  ],
  [
    'a list that is a dict',
    'OSUpdateStatus',
    { OSUpdateStatus: {} },
    ['OSUpdateStatus typeDiffers dict'],
  ],
  [
    'an item that is no dict',
    'OSUpdateStatus',
    { OSUpdateStatus: [true] },
    ['OSUpdateStatus[] typeDiffers boolean'],
  ],
  ['no list at all', 'OSUpdateStatus', {}, ['OSUpdateStatus requiredMissing missing']],
  [
    'an AllowsInstallLater that is left out, with two defaults',
    'AvailableOSUpdates',
    {
      AvailableOSUpdates: offer().AvailableOSUpdates.map(
        ({ AllowsInstallLater, ...rest }) => rest,
      ) as Short,
    },
    ['AvailableOSUpdates[].AllowsInstallLater documentationInconsistent missing'],
  ],
  [
    'an update command before tvOS 12',
    'OSUpdateStatus',
    statusItem(),
    ['(reply) outsideDocumentedVersions Acknowledged'],
    { platform: 'tvOS', osVersion: '11.4' },
  ],
  [
    'an update command on 27, which removed it',
    'OSUpdateStatus',
    statusItem({ IsDownloaded: 1 }),
    ['(reply) outsideDocumentedVersions Acknowledged'],
    { osVersion: '27.0' },
  ],
  ['the last version that has it', 'OSUpdateStatus', statusItem(), [], { osVersion: '26.5' }],
])('%s', (_, requestType, keys, expected, about) => {
  expect(found(requestType, replyOf(keys), about)).toEqual(expected)
})

test.each([
  [-0.5, ['QueryResponses.BatteryLevel valueNotListed a real below 0']],
  [-1, []],
  [1, []],
  [93, ['QueryResponses.BatteryLevel valueNotListed a real above 1']],
  [undefined, ['QueryResponses.BatteryLevel valueNotListed not a finite number']],
])('a battery of %s', (level, expected) => {
  const reply = replyOf({ QueryResponses: { BatteryLevel: real(level) } })
  expect(found('DeviceInformation', reply, { osVersion: '16.0' })).toEqual(expected)
})

test('an integer where a real is documented differs, even if it is 1', () => {
  const reply = replyOf({ QueryResponses: { BatteryLevel: 1 } })
  expect(found('DeviceInformation', reply, { osVersion: '16.0' })).toEqual([
    'QueryResponses.BatteryLevel typeDiffers integer',
  ])
})

test('a queried key that is missing is no contradiction, with the reason', () => {
  const reply = replyOf({ QueryResponses: { OSVersion: '11.3' } })
  const { findings } = check('DeviceInformation', reply, { queries: ['OSVersion', 'IsSupervised'] })
  expect(findings.filter(isContradiction)).toEqual([])
  expect(findings.find(({ path }) => path === 'QueryResponses.IsSupervised')?.reason).toContain(
    'no right to',
  )
})

test('the unit of a capacity is disputed below iOS 15, and not from iOS 15 on', () => {
  const reply = replyOf({ QueryResponses: { DeviceCapacity: real(26.9) } })
  const disputed = ['QueryResponses.DeviceCapacity documentationInconsistent present']
  expect(found('DeviceInformation', reply, { osVersion: '14.8.1' })).toEqual(disputed)
  expect(found('DeviceInformation', reply, { osVersion: '15.0' })).toEqual([])
})

test('an Error with any code is a documented reply, except to a command the device must know', () => {
  const busy = replyOf(chain(['MCMDMErrorDomain', 12051]), 'Error')
  const unknown = replyOf(chain(['MCMDMErrorDomain', 12021]), 'Error')
  for (const requestType of requestTypes) expect(found(requestType, busy)).toEqual([])
  expect(found('OSUpdateStatus', unknown)).toEqual([
    '(reply) undocumentedError Error MCMDMErrorDomain 12021',
  ])
  expect(found('OSUpdateStatus', unknown, { osVersion: '27.0' })).toEqual([])
})

test.each(['NotNow', 'CommandFormatError'])('with %s no key is expected', (status) => {
  for (const requestType of requestTypes)
    expect(found(requestType, replyOf({}, status))).toEqual([])
})

test.each([undefined, '', '15F79', '11.3 beta'])(
  'nothing is compared for the OS version %j',
  (osVersion) => {
    const reply = replyOf(statusItem({ IsDownloaded: 0 }))
    const asked = { requestType: 'OSUpdateStatus', platform: 'iOS', osVersion, reply } as const
    expect(detectContradictions(asked)).toEqual({ compared: false, reason: expect.any(String) })
  },
)

test.each([
  ['9.0', 'b6202ca'],
  ['18.7', 'b6202ca'],
  ['26.0', '0a4527c5'],
  ['27.0.1', '255d4a2d'],
])('a verdict on %s names the schema %s', (osVersion, commit) => {
  const { documentation } = check('SecurityInfo', replyOf({ SecurityInfo: {} }), { osVersion })
  expect(documentation).toContain(commit)
})

test('compared paths are listed, so that an empty list does not count for its items', () => {
  const empty = check('OSUpdateStatus', replyOf({ OSUpdateStatus: [] })).judged
  expect(empty).toContain('OSUpdateStatus=[]')
  expect(empty).not.toContain('OSUpdateStatus[].IsDownloaded')
  const full = check('OSUpdateStatus', replyOf(statusItem())).judged
  expect(full).toContain('OSUpdateStatus[].IsDownloaded')
  expect(full).not.toContain('OSUpdateStatus=[]')
})

test('a device cannot send a key that looks like another path', () => {
  const reply = replyOf({ 'OSUpdateStatus[].IsDownloaded': 'x', OSUpdateStatus: [] })
  expect(found('OSUpdateStatus', reply)).toEqual([
    '"OSUpdateStatus[].IsDownloaded" notDocumented string',
  ])
})

test('a reply with many unknown keys has a limited number of findings, and the rest are counted', () => {
  const strange = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`Key${i}`, i]))
  const { findings, leftOut } = check('SecurityInfo', replyOf({ SecurityInfo: {}, ...strange }))
  expect(findings.filter(isContradiction)).toHaveLength(maxFindings)
  expect(leftOut).toBe(3000 - maxFindings)
})

test('a reply that is no dict is one finding', () => {
  expect(found('SecurityInfo', typed(['x']))).toEqual(['(reply) typeDiffers array'])
})
