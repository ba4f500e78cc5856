import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { judgeRule } from '@/lib/domain/rules/judge-rule'
import { network } from '@/lib/domain/rules/q13-network'
import { notReserved } from '@/lib/domain/rules/q20-not-reserved'
import { localTimeExists } from '@/lib/domain/rules/q24-local-time-exists'
import type { Rule } from '@/lib/domain/rules/rule'
import { type Change, contextWith, declared } from '@/lib/domain/testing'
import { reportOf, wholeTrial } from '../report/report.testing'
import type { TrialReport } from '../report/report-format'
import type { Known } from './hide'
import { redactReports } from './redact-report'

let lab: TestDb
let report: TrialReport
beforeAll(async () => {
  lab = await createTestDb()
  report = await reportOf(lab.db, (await wholeTrial(lab.db)).trialId)
})
afterAll(() => lab.drop())

const nothing: Known = { people: [], identifiers: [], everyDevice: new Set() }
const none = new Set<string>()
const redact = (one: TrialReport, known = nothing, chosen: ReadonlySet<string> = none) =>
  redactReports([one], known, chosen)

/** Every text in a value by its path, without the numbers of its places in lists. */
function textsIn(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  return Object.entries(value).flatMap(([key, one]) =>
    textsIn(one, isList ? `${path}[]` : path === '' ? key : `${path}.${key}`),
  )
}

/** The same report with another text at one place. */
function withTextAt(value: unknown, at: string, text: string, path = ''): unknown {
  if (typeof value === 'string') return path === at ? text : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => withTextAt(one, at, text, `${path}[]`))
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      withTextAt(one, at, text, path === '' ? key : `${path}.${key}`),
    ]),
  )
}

/** What a shared report repeats as it stands: values of the program, and readings and replies of the device. */
const shownAsIs = [
  ...['format', 'name', 'mark', 'readAt', 'head.hash'],
  /^trial\.(id|environment|state|standing|\w+At)$/,
  /^protocol\.(id|versionId|primaryOutcome|commands\[\]\.\w+)$/,
  /^registration\.(prediction\[\]|sealedAt|sha256)$/,
  /^device\.(id|labTag|platform|modelIdentifier|modelName|server\.(id|kind|storage))$/,
  /^startingState\.(frozenAt|os|build|readings\[\]\.(field|label|status|value.*|words|source|\w+At))$/,
  /^startingState\.facts\[\]\.(label|at|words)$/,
  /^verdict\.(overall|ruleSet|judgedAt|hash)$/,
  /^verdict\.findings\[\]\.(ruleId|title|kind|verdict|reason|cites\[\]\.\w+)$/,
  /^verdict\.findings\[\]\.inputs\[\]\.(label|value|source|answeredAt)$/,
  /^expectedAndSeen\[\]\.(about|expected\[\]|seen\[\]|result)$/,
  /^steps\[\]\.(sightings\[\]|difference|(tick|corrected\[\])\.\w+At|tick\.at)$/,
  /^commands\[\]\.(commandUuid|requestType|state|plistSha256|answerStatus|\w+At)$/,
  /^timeline\[\]\.(at|kind|words|details\[\])$/,
  /^replies\[\]\.(at|receivedAt|commandUuid|requestType|topic|status|readState|problem|says)$/,
  /^replies\[\]\.(warnings\[\]\.(path|note)|contradictions\[\])$/,
  /^contradictions\[\]\.(?!eventIds)[\w.[\]]+$/,
  /^checks\.notCompared\[\]\.reason$/,
  /^observations\[\]\.(kind|label|observedAt|recordedAt|data\.os\w+)$/,
  /^outcome\.(startOs|startBuild|end|endOs|endBuild|endSeenAt|outcome|label|explanation)$/,
  /^outcome\.secondReader(\.awaits|\.openings\[\]\.at|\.reading(\.(outcome|label|first|firstLabel|at|agrees|unblinded))?)?$/,
  /^outcome\.decisions\[\]\.(outcome|label|at|proposed|functionVersion|reasons\[\])$/,
  /^deviations\[\]\.(kind|at|effect)$/,
  /^corrections\[\]\.(at|kind|words)$/,
  /^review\.(state|queries\[\]\.(field|label|(asked|answers\[\]|closed)\.at))$/,
  /^signatures\[\]\.(act|meaning|role|at|method|recordSha256|differences\[\]|ended)$/,
]

