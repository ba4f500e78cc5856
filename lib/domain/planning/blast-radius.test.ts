import { expect, test } from 'vitest'
import type { SlotMechanism } from '../trial/mechanism'
import { blastRadius } from './blast-radius'
import type { UnusedDevice } from './coverage'

const device = (id: string, but: Partial<UnusedDevice> = {}): UnusedDevice => ({
  ...{ id, labTag: id, platform: 'iOS', passcode: 'set', modelIdentifier: 'iPhone10,1' },
  ...{ startVersion: '26.4', offered: ['26.5', '26.6.1', '27.0'], reserved: false },
  ...but,
})
type Lost = [target: string, others: number]
const by = (mechanism: SlotMechanism, ...lost: Lost[]) =>
  lost.map(([target, others]) => ({ mechanism, target, others }))
const named = (productVersion: string) => ({ installAction: 'Default' as const, productVersion })

test('the only device of its version takes each other question with it', () => {
  const used = blastRadius('B-1', [device('B-1')], named('26.6.1'), undefined)
  expect(used).toMatchObject({ left: 0, target: '26.6.1', same: 0, isLastCommand: false })
  expect(used?.lost).toEqual([
    ...by('command', ['26.5', 0], ['27.0', 0]),
    ...by('declaration', ['26.5', 0], ['26.6.1', 0], ['27.0', 0]),
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
    ...by('command', ['27.0', 0]),
    ...by('declaration', ['27.0', 0]),
    ...by('command', ['26.5', 1]),
    ...by('declaration', ['26.5', 1], ['26.6.1', 2]),
  ])
})

test('the target of a product key is the one update offered under it', () => {
  const offers = [
    { productKey: 'k', version: '26.5' },
    { productKey: 'l', version: '27.0' },
  ]
  const of = (productKey: string, given = offers) =>
    blastRadius('B-1', [device('B-1')], { installAction: 'Default', productKey }, given)
  expect(of('k')).toMatchObject({ target: '26.5', isLastCommand: false })
  expect(of('l')).toMatchObject({ target: '27.0', isLastCommand: true })
  expect(of('m')).toMatchObject({ target: undefined, same: undefined })
  const twice = [...offers, { productKey: 'k', version: '26.6.1' }]
  expect(of('k', twice)).toMatchObject({ target: undefined })
})

test('without a target no question is said to be kept', () => {
  const used = blastRadius('B-1', [device('B-1')], undefined, undefined)
  const lost = used?.lost.filter(({ mechanism }) => mechanism === 'command')
  expect(lost?.map(({ target }) => target)).toEqual(['26.5', '26.6.1', '27.0'])
})

test('a device whose offers are not known loses no known question, and a used one nothing', () => {
  const unknown = [device('B-1', { offered: undefined })]
  expect(blastRadius('B-1', unknown, named('26.5'), undefined)).toMatchObject({ lost: [], same: 0 })
  expect(blastRadius('B-9', [device('B-1')], named('26.5'), undefined)).toBeUndefined()
})

test('a declaration asks its own question, and a device on 27 has no other', () => {
  const slot = {
    mechanism: 'declaration',
    targetVersion: '27.1',
    when: { kind: 'asSoonAsPossible' },
  } as const
  // What it offered before it was on 27 is no offer any more.
  const there = device('B-1', { startVersion: '27.0', offered: ['27.0'], listed: ['27.1', '27.2'] })
  expect(blastRadius('B-1', [there], slot, undefined)).toMatchObject({
    ...{ mechanism: 'declaration', target: '27.1', same: 0, isLastCommand: false },
    lost: by('declaration', ['27.2', 0]),
  })
  const used = blastRadius('B-1', [device('B-1')], { ...slot, targetVersion: '26.5' }, undefined)
  expect(used?.lost).toEqual([
    ...by('command', ['26.5', 0], ['26.6.1', 0], ['27.0', 0]),
    ...by('declaration', ['26.6.1', 0], ['27.0', 0]),
  ])
  // Of a protocol with both no question is answered alone, so both are used up.
  const both = blastRadius('B-1', [device('B-1')], slot, undefined, true)
  expect(both?.same).toBeUndefined()
  expect(both?.lost).toHaveLength(6)
})
