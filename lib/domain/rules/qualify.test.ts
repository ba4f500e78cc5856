import { describe, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type ReadingField, type ReadingValues, readingFieldNames } from '../reading/reading'
import { type Change, contextWith, declared, minutesBefore, readyValues, testNow } from '../testing'
import { combine, comparableVerdict, differences, qualify, qualifyBy } from './qualify'
import { fail, pass, type Rule, type RuleContext, verdicts } from './rule'
import { rules } from './rules'

const finding = (verdict: (typeof verdicts)[number], warnOnly = false) => ({ verdict, warnOnly })
const judged = (change: Change = {}) => qualify(contextWith(change))
const of = (change: Change, id: string) => {
  const found = judged(change).findings.find(({ ruleId }) => ruleId === id)
  if (!found) throw new Error(`${id} is not judged`)
  return found
}

/** Readings of many kinds of device, most of them near the ready one so that qualified ones are found. */
const someValues: fc.Arbitrary<Partial<ReadingValues>> = fc.record(
  {
    osVersion: fc.constantFrom(
      ...['10.2.1', '10.3.3', '11.2.6', '11.3.1', '11.4', '17.5', '18.6', '27.0'],
    ),
    availableUpdates: fc.constant(
      [readyValues, declared.values].flatMap((values) => values?.availableUpdates ?? []),
    ),
    osBuild: fc.constantFrom('15D100', '15G77'),
    supervised: fc.constantFrom(true, true, false),
    depEnrolled: fc.boolean(),
    passcodePresent: fc.boolean(),
    freeCapacity: fc.constantFrom(0.2, 4, 15.4),
    batteryLevel: fc.constantFrom(0.1, 0.5, 0.9),
    externalPower: fc.boolean(),
    network: fc.constantFrom('wifi', 'wired', 'cellular'),
    sharedIpad: fc.boolean(),
    userLoggedIn: fc.boolean(),
    updateActivity: fc.constantFrom('none', 'idle', 'installing'),
  },
  { requiredKeys: [] },
)
const someContext: fc.Arbitrary<Change> = fc.record({
  slot: fc.constantFrom(contextWith().slot, contextWith(declared).slot),
  values: someValues,
  device: fc.record({ platform: fc.constantFrom('iOS', 'iPadOS', 'tvOS') }, { requiredKeys: [] }),
  without: fc.subarray([...readingFieldNames], { maxLength: 1 }),
  conditions: fc.constantFrom(
    {},
    { battery: { max: 0.2 } },
    { externalPower: false },
    { passcode: 'set' as const },
    { automaticUpdates: 'off' as const },
  ),
})

const reliedOn = (context: RuleContext): ReadingField[] =>
  qualify(context)
    .findings.filter(({ warnOnly }) => !warnOnly)
    .flatMap(({ inputs }) => inputs)
    .filter(({ value }) => value !== 'not applicable')
    .flatMap(({ field }) => field ?? [])

describe('combining findings', () => {
  test('any fail is no, else any unknown is not yet, else qualified', () => {
    expect(combine([finding('pass'), finding('fail'), finding('unknown')])).toBe('no')
    expect(combine([finding('pass'), finding('unknown')])).toBe('notYet')
    expect(combine([finding('pass'), finding('notApplicable')])).toBe('qualified')
  })

  test('what only warns never blocks', () => {
    expect(combine([finding('pass'), finding('fail', true)])).toBe('qualified')
    expect(combine([finding('pass'), finding('unknown', true)])).toBe('qualified')
  })

  test('nothing judged is not qualified', () => {
    expect(combine([])).toBe('notYet')
  })

  test('turning any pass into unknown never leaves a device qualified', () => {
    const some = fc.array(fc.constantFrom(...verdicts).map((verdict) => finding(verdict)))
    fc.assert(
      fc.property(some, some, (before, after) => {
        expect(combine([...before, finding('unknown'), ...after])).not.toBe('qualified')
      }),
    )
  })
})

