import { expect, test } from 'vitest'
import { emptyDeclarationStore } from './declaration-store'
import { statusReport } from './status-api'
import { statusOf, storeStatus } from './status-store'

const store = (raws: readonly string[]) =>
  raws.reduce((kept, raw, index) => {
    const next = storeStatus(kept, 'one', raw, String(BigInt(index) * 1_000_000_000n))
    if (!next) throw new Error(`${raw} is not taken`)
    return next
  }, emptyDeclarationStore())

test('the newest 200 reports are kept, and their places are counted from the oldest there ever was', () => {
  const kept = store(Array.from({ length: 205 }, (_, n) => JSON.stringify({ n })))
  expect(statusOf(kept, 'one').reports).toHaveLength(200)
  expect(statusReport(kept, 'one', new URLSearchParams('index=0'))).toMatchObject({
    body: '{"n":204}',
    headers: { 'X-Status-Report-Index': '204' },
  })
})

test('of long reports fewer are kept, and at least one', () => {
  const long = (n: number, length: number) => JSON.stringify({ n, pad: 'x'.repeat(length) })
  const kept = store([1, 2, 3, 4, 5, 6].map((n) => long(n, 5_000_000)))
  expect(statusOf(kept, 'one')).toMatchObject({ dropped: 3, reports: { length: 3 } })
  expect(statusOf(store([long(1, 25_000_000)]), 'one').reports).toHaveLength(1)
})

test('the old OS version stands beside the new one, and what is no report is refused', () => {
  const os = (version: string) =>
    JSON.stringify({ StatusItems: { device: { 'operating-system': { version } } } })
  const { values } = statusOf(store([os('26.5'), os('26.6.1')]), 'one')
  expect(values.map(({ value }) => value)).toEqual(['26.5', '26.6.1'])
  for (const raw of ['not json', '[]', '"x"', ''])
    expect(storeStatus(emptyDeclarationStore(), 'one', raw, '0')).toBeUndefined()
})