test('a text shows up only where the list above says so; a new key is hidden, or added to it', () => {
  const canary = 'kanarienvogel'
  const surprising: string[] = []
  for (const path of new Set(textsIn(report).map(([at]) => at))) {
    // Typed by the schema; only its place was replaced.
    const changed = withTextAt(report, path, canary) as TrialReport
    const isShown = JSON.stringify(redact(changed).reports).includes(canary)
    const may = shownAsIs.some((form) =>
      typeof form === 'string' ? form === path : form.test(path),
    )
    if (isShown && !may) surprising.push(path)
  }
  expect(surprising).toEqual([])
})

test('what is left fits the published schema, so that programs read it like any report', () => {
  const schema = JSON.parse(readFileSync('docs/trial-report.schema.json', 'utf8'))
  const validate = new Ajv2020({ strict: true, validateFormats: false }).compile(schema)
  const [shown] = redact(report).reports
  expect(validate(JSON.parse(JSON.stringify(shown))), JSON.stringify(validate.errors)).toBe(true)
})

test('texts of people are left out, also inside of texts of the program, until they are chosen', () => {
  const before = redact(report)
  const written = ['the cable came off', 'it is worn', 'seen by two', 'by eye', 'Who read it?']
  for (const text of written) {
    expect(JSON.stringify(before.reports)).not.toContain(text)
    const found = before.texts.find((one) => one.text === text)
    expect([text, found?.label]).toEqual([text, expect.stringMatching(/\w/)])
    const after = redact(report, nothing, new Set([found?.id ?? '']))
    expect(JSON.stringify(after.reports)).toContain(text)
  }
})

test('with every text chosen the report differs in names and identifiers only', () => {
  const chosen = new Set(redact(report).texts.map(({ id }) => id))
  expect(JSON.stringify(redact(report, nothing, chosen).reports)).not.toContain('[text left out]')
})

test('an OS that an observation names is shown, and any other text there left out', () => {
  const seen = (osVersion: string) => {
    const observations = report.observations.map((one) => ({ ...one, data: { osVersion } }))
    const line = { at: report.readAt, kind: 'observation', words: `Seen: Other ${osVersion}` }
    const timeline = [{ ...line, by: null, details: [] }]
    const [first] = redact({ ...report, observations, timeline }).reports
    return [first?.observations[0]?.data.osVersion, first?.timeline[0]?.words]
  }
  expect(seen('26.3.1 (a)')).toEqual(['26.3.1 (a)', 'Seen: Other 26.3.1 (a)'])
  expect(seen('as Bob said')).toEqual(['[text left out]', 'Seen: Other [text left out]'])
})

test('of a difference from what was signed only its place is shown, until it is chosen', () => {
  const [first] = report.signatures
  if (!first) throw new Error('the trial has a signature')
  const difference = 'trial.expectation: signed "Bob says it installs", now "it fails"'
  const about = { ...report, signatures: [{ ...first, holds: false, differences: [difference] }] }
  const { reports, texts } = redact(about)
  expect(reports[0]?.signatures[0]?.differences).toEqual(['trial.expectation: not what was signed'])
  const chosen = new Set(texts.filter(({ text }) => text === difference).map(({ id }) => id))
  expect(redact(about, nothing, chosen).reports[0]?.signatures[0]?.differences).toEqual([
    difference,
  ])
})

