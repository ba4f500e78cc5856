import { expect, test } from 'vitest'
import { detectContradictions } from '@/lib/domain/contradiction/detect'
import { contradictionInfo, isContradiction } from '@/lib/domain/contradiction/finding'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { deviceQueries } from '@/lib/mdm/command'
import { readPlist } from '@/lib/mdm/plist/plist'
import { freshFleet } from './fleet'
import { deviceTagged, handheld, updateOf } from './testing'
import type { VirtualDevice } from './virtual-device'

/** What a device answers that contradicts the documents; the envelope is the transport's and is added here. */
function contradicts(
  device: VirtualDevice,
  requestType: RequestType,
  hand = handheld(device),
): string[] {
  const written = hand.sendRaw(requestType, { Queries: [...deviceQueries] })
  const plist = readPlist(Buffer.from(written))
  if (!plist.ok || plist.value.type !== 'dict') throw new Error(`no reply: ${written}`)
  plist.value.entries.set('CommandUUID', { type: 'string', value: '0001' })
  const { platform, osVersion } = device
  const checked = detectContradictions({ requestType, platform, osVersion, reply: plist.value })
  if (!checked.compared) throw new Error(checked.reason)
  return checked.findings
    .filter(isContradiction)
    .filter(({ kind }) => contradictionInfo[kind].about === 'device')
    .map(({ path, kind }) => `${requestType} ${path} ${kind}`)
}

const questions = [
  'DeviceInformation',
  'SecurityInfo',
  'AvailableOSUpdates',
  'OSUpdateStatus',
] as const

test.each(freshFleet().map((device) => [device.labTag, device] as const))(
  '%s answers as documented where no quirk shows',
  (_, device) => {
    const found = questions.flatMap((question) => contradicts(device, question))
    expect(found).toEqual([])
  },
)

test.each([
  ['11.3', ['OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers']],
  ['11.3.1', []],
])(
  'a download under way on %s contradicts as the quirk of that version says',
  (osVersion, expected) => {
    const device = deviceTagged('B-05', { osVersion })
    const hand = handheld(device)
    const ProductKey = device.offers[0]?.productKey ?? ''
    hand.send('ScheduleOSUpdate', updateOf('DownloadOnly', { ProductKey }))
    expect(contradicts(device, 'OSUpdateStatus', hand)).toEqual(expected)
  },
)

test.each([
  ['11.2.6', []],
  ['11.4.1', ['AvailableOSUpdates AvailableOSUpdates=[] undocumentedError']],
])(
  'nothing to offer on %s contradicts as the quirk of that version says',
  (osVersion, expected) => {
    const device = deviceTagged('B-05', { osVersion, offers: [] })
    expect(contradicts(device, 'AvailableOSUpdates')).toEqual(expected)
  },
)
