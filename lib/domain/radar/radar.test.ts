import { expect, test } from 'vitest'
import { composeRadar, radarAsMarkdown, radarAsText } from './compose'
import {
  changeProblem,
  contentProblems,
  evidenceProblem,
  lostSupport,
  nextRadarKinds,
  type RadarChange,
  type RadarChangeKind,
  type RadarState,
  type TrialEvidence,
  usualFixMechanism,
} from './radar'

const change = (but: Partial<RadarChange>): RadarChange => ({
  kind: 'acknowledged',
  reason: 'Apple wrote back.',
  trialIds: [],
  ...but,
})

test.each<[RadarState, RadarChange['kind'][]]>([
  ['drafted', ['filed']],
  ['filed', ['acknowledged', 'duplicate', 'claimedFixed', 'notReproducible']],
  ['claimedFixed', ['claimedFixed', 'verifiedFixed', 'stillPresent', 'notReproducible']],
  ['verifiedFixed', ['stillPresent']],
  ['duplicate', []],
])('a radar that is %s can become %o', (state, kinds) => {
  expect(nextRadarKinds(state)).toEqual(kinds)
})

test.each<[RadarState, Partial<RadarChange>, string]>([
  ['drafted', { kind: 'verifiedFixed', trialIds: ['a'] }, 'cannot become verified fixed'],
  ['drafted', { kind: 'filed', number: 'rdar://1' }, 'a number such as 45414737'],
  ['filed', { kind: 'duplicate' }, 'Enter the number'],
  ['filed', { kind: 'claimedFixed', version: 'soon' }, 'a version as Settings shows it'],
  ['filed', { reason: ' x ' }, 'three characters'],
  ['filed', { reason: 'x'.repeat(2001) }, 'at most 2,000'],
  ['claimedFixed', { kind: 'verifiedFixed' }, 'at least one concluded trial'],
])('from %s the change %o is refused', (state, but, reason) => {
  expect(changeProblem(state, change(but))?.reason).toContain(reason)
})

test('a change with all it needs is possible', () => {
  expect(changeProblem('drafted', change({ kind: 'filed', number: 'FB12345678' }))).toBeUndefined()
  const claim = change({ kind: 'claimedFixed', version: '26.3.1 (a)' })
  expect(changeProblem('stillPresent', claim)).toBeUndefined()
})

const trial = (but: Partial<TrialEvidence> = {}): TrialEvidence => ({
  number: 7,
  state: 'concluded',
  simulated: false,
  family: 'iOS',
  startOs: '12.0',
  mechanism: 'command',
  ...but,
})
const subject = { simulated: false, family: 'iOS', claimedFix: '12' } as const
const gone = { compared: true, shown: false }

test.each<[Partial<TrialEvidence>, string | undefined]>([
  [{ contradiction: gone }, undefined],
  [{ startOs: '12.0.1' }, undefined],
  [{ startOs: '11.10' }, 'T-7 started at 11.10'],
  [{ startOs: null }, 'an unknown version'],
  [{ startOs: '16B92' }, 'T-7 started at 16B92'],
  [{ state: 'observing' }, 'T-7 is observing'],
  [{ simulated: true }, 'T-7 is simulated'],
  [{ family: 'tvOS' }, 'T-7 ran on tvOS'],
  [{ contradiction: { compared: true, shown: true } }, 'shows the contradiction'],
  [{ contradiction: { compared: false, shown: false } }, 'was compared for the contradiction'],
])('a trial %o supports “verified fixed” in 12, or not: %s', (but, reason) => {
  const problem = evidenceProblem(subject, 'verifiedFixed', trial(but))
  if (reason === undefined) expect(problem).toBeUndefined()
  else expect(problem).toContain(reason)
})

test('a supplement comes after its version: only a trial from there on checks a fix in it', () => {
  const inSupplement = { ...subject, claimedFix: '26.3.1 (a)' }
  const from = (startOs: string) =>
    evidenceProblem(inSupplement, 'verifiedFixed', trial({ startOs }))
  expect(from('26.3.1')).toContain('T-7 started at 26.3.1')
  expect(from('26.3.2')).toBeUndefined()
})

test('a fix is proved by trials of the mechanism that its claim names', () => {
  const by = (fixMechanism: 'command' | 'declaration' | undefined, kind: RadarChangeKind) =>
    (['command', 'declaration', 'both'] as const).map(
      (mechanism) =>
        evidenceProblem({ ...subject, fixMechanism }, kind, trial({ mechanism })) === undefined,
    )
  expect(by('command', 'verifiedFixed')).toEqual([true, false, false])
  expect(by('declaration', 'stillPresent')).toEqual([false, true, false])
  expect(by(undefined, 'verifiedFixed')).toEqual([true, true, true])
  // That the bug was not seen again proves no fix, and says with which trials.
  expect(by('command', 'notReproducible')).toEqual([true, true, true])
  expect(
    evidenceProblem(
      { ...subject, fixMechanism: 'command' },
      'verifiedFixed',
      trial({ mechanism: 'both' }),
    ),
  ).toContain('T-7 is by declaration and command')
  const unclaimed = { claimedFix: null, fixMechanism: null }
  expect(
    (['command', 'both', undefined] as const).map((own) => usualFixMechanism(unclaimed, own)),
  ).toEqual([...['command', 'either', 'either']])
  const claimed = { claimedFix: '26.4', fixMechanism: null }
  expect(usualFixMechanism(claimed, 'command')).toBe('either')
  expect(usualFixMechanism({ ...claimed, fixMechanism: 'declaration' }, 'command')).toBe(
    'declaration',
  )
})