test('a name stands as its role wherever it is, also a short one, and within a chosen text', () => {
  const people = [
    { name: 'Erin', word: 'engineer 1' },
    { name: 'Lee', word: 'lead 1' },
    { name: 'Jo', word: 'lead 2' },
  ]
  const about = {
    ...report,
    registration: { ...report.registration, expectation: 'Jo asked Erin.' },
  }
  const known = { ...nothing, people }
  const chosen = new Set(redact(about, known).texts.map(({ id }) => id))
  const text = JSON.stringify(redact(about, known, chosen).reports)
  expect(text).toContain('[lead 2] asked [engineer 1].')
  expect(text).toContain('"by":"engineer 1"')
  expect(text).not.toMatch(/\bErin\b|\bLee\b|\bJo\b/)
})

test('identifiers and addresses are replaced in every text that is shown', () => {
  const serial = 'F9FXK1ABCDEF'
  const other = 'C8QQ0WERTY12'
  const hidden = [serial, other, 'https://mdm.lab.example:9000/v1', 'mdm.lab.example']
  const says = `${serial} ${other.toLowerCase()} ${hidden[2]} mdm.lab.example 35 209900 176148 1`
  const about = { ...report, replies: report.replies.map((one) => ({ ...one, says })) }
  const known: Known = {
    people: [],
    identifiers: [
      { text: serial, word: 'serial number' },
      { text: 'mdm.lab.example', word: 'MDM server' },
    ],
    everyDevice: new Set([other.toLowerCase()]),
  }
  const [shown] = redact(about, known).reports
  expect(shown?.replies[0]?.says).toBe('[serial number] [identifier] [address] [MDM server] [IMEI]')
})

/** The report with the finding of one rule, as the rule words it. */
function judged(rule: Rule, change: Change): TrialReport {
  const { finding } = judgeRule(rule, contextWith(change))
  const { ruleId, title, kind, verdict, reason, inputs } = finding
  const reported = {
    ...{ ruleId, title, kind, verdict, reason, warnOnly: false, waived: null, cites: [] },
    inputs: inputs.map(({ label, value }) => ({ label, value, source: null, answeredAt: null })),
  }
  const about = { id: 1, overall: verdict, ruleSet: '1', judgedAt: report.readAt, hash: '' }
  return { ...report, verdict: { ...about, ofRelease: false, findings: [reported] } }
}

test.each([
  [new Date('2099-01-01T00:00:00Z'), 'until the end of 2098-12-31 UTC: '],
  [undefined, 'without an end: '],
])(
  'why a lead reserved the device is left out of the verdict until it is chosen',
  (holdUntil, end) => {
    const holdReason = 'kept for Bob:\nACME asked'
    const about = judged(notReserved, { device: { holdReason, holdUntil } })
    const { reports, texts } = redact(about)
    expect(JSON.stringify(reports[0]?.verdict)).not.toMatch(/Bob|ACME/)
    expect(reports[0]?.verdict?.findings[0]).toMatchObject({
      reason: `reserved by a lead ${end}[text left out]`,
      inputs: [{ value: `${end}[text left out]` }],
    })
    const text = texts.find((one) => one.text === holdReason)
    expect(text?.label).toBe('What a device is reserved for')
    const [chosen] = redact(about, nothing, new Set([text?.id ?? ''])).reports
    expect(chosen?.verdict).toEqual(about.verdict)
  },
)

test('the name of a network is hidden in the reason of its rule as in its input', () => {
  const about = judged(network, { values: { networkName: 'Xy' } })
  expect(about.verdict?.findings[0]?.reason).toContain('named Xy')
  const [finding] = redact(about).reports[0]?.verdict?.findings ?? []
  expect(finding?.reason).toBe(
    about.verdict?.findings[0]?.reason.replace('named Xy', 'named [network name]'),
  )
  expect(JSON.stringify(finding)).not.toContain('Xy')
})

