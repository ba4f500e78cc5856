import { expect, test } from 'vitest'
import { defaultLabSettings } from '@/lib/domain/settings'
import { settingsSchema, settingsText } from './schema'

const text = settingsText(defaultLabSettings)
const parsed = (change: Partial<typeof text>) => settingsSchema.safeParse({ ...text, ...change })

test('what nobody changed in the form is saved unchanged', () => {
  expect(settingsSchema.parse(text)).toEqual(defaultLabSettings)
})

test.each([
  ['0.5', 0.5],
  ['0,5', 0.5],
  ['50 %', 0.5],
  ['55%', 0.55],
  ['0', 0],
  ['1', 1],
])('a battery of %s is kept as the fraction %d', (minBattery, fraction) => {
  expect(parsed({ minBattery })).toMatchObject({ success: true, data: { minBattery: fraction } })
})

test.each(['50', '1.01', '-0.1', '101 %', '', ' ', 'half', '%', 'NaN', 'Infinity'])(
  'a battery of "%s" is refused with its accepted form',
  (minBattery) => {
    const result = parsed({ minBattery })
    expect(result.success).toBe(false)
    expect(result.error?.issues[0]?.path).toEqual(['minBattery'])
  },
)

test('a disk margin is written in gigabytes and kept in bytes', () => {
  expect(parsed({ diskMarginBytes: '1.5' })).toMatchObject({ data: { diskMarginBytes: 1.5e9 } })
})

test.each(['1.5', '0', '-1', '525601'])('a maximum age of %s minutes is refused', (passcode) => {
  const maxAges = { ...text.maxAges, passcodePresent: passcode }
  expect(parsed({ maxAges }).error?.issues[0]?.path).toEqual(['maxAges', 'passcodePresent'])
})
