import { describe, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { foldTrial, nextTrialState, trialEventKinds, trialStates, trialTransitions } from './trial'

const toObserving = ['drafted', 'registered', 'armed', 'released', 'sent'] as const

describe('a trial', () => {
  test('goes from draft to concluded', () => {
    expect(foldTrial(toObserving)).toBe('observing')
    expect(foldTrial([...toObserving, 'slotReleased', 'slotSent', 'concluded'])).toBe('concluded')
  })

  test('whose release is cancelled or lapses is armed again only by a person', () => {
    for (const back of ['releaseCancelled', 'releaseLapsed'] as const)
      expect(foldTrial(['drafted', 'registered', 'armed', 'released', back])).toBe('registered')
  })

  test('can be released from armed only', () => {
    const from = trialStates.filter((state) => nextTrialState(state, 'released') !== undefined)
    expect(from).toEqual(['armed'])
  })

  test('that has ended stays ended, unless its conclusion is reopened', () => {
    expect(nextTrialState('concluded', 'reopened')).toBe('observing')
    for (const end of ['concluded', 'withdrawn', 'void', 'lost'] as const)
      for (const kind of trialEventKinds.filter((one) => one !== 'reopened' || end !== 'concluded'))
        expect([undefined, end], `${end} ${kind}`).toContain(nextTrialState(end, kind))
  })

  test('with an impossible record throws', () => {
    expect(() => foldTrial(['drafted', 'released'])).toThrow('cannot be released')
    expect(() => foldTrial(['registered'])).toThrow('cannot be registered')
    expect(foldTrial([])).toBeUndefined()
  })

  test('after a cancelled hold has not been sent: only `sent` leads to observing', () => {
    const leads = trialEventKinds.filter((kind) => trialTransitions[kind].to === 'observing')
    // A trial that is reopened has been sent.
    expect(leads).toEqual(['sent', 'reopened'])
    expect(trialTransitions.reopened.from).toEqual(['concluded'])
  })
})

test('the state of a record is the state before its last event, advanced by that event', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...trialEventKinds), { maxLength: 8 }), (kinds) => {
      const steps = kinds.reduce<(typeof trialStates)[number] | 'impossible' | undefined>(
        (state, kind) =>
          state === 'impossible' ? state : (nextTrialState(state, kind) ?? 'impossible'),
        undefined,
      )
      if (steps === 'impossible') expect(() => foldTrial(kinds)).toThrow()
      else expect(foldTrial(kinds)).toBe(steps)
    }),
  )
})