describe('qualifying a device', () => {
  test('judges every rule in the order of its number, each with a title, a citation and inputs', () => {
    const { findings } = judged()
    const of = (other: 'command' | 'declaration') =>
      rules.filter(({ mechanism }) => mechanism !== other).map(({ id }) => id)
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(of('declaration'))
    const ofDeclaration = judged(declared).findings
    expect(ofDeclaration.map(({ ruleId }) => ruleId)).toEqual(of('command'))
    expect(rules.map(({ id }) => id)).toEqual(rules.map((_, index) => `Q${index + 1}`))
    for (const { cites, inputs, title } of [...findings, ...ofDeclaration]) {
      expect(cites.length, title).toBeGreaterThan(0)
      expect(inputs.length, title).toBeGreaterThan(0)
    }
  })

  test('a ready device is qualified, without a warning', () => {
    expect(judged()).toMatchObject({ overall: 'qualified', warnings: [] })
    expect(judged(declared)).toMatchObject({ overall: 'qualified', warnings: [] })
  })

  test('a ready Apple TV is qualified, although it has no battery or passcode', () => {
    const tv: Change = {
      device: { platform: 'tvOS', modelIdentifier: 'AppleTV6,2' },
      values: {
        osVersion: '12.1',
        availableUpdates: [
          { productKey: 'k', version: '12.4', downloadBytes: 1e9, installBytes: 1e9 },
        ],
      },
      slot: { installAction: 'Default', productKey: 'k' },
      without: ['batteryLevel', 'passcodePresent', 'sharedIpad', 'userLoggedIn'],
    }
    expect(judged(tv).overall).toBe('qualified')
    expect(of(tv, 'Q12').verdict).toBe('notApplicable')
    expect(of(tv, 'Q12').inputs[0]).toMatchObject({ label: 'Battery', value: 'not applicable' })
  })

  test('without or with a stale reading that a blocking rule read, it is not qualified', () => {
    let qualified = 0
    fc.assert(
      fc.property(someContext, fc.boolean(), (change, ageing) => {
        const context = contextWith(change)
        if (qualify(context).overall !== 'qualified') return
        qualified += 1
        for (const field of reliedOn(context)) {
          const without = { ...change, [ageing ? 'stale' : 'without']: [field] }
          expect(judged(without).overall, field).not.toBe('qualified')
        }
      }),
      { numRuns: 500 },
    )
    expect(qualified).toBeGreaterThan(10)
  })

  test('more unknown readings never turn a verdict into qualified', () => {
    fc.assert(
      fc.property(someContext, fc.subarray([...readingFieldNames]), (change, gone) => {
        const before = judged(change).overall
        const after = judged({ ...change, without: [...(change.without ?? []), ...gone] }).overall
        if (after === 'qualified') expect(before).toBe('qualified')
      }),
      { numRuns: 500 },
    )
  })

  test('a warning does not block: automatic updates on', () => {
    const on = judged({ values: { automaticUpdatesOff: false } })
    expect(on.overall).toBe('qualified')
    expect(on.warnings).toMatchObject([{ ruleId: 'Q17' }])
  })

  test('a condition of the protocol itself blocks, even if the lab only warns', () => {
    const on = judged({ conditions: { automaticUpdates: 'on' } })
    expect(on.overall).toBe('no')
  })

  test('11.3.1 qualifies with a warning', () => {
    const named = judged({ values: { osVersion: '11.3.1' } })
    expect(named.overall).toBe('qualified')
    expect(named.warnings.map(({ ruleId }) => ruleId)).toEqual(['Q5'])
  })

  test('external power does not replace an unknown battery level', () => {
    expect(judged({ without: ['batteryLevel'] }).overall).toBe('notYet')
  })

  test('a reading that no rule used is not required', () => {
    expect(judged({ without: ['userLoggedIn', 'depEnrolled', 'totalCapacity'] }).overall).toBe(
      'qualified',
    )
  })
})

