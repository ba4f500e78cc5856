import { expect, test } from 'vitest'
import { blastRadius } from './blast-radius'
import type { UnusedDevice } from './coverage'

const device = (id: string, but: Partial<UnusedDevice> = {}): UnusedDevice => ({
  ...{ id, labTag: id, platform: 'iOS', passcode: 'set', modelIdentifier: 'iPhone10,1' },
  ...{ startVersion: '26.4', offered: ['26.5', '26.6.1', '27.0'], reserved: false },
  ...but,
})
const named = (productVersion: string) => ({ installAction: 'Default' as const, productVersion })

test('the only device of its version takes each other question with it', () => {
  const used = blastRadius('B-1', [device('B-1')], named('26.6.1'), undefined)
  expect(used).toMatchObject({ left: 0, target: '26.6.1', same: 0, isLast: false })
  expect(used?.lost).toEqual([
    { target: '26.5', others: 0 },
    { target: '27.0', others: 0 },
  ])
})

test('others count for a question only if it is offered to them, with the same passcode', () => {
  const devices = [
    device('B-1'),
    device('B-2', { offered: ['26.6.1'] }),
    device('B-3', { passcode: 'notSet' }),
    device('B-4', { offered: undefined }),
    device('B-5', { offered: ['26.5', '26.6.1'] }),
  ]
  const used = blastRadius('B-1', devices, named('26.6.1'), undefined)
  expect(used).toMatchObject({ left: 4, same: 2 })
  expect(used?.lost).toEqual([
    { target: '27.0', others: 0 },
    { target: '26.5', others: 1 },
  ])
})

test('the target of a product key is the one update offered under it', () => {
  const offers = [
    { productKey: 'k', version: '26.5' },
    { productKey: 'l', version: '27.0' },
  ]
  const of = (productKey: string, given = offers) =>
    blastRadius('B-1', [device('B-1')], { installAction: 'Default', productKey }, given)
  expect(of('k')).toMatchObject({ target: '26.5', isLast: false })
  expect(of('l')).toMatchObject({ target: '27.0', isLast: true })
  expect(of('m')).toMatchObject({ target: undefined, same: undefined })
  const twice = [...offers, { productKey: 'k', version: '26.6.1' }]
  expect(of('k', twice)).toMatchObject({ target: undefined })
})

test('without a target no question is said to be kept', () => {
  const used = blastRadius('B-1', [device('B-1')], undefined, undefined)
  expect(used?.lost.map(({ target }) => target)).toEqual(['26.5', '26.6.1', '27.0'])
})

test('a device whose offers are not known loses no known question, and a used one nothing', () => {
  const unknown = [device('B-1', { offered: undefined })]
  expect(blastRadius('B-1', unknown, named('26.5'), undefined)).toMatchObject({ lost: [], same: 0 })
  expect(blastRadius('B-9', [device('B-1')], named('26.5'), undefined)).toBeUndefined()
})
