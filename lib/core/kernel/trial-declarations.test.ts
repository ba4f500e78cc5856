import { expect, test } from 'vitest'
import { later } from '../testing/people'
import { namedSince } from './trial-declarations'

const name = 'lab.oneway.0b6e0f9c-2a53-4b0f-9d6e-5c1f0f6a7d11.enforce'
const sent = [{ name, at: later(120) }]

/** A status report that names these configurations, by the MDM server's time. */
function report(seconds: number, configurations: object[], FullReport = false) {
  const items = { management: { declarations: { configurations } } }
  const data = Buffer.from(JSON.stringify({ StatusItems: items, FullReport })).toString('base64')
  const payload = Buffer.from(
    `<plist version="1.0"><dict><key>Endpoint</key><string>status</string><key>Data</key><data>${data}</data></dict></plist>`,
  )
  return { payload, createdAt: later(seconds), receivedAt: later(seconds) }
}
const active = (identifier: string) => ({ identifier, active: true, valid: 'valid' })
const gone = (identifier: string) => ({ identifier, active: false, valid: 'unknown' })

test('what the device has not reported since is unknown', () => {
  expect(namedSince(sent, [])).toEqual({ released: [name] })
  const before = report(60, [active('lab.status-subscriptions')])
  expect(namedSince(sent, [before])).toEqual({ released: [name] })
  const unreadable = { payload: Buffer.from('x'), createdAt: later(300), receivedAt: later(300) }
  expect(namedSince(sent, [unreadable])).toEqual({ released: [name] })
})

test('its own is told from another program’s, and from what was there before', () => {
  const before = report(60, [active('lab.status-subscriptions')])
  const since = report(300, [active(name)])
  const stranger = report(400, [active('other.enforce')])
  const away = report(500, [gone('other.enforce')])
  expect(namedSince(sent, [since, before])?.seen).toEqual({
    ...{ own: [name], others: [], at: later(300) },
  })
  expect(namedSince(sent, [stranger, since, before])?.seen).toMatchObject({
    ...{ own: [name], others: ['other.enforce'] },
  })
  expect(namedSince(sent, [away, stranger, since, before])?.seen).toMatchObject({
    ...{ own: [name], others: [] },
  })
  expect(namedSince(sent, [report(600, [], true), since])?.seen).toMatchObject({
    ...{ own: [], others: [] },
  })
})

test('the identifiers of another trial are another program’s', () => {
  const other = name.replace('0b6e0f9c', '11111111')
  expect(namedSince(sent, [report(300, [active(other)])])?.seen?.others).toEqual([other])
})
