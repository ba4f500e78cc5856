import { expect, test } from 'vitest'
import { type CommandState, commandStates, commandTransitions } from './command-slot'

const canReach = (from: CommandState, seen = new Set<CommandState>()): Set<CommandState> => {
  for (const next of commandTransitions[from]) {
    if (seen.has(next)) continue
    seen.add(next)
    canReach(next, seen)
  }
  return seen
}

test('a command that may be in the queue of the server is never sent again', () => {
  for (const state of ['queued', 'refused', 'unconfirmed'] as const)
    expect(canReach(state).has('sending'), state).toBe(false)
})

test('only a command that was provably never sent can be reserved again', () => {
  const back = commandStates.filter((state) => commandTransitions[state].includes('reserved'))
  expect(back).toEqual(['cancelled', 'lapsed', 'notSent'])
})

test('only a reserved command is sent', () => {
  const sends = commandStates.filter((state) => commandTransitions[state].includes('sending'))
  expect(sends).toEqual(['reserved'])
})
