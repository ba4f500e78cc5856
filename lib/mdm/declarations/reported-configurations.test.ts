import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { activeAfter, readConfigurations } from './reported-configurations'

const checkin = (endpoint: string, data: string | Uint8Array) =>
  Buffer.from(
    `<plist version="1.0"><dict><key>Endpoint</key><string>${endpoint}</string><key>Data</key><data>${Buffer.from(data).toString('base64')}</data></dict></plist>`,
  )
const sample = (name: string) =>
  readFileSync(new URL(`../testdata/ddm-status/${name}.json`, import.meta.url))
const report = (configurations: unknown) =>
  JSON.stringify({ StatusItems: { management: { declarations: { configurations } } } })

test('the configurations that a report names', () => {
  const read = (name: string) => readConfigurations(checkin('status', sample(name)))
  expect(read('01-declared-nothing-offered')).toEqual({
    isFull: false,
    active: ['lab.t17.enforce'],
    gone: [],
  })
  expect(read('20-not-referenced')?.active).toEqual([])
  const many = [
    { identifier: 'a', active: true, valid: 'valid' },
    { identifier: 'b', active: false, valid: 'unknown' },
    { identifier: 'c', active: true, valid: 'invalid' },
    { identifier: 'd', active: 'yes' },
    { identifier: 'e', active: true },
    { identifier: 'f', active: true, _removed: true },
    { active: true },
  ]
  expect(readConfigurations(checkin('status', report(many)))).toEqual({
    isFull: false,
    active: ['a', 'e', 'one without a name'],
    gone: ['b', 'c', 'd', 'f'],
  })
})

test.each([
  ['tokens', checkin('tokens', report([]))],
  ['no JSON', checkin('status', '{')],
  ['without the item', checkin('status', '{"StatusItems":{}}')],
  ['no plist', Buffer.from('x')],
])('%s says nothing of them', (_, bytes) => {
  expect(readConfigurations(bytes)).toBeUndefined()
})

test('a partial report names what has changed, and a full one all there is', () => {
  const partial = (active: string[], gone: string[] = []) => ({ isFull: false, active, gone })
  expect(activeAfter([])).toEqual([])
  expect(activeAfter([partial(['a']), partial(['b'])])).toEqual(['a', 'b'])
  expect(activeAfter([partial(['a', 'b']), partial([], ['a'])])).toEqual(['b'])
  expect(activeAfter([partial(['a']), { isFull: true, active: ['b'], gone: [] }])).toEqual(['b'])
})
