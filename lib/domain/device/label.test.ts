import { expect, test } from 'vitest'
import { labelTexts } from './label'

const device = {
  ...{ labTag: 'B-01', name: 'Bench iPad', modelName: 'iPad Air', modelIdentifier: 'iPad4,1' },
  serial: 'DMPXX1234WXYZ',
}

test('a label shows of the serial its end only', () => {
  expect(labelTexts(device)).toEqual({
    title: 'B-01',
    lines: ['Bench iPad', 'iPad Air', 'serial …WXYZ'],
  })
})

test('what is not known is said, and a device without a tag is named once', () => {
  const bare = { ...device, labTag: null, modelName: null, modelIdentifier: null, serial: null }
  expect(labelTexts(bare)).toEqual({
    title: 'Bench iPad',
    lines: ['model not known', 'serial not known'],
  })
})
