import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { readingFieldNames } from '../reading/reading'
import { type Change, contextWith, minutesBefore } from '../testing'
import { issueFields, issueProblem, noIssues, rangeInWords, ruleSetOf } from './known-issues'
import { notANamedVersion } from './q05-not-a-named-version'
import { qualify } from './qualify'
import type { IssueContent, IssueSet, KnownIssue } from './rule'
import { ruleSetVersion } from './version-bounds'

const content: IssueContent = {
  ...{ effect: 'block', family: 'iOS', from: '11.2', to: '11.2.6', builds: [] },
  ...{ fault: 'the install ends in recovery mode', radar: '45414692' },
}
const issue = (but: Partial<KnownIssue> = {}): KnownIssue => ({
  ...content,
  ...{ number: 3, since: minutesBefore(60), ...but },
})
const setOf = (...issues: KnownIssue[]): IssueSet => ({ revision: 7, issues })
const batteryWrong = issue({ effect: 'unknown', field: 'batteryLevel' })

const q5 = (known: IssueSet, change: Change = {}) =>
  notANamedVersion.judge(contextWith({ ...change, known }))
const q5of = (known: IssueSet, change: Change = {}) =>
  qualify(contextWith({ ...change, known })).findings.find(({ ruleId }) => ruleId === 'Q5')

const ranges: [what: string, but: Partial<KnownIssue>, change: Change, verdict: string][] = [
  ['in the range', {}, {}, 'fail'],
  ['its first version', { from: '11.2.6' }, {}, 'fail'],
  ['after its last version', { to: '11.2.5' }, {}, 'pass'],
  ['before its first version', { from: '11.3', to: '11.4' }, {}, 'pass'],
  ['11.2.10 is not before 11.2.6', { to: '11.2.10' }, {}, 'fail'],
  ['no known end', { to: undefined }, {}, 'fail'],
  ['one of its builds', { builds: ['15D99', '15D100'] }, {}, 'fail'],
  ['another build', { builds: ['15D99'] }, {}, 'pass'],
  [
    'builds, and the build is not known',
    { builds: ['15D99'] },
    { without: ['osBuild'] },
    'unknown',
  ],
  ['builds, and the build is stale', { builds: ['15D99'] }, { stale: ['osBuild'] }, 'unknown'],
  ['an iPad', {}, { device: { platform: 'iPadOS' } }, 'fail'],
  ['another family', { family: 'tvOS' }, {}, 'pass'],
  ['an Apple TV', { family: 'tvOS' }, { device: { platform: 'tvOS' } }, 'fail'],
  [
    'an Apple TV, and the issue is about iOS',
    {},
    { device: { platform: 'tvOS' } },
    'notApplicable',
  ],
  ['the version is not known', {}, { without: ['osVersion'] }, 'unknown'],
  ['a virtual device', {}, { device: { simulated: true } }, 'pass'],
]
test.each(ranges)('Q5 and an issue that blocks: %s', (_, but, change, verdict) => {
  expect(q5(setOf(issue(but)), change).verdict).toBe(verdict)
})

test('the finding names the issue, what is wrong, and how that is known', () => {
  expect(q5(setOf(issue())).reason).toBe(
    'iOS and iPadOS 11.2 to 11.2.6: the install ends in recovery mode (K-3, radar 45414692)',
  )
  expect(q5(setOf(issue()), { device: { simulated: true } }).warning).toContain(
    'a real device would not qualify',
  )
})

test('what is shipped still counts beside an issue of the lab', () => {
  const { verdict, reason } = q5(setOf(issue({ from: '11.0', to: '12.0' })), {
    values: { osVersion: '11.4' },
  })
  expect(verdict).toBe('fail')
  expect(reason).toContain('iOS 11.4 is reported as broken')
  expect(reason).toContain('K-3')
})

test('a waiver does not cover an issue that was recorded after it', () => {
  const waivedAt = (minutes: number) => {
    const waivers = [
      { ruleId: 'Q5', by: 'Lee', reason: 'tried before', at: minutesBefore(minutes) },
    ]
    const context = { ...contextWith({ known: setOf(issue()) }), waivers }
    return qualify(context).findings.find(({ ruleId }) => ruleId === 'Q5')
  }
  expect(waivedAt(59)).toMatchObject({ warnOnly: true, waived: { by: 'Lee' } })
  expect(waivedAt(61)).toMatchObject({ warnOnly: false })
  expect(waivedAt(61)?.waived).toBeUndefined()
})

test('a reading known to be wrong is unknown with its reason, and counts if a person typed it', () => {
  const context = contextWith({ known: setOf(batteryWrong) })
  const { findings, overall } = qualify(context)
  const battery = findings.find(({ ruleId }) => ruleId === 'Q12')
  expect(battery).toMatchObject({ verdict: 'unknown' })
  expect(battery?.reason).toBe(
    'on iOS and iPadOS 11.2 to 11.2.6 it is known to be wrong: the install ends in recovery mode; it reported 83 % (K-3, radar 45414692)',
  )
  expect(overall).toBe('notYet')
  const { batteryLevel, ...state } = context.state
  if (!batteryLevel) throw new Error('a ready device has a battery reading')
  const typed = { ...state, batteryLevel: { ...batteryLevel, source: 'typed' as const } }
  expect(qualify({ ...context, state: typed }).overall).toBe('qualified')
})

