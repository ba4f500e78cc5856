import { expect, test } from 'vitest'
import { tallyInWords } from './finding'

test('a tally counts by version, oldest first, without percentages', () => {
  expect(
    tallyInWords([
      { family: 'tvOS', osVersion: '12.4', seen: 1, checked: 1 },
      { family: 'iOS', osVersion: '12', seen: 0, checked: 2 },
      { family: 'iOS', osVersion: '11.10', seen: 1, checked: 1 },
      { family: 'iOS', osVersion: '11.3', seen: 3, checked: 3 },
    ]),
  ).toBe('3 of 3 on 11.3, 1 of 1 on 11.10, 0 of 2 on 12, 1 of 1 on tvOS 12.4')
})
