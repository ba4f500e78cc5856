import { expect, test } from 'vitest'
import { payloadCapture } from '@/lib/mdm/captures.testing'
import { readPlist, real, writePlist } from './wire'

test('a reply is written byte for byte as the captured one', () => {
  const captured = payloadCapture('webhook-filekv-01-answer-OSUpdateStatus-downloading.json')
  const written = writePlist({
    Status: 'Acknowledged',
    CommandUUID: '7307E552-245F-43BB-85B5-6664E1F3E732',
    UDID: 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
    OSUpdateStatus: [
      {
        Status: 'Downloading',
        ProductKey: 'iOSUpdate16B92',
        IsDownloaded: false,
        DownloadPercentComplete: real(0.4076),
      },
    ],
  })
  expect(written).toBe(Buffer.from(captured).toString('utf8'))
})

test('an empty array and bytes are written as the captured ones', () => {
  const empty = payloadCapture('webhook-filekv-01-answer-OSUpdateStatus.json')
  expect(
    writePlist({
      CommandUUID: '4DC5BAED-2AE2-49FA-B4AB-339292CCBFEE',
      OSUpdateStatus: [],
      Status: 'Acknowledged',
      UDID: 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
    }),
  ).toBe(Buffer.from(empty).toString('utf8'))

  const token = payloadCapture('webhook-filekv-12-tokenupdate-second-tally.json')
  const { Token, UnlockToken, ...rest } = readPlist(token)
  if (!(Token instanceof Uint8Array && UnlockToken instanceof Uint8Array))
    throw new Error('no data')
  const texts = Object.entries(rest).filter(([, value]) => typeof value === 'string')
  const written = writePlist({
    ...Object.fromEntries(texts.map(([key, value]) => [key, String(value)])),
    AwaitingConfiguration: false,
    Token,
    UnlockToken,
  })
  expect(written).toBe(Buffer.from(token).toString('utf8'))
})

test('a whole real stays a real, an integer an integer, and markup is harmless', () => {
  const written = writePlist({ a: real(1), b: 1, c: 'x < y & "z"', left: undefined })
  expect(written).toContain('<key>a</key>\n\t<real>1</real>')
  expect(written).toContain('<key>b</key>\n\t<integer>1</integer>')
  expect(readPlist(Buffer.from(written))).toEqual({ a: 1, b: 1, c: 'x < y & "z"' })
})

test('binary plists are read', () => {
  const binary = payloadCapture('webhook-filekv-11-hmac-binary-plist-ack.json')
  expect(readPlist(binary)).toMatchObject({ Status: 'Acknowledged' })
})

test.each(['hello', '', '{"CommandUUID":"x"}', '<plist><string>x</string></plist>'])(
  '%s is no command',
  (body) => {
    expect(() => readPlist(Buffer.from(body))).toThrow()
  },
)
