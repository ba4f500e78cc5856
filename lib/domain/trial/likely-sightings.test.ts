import { expect, test } from 'vitest'
import type { CommandState } from './command-slot'
import { benchPhase, likelySightings } from './likely-sightings'
import { observationKinds } from './observation'
import type { CommandSlotPlan } from './protocol'

const slots: CommandSlotPlan[] = [
  { installAction: 'Default', productVersion: '12.1' },
  { installAction: 'Default', productVersion: '12.1' },
]
const command = (slotOrdinal: number, state: CommandState) => ({
  ...{ purpose: 'intervention', slotOrdinal, state },
})

test('every sighting is offered once, what the step expects first', () => {
  for (const phase of ['before', 'download', 'install'] as const) {
    const all = likelySightings(['rebooted'], phase)
    expect(all[0]).toBe('rebooted')
    expect(all.toSorted()).toEqual(observationKinds.toSorted())
  }
})

test('the first Default downloads, the second installs; a held command counts, a cancelled one does not', () => {
  expect(benchPhase(slots, [])).toBe('before')
  expect(benchPhase(slots, [command(1, 'reserved')])).toBe('download')
  expect(benchPhase(slots, [command(1, 'queued'), command(2, 'cancelled')])).toBe('download')
  expect(benchPhase(slots, [command(1, 'queued'), command(2, 'reserved')])).toBe('install')
  expect(benchPhase(slots, [{ ...command(1, 'queued'), purpose: 'probe' }])).toBe('before')
})