test.each([
  ['Withdrawn: Bob was ill', 'Withdrawn'],
  [
    'Released: command 1 is held until 2026-03-02 09:02:00 UTC and goes to https://mdm.example',
    'Released: command 1 is held until 2026-03-02 09:02:00 UTC',
  ],
  [
    'Released: declaration 1 is held until 2026-03-02 09:02:00 UTC and goes to https://kmfddm.example (declarations, API key 12345678) beside https://mdm.example',
    'Released: declaration 1 is held until 2026-03-02 09:02:00 UTC',
  ],
  ['Declaration 1 is being withdrawn: Bob was ill', 'Declaration 1 is being withdrawn'],
  ['Declaration 2 is notSent: com.acme.update is there', 'Declaration 2 is notSent'],
  ...[
    'leaves for its server; attaching it to the device is the last step, and the point of no return',
    'is detached from the device at its server. The device does not know it before its next fetch',
  ].map((words) => [`Declaration 1 ${words}`, `Declaration 1 ${words}`]),
  ['Drafted', 'Drafted'],
  [
    'The deadline has passed: what was not seen by now did not happen in time',
    'The deadline has passed: what was not seen by now did not happen in time',
  ],
  ['Something that the program may say one day of Bob', '[text left out]'],
])('the event %j says %j', (words, shown) => {
  const entry = { at: report.readAt, kind: 'step', words, by: null, details: [] }
  const [first] = redact({ ...report, timeline: [entry] }).reports
  expect(first?.timeline[0]?.words).toBe(shown)
})

test('a time zone and the address of a declaration say where the lab is, and are hidden', () => {
  const about = judged(localTimeExists, declared)
  expect(about.verdict?.findings[0]?.reason).toContain('Europe/Berlin')
  const declaration = {
    ...{ targetVersion: '18.2', targetBuild: null, when: 'as soon as possible' },
    detailsUrl: 'https://lab.example/update',
  }
  const [command] = about.protocol.commands
  if (!command) throw new Error('the protocol has no command')
  const protocol = { ...about.protocol, commands: [{ ...command, declaration }] }
  const [shown] = redact({ ...about, protocol }).reports
  const left = textsIn(shown).filter(([, text]) => /Europe\/Berlin|lab\.example/.test(text))
  expect(left).toEqual([])
  expect(JSON.stringify(shown)).not.toMatch(/Europe\/Berlin|lab\.example/)
  expect(shown?.verdict?.findings[0]?.reason).toContain('[time zone]')
  expect(shown?.protocol.commands[0]?.declaration).toMatchObject({ targetVersion: '18.2' })
})

test('a withdrawal is shown without its person, and its reason only if that is chosen', () => {
  const [command] = report.commands
  if (!command) throw new Error('the report has no command')
  const withdrawal = {
    ...{ cause: 'person' as const, requestedAt: report.readAt, by: 'Bob', reason: 'Bob was wrong' },
    steps: [{ at: report.readAt, words: 'detach the set from the device: done' }],
    ...{ detachedAt: report.readAt, finishedAt: null, seenWithoutAt: null, seenWithoutHow: null },
  }
  const [shown] = redact({ ...report, commands: [{ ...command, withdrawal }] }).reports
  expect(shown?.commands[0]?.withdrawal).toEqual({
    ...withdrawal,
    by: expect.not.stringContaining('Bob'),
    reason: '[text left out]',
  })
})

test('an attached file is shown without its name', () => {
  const hash = 'a'.repeat(64)
  const details = [
    `Photo Bob, Jim at desk.heic, HEIC picture, 1234 bytes, SHA-256 ${hash}, by Bob; withdrawn by Jim: private`,
  ]
  const entry = { at: report.readAt, kind: 'attachment', words: 'Attached', by: 'Bob', details }
  const [first] = redact({ ...report, timeline: [entry] }).reports
  expect(first?.timeline[0]?.details).toEqual([`Photo, HEIC picture, 1234 bytes, SHA-256 ${hash}`])
})