test('“still present” needs a reply that shows it, “not reproducible” no version', () => {
  expect(evidenceProblem(subject, 'stillPresent', trial({ contradiction: gone }))).toContain(
    'No reply of T-7 shows',
  )
  const early = trial({ startOs: '11.0', contradiction: gone })
  expect(evidenceProblem(subject, 'notReproducible', early)).toBeUndefined()
  expect(evidenceProblem(subject, 'acknowledged', trial({ state: 'observing' }))).toBeUndefined()
})

test('a verdict whose evidence changed later says so, another step does not', () => {
  const shown = { compared: true, shown: true }
  expect(lostSupport('stillPresent', trial({ contradiction: gone }))).toContain('No reply of T-7')
  expect(lostSupport('verifiedFixed', trial({ contradiction: shown }))).toContain('A reply of T-7')
  expect(lostSupport('stillPresent', trial({ contradiction: shown }))).toBeUndefined()
  expect(lostSupport('verifiedFixed', trial({ contradiction: gone }))).toBeUndefined()
  expect(lostSupport('filed', trial({ contradiction: gone }))).toBeUndefined()
  expect(lostSupport('stillPresent', trial())).toBeUndefined()
})

const source = {
  platform: 'iOS',
  startVersion: '11.3',
  startBuild: '15E216',
  modelIdentifier: 'iPad7,5',
  plan: {
    steps: [{ doThis: 'Watch the screen', expect: 'a progress bar' }],
    slots: [{ installAction: 'Default' as const, productKey: 'iOSUpdate15F79' }],
    expectedOutcome: 'It installs.',
  },
  readings: [{ label: 'Passcode', value: 'not set' }],
  contradiction: {
    requestType: 'OSUpdateStatus',
    path: 'OSUpdateStatus[].IsDownloaded',
    observed: 'integer',
    expected: 'boolean',
    reason: 'integer where boolean is documented',
    documentation: 'Apple’s schema at 18.1',
    cites: [{ label: 'IsDownloaded', url: 'https://example.org/status.yaml#L1' }],
  },
  ended: 'installed as expected',
  reply: '<key>IsDownloaded</key><integer>0</integer>',
  trialNumber: 9,
  simulated: true,
}

test('Expected is what is documented and Actual what was replied; the report of 2018 had them swapped', () => {
  const content = composeRadar(source)
  expect(contentProblems(content)).toEqual([])
  expect(content.title).toBe('OSUpdateStatus[].IsDownloaded: integer on iOS 11.3')
  expect(content.expected).toContain('boolean')
  expect(content.expected).not.toContain('integer')
  expect(content.actual).toContain('<integer>0</integer>')
  expect(content.steps.split('\n')).toEqual([
    '1. Enroll a supervised device on iOS 11.3.',
    '2. Send ScheduleOSUpdate with InstallAction Default and ProductKey iOSUpdate15F79.',
    '3. Watch the screen (expected: a progress bar)',
    '4. Send OSUpdateStatus and read the reply.',
  ])
  expect(content.configuration).toContain('Record: trial T-9')
  expect(content.configuration).toContain('SIMULATED')
})

test('the copies have every part, and Markdown keeps what looks like markup', () => {
  const content = { ...composeRadar(source), title: 'A *star* [link](x)', actual: 'a ``` fence' }
  const markdown = radarAsMarkdown(content)
  expect(markdown).toContain(String.raw`# A \*star\* \[link\](x)`)
  expect(markdown).toContain('````\na ``` fence\n````')
  expect(markdown).toContain('](<https://example.org/status.yaml#L1>)')
  const text = radarAsText(content)
  for (const part of ['STEPS TO REPRODUCE', 'EXPECTED', 'ACTUAL', 'CONFIGURATION', 'status.yaml'])
    expect(text).toContain(part)
})

test('an empty or overlong part is named', () => {
  const content = { ...composeRadar(source), actual: ' ', title: 'a\nb' }
  expect(contentProblems(content).map(({ field }) => field)).toEqual(['title', 'actual'])
  const long = { ...composeRadar(source), area: 'x'.repeat(101) }
  expect(contentProblems(long)[0]?.reason).toContain('100 characters')
})

test('a report without a contradiction is about how the trial ended', () => {
  const content = composeRadar({ ...source, contradiction: undefined, reply: undefined })
  expect(content.title).toBe('ScheduleOSUpdate on iOS 11.3: installed as expected')
  expect(content.expected).toBe('It installs.')
})
