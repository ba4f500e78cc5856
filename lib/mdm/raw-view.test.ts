import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hexDump, rawView } from './raw-view'

const capture = new URL('./testdata/webhook-filekv-11-hmac-binary-plist-ack.json', import.meta.url)
/** The payload of a binary plist as NanoMDM posted it. */
const binary = () => {
  const text = /"raw_payload":\s*\\?"([A-Za-z0-9+/=]+)/.exec(readFileSync(capture, 'utf8'))?.[1]
  return new Uint8Array(Buffer.from(text ?? '', 'base64'))
}

test('an XML reply is shown as the text it came as', () => {
  const xml = '<plist version="1.0"><dict><key>Status</key><string>Idle…</string></dict></plist>'
  const payload = new TextEncoder().encode(xml)
  expect(rawView(payload)).toEqual({ form: 'text', bytes: payload.length, text: xml })
})

test('a binary plist is shown as bytes and decoded, with the type of what is no text', () => {
  const payload = binary()
  const view = rawView(payload)
  expect(view).toMatchObject({
    form: 'binary',
    hex: expect.stringMatching(/^000000 {2}62 70 6c 69 73 74/),
    base64: Buffer.from(payload).toString('base64'),
    decoded: expect.stringContaining('Status: "Acknowledged"'),
  })
})

test('bytes that are neither text nor a plist are shown all the same, and said to be so', () => {
  expect(rawView(new Uint8Array([0xff, 0xfe, 0]))).toMatchObject({
    form: 'binary',
    hex: '000000  ff fe 00                                         ...',
    decoded: expect.stringContaining('cannot be decoded'),
  })
})

test('a body out of which no reply could be taken has nothing to show', () => {
  expect(rawView(null)).toEqual({ form: 'none' })
})

test('a dump has sixteen bytes a row', () => {
  expect(hexDump(new Uint8Array(33)).split('\n')).toHaveLength(3)
})