test('where only some builds report it wrongly, it is unknown unless the build is another one', () => {
  const overall = (builds: string[], change: Change = {}) =>
    qualify(contextWith({ ...change, known: setOf({ ...batteryWrong, builds }) })).findings.find(
      ({ ruleId }) => ruleId === 'Q12',
    )?.verdict
  expect(overall(['15D100'])).toBe('unknown')
  expect(overall(['15D99'])).toBe('pass')
  expect(overall(['15D99'], { without: ['osBuild'] })).toBe('unknown')
})

test('a known issue never makes anything better: it blocks, makes unknown, or changes nothing', () => {
  const someIssue = fc.record({
    effect: fc.constantFrom('block' as const, 'unknown' as const),
    field: fc.constantFrom(...issueFields),
    family: fc.constantFrom('iOS' as const, 'tvOS' as const),
    from: fc.constantFrom('10.0', '11.2', '11.2.6', '11.4'),
    to: fc.constantFrom(undefined, '11.2.6', '12.4'),
    builds: fc.constantFrom([], ['15D100'], ['15G77']),
  })
  const someChange = fc.record({
    values: fc.record(
      {
        osVersion: fc.constantFrom('10.2.1', '11.2.6', '11.4', '18.6'),
        batteryLevel: fc.constantFrom(0.1, 0.9),
        externalPower: fc.boolean(),
        sharedIpad: fc.boolean(),
        userLoggedIn: fc.boolean(),
        activeDeclaration: fc.boolean(),
        userEnrollment: fc.boolean(),
        passcodePresent: fc.boolean(),
        network: fc.constantFrom('wifi' as const, 'cellular' as const),
      },
      { requiredKeys: [] },
    ),
    device: fc.record(
      { platform: fc.constantFrom('iOS' as const, 'iPadOS' as const, 'tvOS' as const) },
      { requiredKeys: [] },
    ),
    without: fc.subarray([...readingFieldNames], { maxLength: 1 }),
    conditions: fc.constantFrom({}, { battery: { max: 0.2 } }, { externalPower: false }),
  })
  let qualified = 0
  let worse = 0
  fc.assert(
    fc.property(someChange, fc.array(someIssue, { minLength: 1, maxLength: 3 }), (change, some) => {
      const known = setOf(
        ...some.map(({ field, ...rest }) =>
          issue(rest.effect === 'block' ? rest : { ...rest, field }),
        ),
      )
      const [before, after] = [
        qualify(contextWith(change)),
        qualify(contextWith({ ...change, known })),
      ]
      qualified += Number(before.overall === 'qualified')
      worse += Number(before.overall === 'qualified' && after.overall !== 'qualified')
      if (after.overall === 'qualified') expect(before.overall).toBe('qualified')
      for (const [index, { ruleId, verdict }] of after.findings.entries())
        if (verdict === 'pass') expect(before.findings[index]?.verdict, ruleId).toBe('pass')
    }),
    { numRuns: 500 },
  )
  expect(qualified).toBeGreaterThan(10)
  expect(worse).toBeGreaterThan(5)
})

test('each change of the issues is a rule set of its own', () => {
  expect(ruleSetOf(noIssues)).toBe(ruleSetVersion)
  expect(ruleSetOf({ revision: 3 })).toBe(`${ruleSetVersion}+3`)
  expect(qualify(contextWith({ known: setOf() })).ruleSetVersion).toBe(`${ruleSetVersion}+7`)
})

test('an issue that names no build leaves the build out of the finding', () => {
  expect(q5of(setOf(issue()))?.inputs.map(({ field }) => field)).toEqual(['osVersion'])
})

const wrong: [what: string, but: Partial<IssueContent>, field: string][] = [
  ['no reading', { effect: 'unknown' }, 'field'],
  ['the reading of the OS itself', { effect: 'unknown', field: 'osBuild' }, 'field'],
  ['a reading of an issue that blocks', { field: 'batteryLevel' }, 'field'],
  ['no version', { from: 'eleven' }, 'from'],
  ['a leading zero', { from: '11.02' }, 'from'],
  ['a supplement', { from: '26.3.1 (a)' }, 'from'],
  ['an end that is no version', { to: '15G77' }, 'to'],
  ['an end before the start', { to: '11.1.2' }, 'to'],
  ['a version as a build', { builds: ['11.2'] }, 'builds'],
  ['too many builds', { builds: Array<string>(21).fill('15D100') }, 'builds'],
  ['nothing wrong', { fault: ' ' }, 'fault'],
  ['two lines', { fault: 'one\ntwo lines' }, 'fault'],
  ['too long', { fault: 'x'.repeat(301) }, 'fault'],
  ['no number', { radar: 'the one of 2018' }, 'radar'],
  ['no address', { url: 'openradar.me' }, 'url'],
  ['an address that runs code', { url: 'javascript:alert(1)' }, 'url'],
  ['a password in the address', { url: 'https://a:b@example.org/' }, 'url'],
  ['no evidence', { radar: undefined }, 'radar'],
]
test.each(wrong)('refused at its field: %s', (_, but, field) => {
  expect(issueProblem({ ...content, ...but })?.field).toBe(field)
})

test('accepted: one source is enough', () => {
  expect(issueProblem(content)).toBeUndefined()
  const url = 'https://github.com/lionheart/openradar-mirror/issues/18959'
  expect(issueProblem({ ...content, radar: undefined, url, to: undefined })).toBeUndefined()
  expect(rangeInWords({ ...content, to: '11.2', builds: ['15C114'] })).toBe(
    'iOS and iPadOS 11.2 (15C114)',
  )
  expect(rangeInWords({ ...content, family: 'tvOS', to: undefined })).toBe('tvOS 11.2 and later')
})
