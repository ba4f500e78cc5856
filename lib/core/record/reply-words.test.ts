import { expect, test } from 'vitest'
import type { TrialReply } from '@/lib/db/queries/trials/trial-view'
import { timelineReply } from './reply-words'

const at = new Date('2026-03-02T09:00:00Z')

const reply = (keys: string, more: Partial<TrialReply> = {}): TrialReply => ({
  id: 1,
  receivedAt: new Date('2026-03-02T09:00:05Z'),
  createdAt: at,
  readState: 'read',
  reason: null,
  topic: 'mdm.Connect',
  commandUuid: null,
  status: 'Acknowledged',
  oddities: null,
  requestType: 'ScheduleOSUpdate',
  slotOrdinal: 1,
  payload: new TextEncoder().encode(
    `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Status</key><string>Acknowledged</string>${keys}</dict></plist>`,
  ),
  ...more,
})

const wordsOf = (...given: Parameters<typeof reply>) => timelineReply(reply(...given)).words

test('a result says what the device claims to do, and each of its errors in words', () => {
  const result = `<key>UpdateResults</key><array><dict><key>InstallAction</key><string>InstallASAP</string>
    <key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Installing</string></dict></array>
    <key>ErrorChain</key><array><dict><key>ErrorDomain</key><string>MCMDMErrorDomain</string>
    <key>ErrorCode</key><integer>12052</integer></dict></array>`
  expect(wordsOf(result)).toBe(
    'iOSUpdate16B92, InstallASAP, Installing · MCMDMErrorDomain 12052: the download is complete',
  )
})

test('a status says how far the download is', () => {
  const status = `<key>OSUpdateStatus</key><array><dict><key>ProductKey</key><string>iOSUpdate16B92</string>
    <key>IsDownloaded</key><false/><key>DownloadPercentComplete</key><real>0.4</real>
    <key>Status</key><string>Downloading</string></dict></array>`
  expect(wordsOf(status, { requestType: 'OSUpdateStatus' })).toBe(
    'iOSUpdate16B92, Downloading, 40 %, not downloaded',
  )
})

test('what a device reports of itself is shown with its labels', () => {
  const info =
    '<key>QueryResponses</key><dict><key>OSVersion</key><string>12.1</string><key>BatteryLevel</key><real>-1</real></dict>'
  const words = wordsOf(info, { requestType: 'DeviceInformation' })
  expect(words).toContain('OS version: 12.1')
  expect(words).toMatch(/Battery: unknown \(.+\)/)
})

test('NotNow says that the device will be asked again', () => {
  expect(wordsOf('', { status: 'NotNow' })).toContain('asked again')
})

test.each([{ payload: null }, { payload: new Uint8Array([1, 2, 3]) }, { requestType: null }])(
  'a reply that cannot be read claims nothing (%o)',
  (more) => {
    expect(wordsOf('', more)).toBe('')
  },
)

test("a reply stands at the MDM server's time, and where that is missing at its arrival", () => {
  expect(timelineReply(reply('')).at).toEqual(at)
  const late = reply('', { createdAt: null })
  expect(timelineReply(late).at).toEqual(late.receivedAt)
})
