import { expect, test } from 'vitest'
import { type Change, contextWith } from '../testing'
import { fitProtocol } from './protocol-fit'

const fitOf = (productKey: string, change: Change = {}) =>
  fitProtocol(
    { slots: [{ installAction: 'DownloadOnly', productKey }], conditions: {} },
    contextWith(change),
  )

test('a device qualifies for a protocol whose target it is offered', () => {
  expect(fitOf('iOSUpdate15G77')).toMatchObject({ overall: 'qualified', targetMissed: false })
})

test('a device that is offered something else misses the target, whatever else is missing', () => {
  expect(fitOf('iOSUpdate16B92', { stale: ['batteryLevel'] })).toEqual({
    overall: 'no',
    reason: 'Target not offered; 11.4.1 is',
    targetMissed: true,
  })
})

test('a stale reading is no missed target', () => {
  expect(fitOf('iOSUpdate15G77', { stale: ['batteryLevel'] })).toMatchObject({
    overall: 'notYet',
    targetMissed: false,
  })
})

test('one slot that does not fit is enough', () => {
  const slots = [
    { installAction: 'DownloadOnly' as const, productKey: 'iOSUpdate15G77' },
    { installAction: 'InstallASAP' as const, productKey: 'iOSUpdate16B92' },
  ]
  expect(fitProtocol({ slots, conditions: {} }, contextWith())).toMatchObject({
    overall: 'no',
    targetMissed: true,
  })
})
