import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { labActions } from './actions'
import { variantIds, variantValues } from './declarative/variants'
import { faultIds } from './faults'
import { storageKinds } from './nanomdm-store'
import { readScenario } from './scenario'
import { declarationHabits, pushHabits } from './server-habits'

const document = readFileSync('docs/scenarios.md', 'utf8')

test('the example in docs/scenarios.md is a scenario', () => {
  const json = /```json\n(.*?)```/s.exec(document)?.[1] ?? ''
  expect(readScenario(json)).toMatchObject({ version: 1, devices: [{ labTag: 'T-1' }] })
})

test.each([
  ...labActions,
  ...faultIds,
  ...storageKinds,
  ...pushHabits,
  ...declarationHabits,
  ...variantIds,
  ...variantIds.flatMap(variantValues),
])('it tells of %s', (word) => {
  expect(document).toContain(`\`${word}\``)
})
