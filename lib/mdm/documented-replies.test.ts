import { expect, test } from 'vitest'
import { detectContradictions } from '@/lib/domain/contradiction/detect'
import { isContradiction } from '@/lib/domain/contradiction/finding'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { payloadCapture } from './captures.testing'
import { readPlist } from './plist/plist'

/** What a captured reply has that is not as Apple documents it for that version. */
function oddIn(requestType: RequestType, name: string, osVersion: string) {
  const plist = readPlist(payloadCapture(`webhook-filekv-${name}.json`))
  if (!plist.ok) throw new Error(plist.reason)
  const asked = { requestType, platform: 'iOS', osVersion, reply: plist.value } as const
  const checked = detectContradictions(asked)
  if (!checked.compared) throw new Error(checked.reason)
  return checked.findings.filter(isContradiction).map(({ path, kind }) => `${path} ${kind}`)
}

test.each<[RequestType, string, string, string[]]>([
  ['AvailableOSUpdates', '01-answer-AvailableOSUpdates', '12.0.1', []],
  ['OSUpdateStatus', '01-answer-OSUpdateStatus', '12.0.1', []],
  ['OSUpdateStatus', '01-answer-OSUpdateStatus-downloading', '12.0.1', []],
  ['ScheduleOSUpdate', '01-answer-ScheduleOSUpdate', '12.0.1', []],
  ['ScheduleOSUpdate', '11-hmac-binary-plist-ack', '12.0.1', []],
  ['ScheduleOSUpdate', '06-mdm.Connect-NotNow', '12.0.1', []],
  ['ScheduleOSUpdate', '07-mdm.Connect-CommandFormatError', '12.0.1', []],
  ['ScheduleOSUpdate', '07-mdm.Connect-Error', '12.0.1', []],
  ['SecurityInfo', '01-answer-SecurityInfo', '10.3.3', []],
  [
    'SecurityInfo',
    '01-answer-SecurityInfo',
    '9.3.1',
    [
      'SecurityInfo.PasscodeLockGracePeriod outsideDocumentedVersions',
      'SecurityInfo.PasscodeLockGracePeriodEnforced outsideDocumentedVersions',
    ],
  ],
  [
    'DeviceInformation',
    '01-answer-DeviceInformation',
    '10.3.3',
    [
      'QueryResponses.AvailableDeviceCapacity documentationInconsistent',
      'QueryResponses.DeviceCapacity documentationInconsistent',
    ],
  ],
  [
    'OSUpdateStatus',
    '01-answer-ScheduleOSUpdate',
    '12.0.1',
    ['UpdateResults notDocumented', 'OSUpdateStatus requiredMissing'],
  ],
])('%s, capture %s on %s', (requestType, name, osVersion, expected) => {
  expect(oddIn(requestType, name, osVersion)).toEqual(expected)
})
