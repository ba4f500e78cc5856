import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { requestTypes } from '@/lib/domain/trial/command-slot'
import { buildCommand, deviceQueries, isCommandUuid } from './command'
import { readPlist } from './plist/plist'

const commandUuid = '3e0d31bb-f71c-4c78-9d9d-de8a549f07e7'
const slot = {
  installAction: 'DownloadOnly',
  productKey: 'iOSUpdate16B92',
  productVersion: '12.1',
} as const

const golden = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
  <dict>
    <key>Command</key>
    <dict>
      <key>RequestType</key>
      <string>ScheduleOSUpdate</string>
      <key>Updates</key>
      <array>
        <dict>
          <key>InstallAction</key>
          <string>DownloadOnly</string>
          <key>ProductKey</key>
          <string>iOSUpdate16B92</string>
          <key>ProductVersion</key>
          <string>12.1</string>
        </dict>
      </array>
    </dict>
    <key>CommandUUID</key>
    <string>3e0d31bb-f71c-4c78-9d9d-de8a549f07e7</string>
  </dict>
</plist>
`
const text = (plist: Uint8Array) => new TextDecoder().decode(plist)

test('a ScheduleOSUpdate is these bytes and no others', () => {
  const { plist, sha256 } = buildCommand({ commandUuid, requestType: 'ScheduleOSUpdate', slot })
  expect(text(plist)).toBe(golden)
  expect(sha256).toBe(createHash('sha256').update(golden).digest('hex'))
})

test('a slot may name the version alone, or the key alone', () => {
  const build = (target: { productKey?: string; productVersion?: string }) => {
    const order = { commandUuid, requestType: 'ScheduleOSUpdate' } as const
    return text(buildCommand({ ...order, slot: { installAction: 'Default', ...target } }).plist)
  }
  expect(build({ productVersion: '12.1' })).not.toContain('ProductKey')
  expect(build({ productKey: 'iOSUpdate16B92' })).not.toContain('ProductVersion')
})

test.each(requestTypes)(
  '%s carries its request type and CommandUUID, and can be read',
  (requestType) => {
    const order = requestType === 'ScheduleOSUpdate' ? { slot } : {}
    const { plist } = buildCommand({ commandUuid, requestType, ...order })
    expect(text(plist)).toContain(`<string>${requestType}</string>`)
    expect(text(plist)).toContain(`<string>${commandUuid}</string>`)
    expect(readPlist(plist)).toMatchObject({ ok: true, oddities: [] })
  },
)

test('DeviceInformation asks for every key the lab reads, and the other probes ask for nothing', () => {
  const asked = text(buildCommand({ commandUuid, requestType: 'DeviceInformation' }).plist)
  for (const query of deviceQueries) expect(asked).toContain(`<string>${query}</string>`)
  const status = text(buildCommand({ commandUuid, requestType: 'OSUpdateStatus' }).plist)
  expect(status.match(/<key>/g)).toHaveLength(3)
})

test('a ScheduleOSUpdate without a target is never written', () => {
  const schedule = { commandUuid, requestType: 'ScheduleOSUpdate' } as const
  expect(() => buildCommand(schedule)).toThrow()
  expect(() => buildCommand({ ...schedule, slot: { installAction: 'Default' } })).toThrow()
  const blank = { installAction: 'Default', productVersion: ' ' } as const
  expect(() => buildCommand({ ...schedule, slot: blank })).toThrow()
})

test('a probe never carries a slot', () => {
  expect(() => buildCommand({ commandUuid, requestType: 'OSUpdateStatus', slot })).toThrow()
})

test.each([
  '',
  '../../evil',
  '3e0d31bbf71c4c789d9dde8a549f07e7',
  '5C0E7C7E-0000-4000-8000-0000000MDMB1',
])('nothing is written under the CommandUUID %j', (odd) => {
  expect(isCommandUuid(odd)).toBe(false)
  expect(() => buildCommand({ commandUuid: odd, requestType: 'SecurityInfo' })).toThrow()
})