describe('inputs of a finding', () => {
  test('have value, source and time, and for a stale one what was last read', () => {
    const [known] = of({}, 'Q12').inputs
    expect(known).toEqual({
      label: 'Battery',
      field: 'batteryLevel',
      value: '83 %',
      source: 'simulated',
      answeredAt: minutesBefore(2).toISOString(),
      by: undefined,
    })
    const [stale] = of({ stale: ['batteryLevel'] }, 'Q12').inputs
    expect(stale).toMatchObject({ value: 'unknown', source: 'simulated' })
    expect(stale?.note).toContain('the last value was 83 %')
  })

  test('a rule can only read the fields it declares', () => {
    const greedy: Rule = {
      id: 'greedy',
      title: 'reads what it does not declare',
      kind: 'eligibility',
      cites: [],
      fields: [],
      judge: ({ state }) => (state.batteryLevel ? pass('seen') : fail('not seen')),
    }
    expect(qualifyBy([greedy], contextWith()).overall).toBe('no')
    expect(qualifyBy([{ ...greedy, fields: ['batteryLevel'] }], contextWith()).overall).toBe(
      'qualified',
    )
  })
})

describe('how long a verdict holds', () => {
  test('until the first reading it rests on goes stale', () => {
    // Battery and passcode are valid for ten minutes and were read two minutes ago.
    expect(judged().staleAt).toEqual(new Date(testNow.getTime() + 8 * 60_000))
  })

  test('a reading that no rule read does not shorten it', () => {
    const alone = judged({ without: ['externalPower', 'userLoggedIn'] })
    expect(alone.staleAt).toEqual(judged().staleAt)
  })

  test('a device with an old last contact becomes stale by it', () => {
    const silent = judged({ device: { lastSeenAt: minutesBefore(24 * 60 - 1) } })
    expect(silent.staleAt).toEqual(new Date(testNow.getTime() + 60_000))
  })
})

describe('comparing two verdicts', () => {
  const later = (context: RuleContext, minutes: number): RuleContext => ({
    ...context,
    now: new Date(context.now.getTime() + minutes * 60_000),
  })

  test('time alone changes nothing while the readings are fresh', () => {
    const context = contextWith()
    const [before, after] = [qualify(context), qualify(later(context, 5))]
    expect(comparableVerdict(after)).toEqual(comparableVerdict(before))
    expect(differences(before, after)).toEqual([])
  })

  test('a reading that became stale is named', () => {
    const context = contextWith()
    const reported = differences(qualify(context), qualify(later(context, 9)))
    expect(reported).toContain('Battery: 83 % → unknown')
    expect(reported).toContain('Overall: qualified → incomplete')
  })

  test('a changed reading is named once, with its effect on the rules', () => {
    const reported = differences(
      judged({ values: { externalPower: false } }),
      judged({ values: { externalPower: false, batteryLevel: 0.18 } }),
    )
    expect(reported.filter((line) => line.startsWith('Battery:'))).toEqual(['Battery: 83 % → 18 %'])
    expect(reported.some((line) => line.startsWith('Q12 ') && line.includes('pass → fail'))).toBe(
      true,
    )
  })

  test('there are differences if and only if the comparable forms differ', () => {
    fc.assert(
      fc.property(someContext, someContext, (one, other) => {
        const [before, after] = [judged(one), judged(other)]
        const same =
          JSON.stringify(comparableVerdict(before)) === JSON.stringify(comparableVerdict(after))
        expect(differences(before, after).length === 0).toBe(same)
      }),
    )
  })

  test('a verdict that was stored and read again compares as the same', () => {
    const before = judged()
    const stored: typeof before = {
      ...before,
      findings: JSON.parse(JSON.stringify(before.findings)),
    }
    expect(JSON.stringify(comparableVerdict(stored))).toBe(
      JSON.stringify(comparableVerdict(before)),
    )
  })

  test('offers in another order are no difference', () => {
    const offers = [...readyValues.availableUpdates, { productKey: 'x', version: '12.0' }]
    const [one, other] = [offers, offers.toReversed()].map((availableUpdates) =>
      judged({ values: { availableUpdates } }),
    )
    expect(one && other && differences(one, other)).toEqual([])
  })
})
