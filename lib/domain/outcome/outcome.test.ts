import { describe, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type ObservationKind, observationKinds } from '../trial/observation'
import { isInstalled, type Outcome, outcomeInfo, outcomes } from './outcome'
import type { OutcomeEvidence, ReplyEvidence, SlotEvidence } from './outcome-evidence'
import { proposeOutcome } from './propose-outcome'

/** Minutes after the first command was sent. */
const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 9, minutes))
const deadline = at(120)

const reply = (status: string, minutes = 1, more: Partial<ReplyEvidence> = {}): ReplyEvidence => ({
  status,
  at: at(minutes),
  ...more,
})
const acknowledged = reply('Acknowledged')
const error = (code: number, domain = 'MCMDMErrorDomain', minutes = 1) =>
  reply('Error', minutes, { errors: [{ domain, code }] })
const slot = (replies: ReplyEvidence[], more: Partial<SlotEvidence> = {}): SlotEvidence => ({
  ordinal: 1,
  installAction: 'Default',
  state: 'queued',
  sentAt: at(0),
  replies,
  ...more,
})
const second = (replies: ReplyEvidence[], minutes = 60, more: Partial<SlotEvidence> = {}) =>
  slot(replies, { ordinal: 2, sentAt: at(minutes), ...more })
const saw = (kind: ObservationKind, minutes: number, osVersion?: string) => ({
  kind,
  at: at(minutes),
  osVersion,
})
const still = { version: '11.2.6', build: '15D100', at: deadline }
const moved = { version: '11.4.1', build: '15G77', at: at(70) }

/** A command acknowledged on 11.2.6, the deadline passed, the OS unchanged; each case changes some of it. */
const evidence = (change: Partial<OutcomeEvidence> = {}): OutcomeEvidence => ({
  startOs: '11.2.6',
  startBuild: '15D100',
  target: { version: '11.4.1', build: '15G77' },
  current: still,
  passcodePresent: false,
  slots: [slot([acknowledged])],
  statusReports: [],
  observations: [],
  lastSeenAt: at(118),
  deadlineAt: deadline,
  now: deadline,
  ...change,
})

type Case = [
  what: string,
  change: Partial<OutcomeEvidence>,
  outcome: Outcome | undefined,
  certain: boolean,
]

const installed: Case[] = [
  ['the target runs', { current: moved }, 'installedAsExpected', true],
  ['before the deadline too', { current: moved, now: at(80) }, 'installedAsExpected', true],
  [
    'and nothing was ever answered',
    { current: moved, slots: [slot([])] },
    'installedAsExpected',
    false,
  ],
  [
    'the target runs as a twin build',
    { current: { ...moved, build: '15G6077' } },
    'installedAsExpected',
    true,
  ],
  [
    'the prompt was seen, without an observation of who accepted',
    { current: moved, observations: [saw('promptShown', 10)] },
    'installedAsExpected',
    false,
  ],
  [
    'the command named nothing',
    { current: moved, target: undefined },
    'installedAsExpected',
    false,
  ],
  [
    'somebody saw the new OS, and the device was not asked since',
    { observations: [saw('newOsSeen', 90, '11.4.1')], current: { ...still, at: at(50) } },
    'installedAsExpected',
    true,
  ],
  [
    'somebody accepted',
    { current: moved, observations: [saw('promptShown', 10), saw('userAccepted', 11)] },
    'installedAfterUserAction',
    true,
  ],
  [
    'tonight was chosen and it waited',
    { current: moved, observations: [saw('choseTonight', 10)] },
    'installedAfterUserAction',
    true,
  ],
  [
    '11.4 answers an error',
    { current: moved, slots: [slot([error(12062)])] },
    'installedDespiteError',
    true,
  ],
  [
    'an error inside an acknowledged answer',
    {
      current: moved,
      slots: [slot([reply('Acknowledged', 1, { updates: [{ status: 'InstallFailed' }] })])],
    },
    'installedDespiteError',
    true,
  ],
  [
    'an error that means progress is none',
    {
      current: moved,
      slots: [slot([error(12051)]), second([error(2207, 'DeviceManagement.error')])],
    },
    'installedAsExpected',
    true,
  ],
  [
    'a second command after "tonight" started it, seen on the screen',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged])],
      observations: [saw('choseTonight', 30), saw('progressBar', 62)],
    },
    'startedAlthoughScheduled',
    true,
  ],
  [
    'a second command after "tonight" started it, told by the device only',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged])],
      observations: [saw('choseTonight', 30)],
    },
    'startedAlthoughScheduled',
    false,
  ],
  [
    'a second command before "tonight" was chosen started nothing',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged], 20)],
      observations: [saw('choseTonight', 30)],
    },
    'installedAfterUserAction',
    true,
  ],
  [
    'accepted after "tonight"',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged])],
      observations: [saw('choseTonight', 30), saw('userAccepted', 61)],
    },
    'installedAfterUserAction',
    true,
  ],
  [
    'another version',
    { current: { ...moved, version: '11.4', build: '15F79' } },
    'wrongVersionInstalled',
    true,
  ],
  [
    'another build, where only a build was named',
    { current: { ...moved, build: '15G6077' }, target: { build: '15G77' } },
    'wrongVersionInstalled',
    false,
  ],
  ['it changed before the command left', { current: { ...moved, at: at(-5) } }, 'lost', true],
  [
    'it changed, and no command ever left',
    { current: moved, slots: [slot([], { state: 'cancelled', sentAt: undefined })] },
    'lost',
    true,
  ],
  [
    'it changed, and the server had refused',
    { current: moved, slots: [slot([], { state: 'refused' })] },
    'lost',
    true,
  ],
]

/** Installed on a device with a passcode, and the command redelivered afterwards. */
const nothingToDo = (minutes: number) => error(2213, 'DeviceManagement.error', minutes)
const installing = (minutes = 1) =>
  reply('Acknowledged', minutes, { updates: [{ status: 'Installing' }] })

const installedAndRepeated: Case[] = [
  [
    '"nothing to do" to a repeat after the install is no error',
    { current: moved, slots: [slot([installing(), nothingToDo(75), nothingToDo(76)])] },
    'installedAsExpected',
    true,
  ],
  [
    'and neither is one of MCMDMErrorDomain, or of the software update service',
    {
      current: moved,
      slots: [
        slot([
          acknowledged,
          error(12048, 'MCMDMErrorDomain', 75),
          error(3, 'com.apple.softwareupdateservices.errors', 76),
        ]),
      ],
    },
    'installedAsExpected',
    true,
  ],
  [
    'the first delivery was never answered, and the repeat after the install was',
    { current: moved, slots: [slot([nothingToDo(75)])] },
    'installedAsExpected',
    false,
  ],
  [
    'an error to a repeat is not the answer, and a reason to look twice',
    { current: moved, slots: [slot([acknowledged, error(12062, 'MCMDMErrorDomain', 30)])] },
    'installedAsExpected',
    false,
  ],
  [
    'an error and then an acknowledged repeat stays an error',
    { current: moved, slots: [slot([error(12062), reply('Acknowledged', 5)])] },
    'installedDespiteError',
    false,
  ],
  [
    'the same answer twice, as Apple allows',
    { current: moved, slots: [slot([acknowledged, reply('Acknowledged', 2)])] },
    'installedAsExpected',
    true,
  ],
  [
    'delivered again after "tonight" was chosen',
    {
      current: moved,
      slots: [slot([acknowledged, reply('Acknowledged', 62)])],
      observations: [saw('choseTonight', 30)],
    },
    'installedAfterUserAction',
    false,
  ],
  [
    'answers of one moment are told apart by the order they were kept in',
    {
      current: moved,
      slots: [
        slot([
          { ...nothingToDo(1), order: 8 },
          { ...installing(1), order: 7 },
        ]),
      ],
    },
    'installedAsExpected',
    true,
  ],
  [
    'the answer itself cannot be read',
    { current: moved, slots: [slot([reply('Acknowledged', 1, { source: 'envelope' })])] },
    'installedAsExpected',
    false,
  ],
  [
    'nothing could be received before the new OS was seen',
    { current: moved, gaps: [{ beganAt: at(20), endedAt: at(30) }] },
    'installedAsExpected',
    false,
  ],
  [
    'nothing could be received after the new OS was seen',
    { current: moved, gaps: [{ beganAt: at(71), endedAt: at(80) }] },
    'installedAsExpected',
    true,
  ],
  [
    'an update command of somebody else was answered, even after the new OS was seen',
    { current: moved, alarms: [{ kind: 'foreignUpdate', at: at(75) }] },
    'installedAsExpected',
    false,
  ],
  [
    'another identity was told before the new OS was seen',
    { current: moved, alarms: [{ kind: 'identity', at: at(20) }] },
    'installedAsExpected',
    false,
  ],
  [
    'another identity was told after the new OS was seen',
    { current: moved, alarms: [{ kind: 'identity', at: at(75) }] },
    'installedAsExpected',
    true,
  ],
  [
    'a repeated delivery, which its answers explain',
    { current: moved, alarms: [{ kind: 'redelivered', at: at(20) }] },
    'installedAsExpected',
    true,
  ],
  [
    'a passcode, and no observation',
    { current: moved, passcodePresent: true },
    'installedAfterUserAction',
    false,
  ],
  [
    'a passcode, and somebody watched it install by itself',
    { current: moved, passcodePresent: true, observations: [saw('nothing', 20)] },
    'installedAsExpected',
    true,
  ],
  [
    'a passcode, and the prompt was seen',
    {
      current: moved,
      passcodePresent: true,
      observations: [saw('nothing', 20), saw('promptShown', 40)],
    },
    'installedAfterUserAction',
    false,
  ],
  [
    'nobody knows whether it has a passcode',
    { current: moved, passcodePresent: undefined },
    'installedAsExpected',
    false,
  ],
  [
    'no passcode, and no observation',
    { current: moved, passcodePresent: false },
    'installedAsExpected',
    true,
  ],
  [
    '"Installing" of OSUpdateStatus before the next command is a scheduled install',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged])],
      statusReports: [{ at: at(50), activity: 'installing' }],
      observations: [saw('progressBar', 62)],
    },
    'startedAlthoughScheduled',
    false,
  ],
  [
    '"Installing" that had ended before the next command is none',
    {
      current: moved,
      slots: [slot([acknowledged]), second([acknowledged])],
      statusReports: [
        { at: at(40), activity: 'installing' },
        { at: at(50), activity: 'idle' },
      ],
    },
    'installedAsExpected',
    true,
  ],
]

const repeatedAndNotInstalled: Case[] = [
  [
    '"nothing to do" after an acknowledged install is no refusal, and the OS has to be read',
    { current: { ...still, at: at(-10) }, slots: [slot([installing(), nothingToDo(30)])] },
    'censoredAtDeadline',
    false,
  ],
  [
    'the same where the first answer told no more than Acknowledged',
    { current: undefined, slots: [slot([acknowledged, nothingToDo(30), nothingToDo(31)])] },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'an error to a repeat of an acknowledged command is no refusal',
    { slots: [slot([acknowledged, error(12060, 'MCMDMErrorDomain', 30)])] },
    'acknowledgedNothingHappened',
    false,
  ],
  ['"nothing to do" as the first answer', { slots: [slot([nothingToDo(1)])] }, 'refused', true],
  [
    '"nothing to do" after the last reading of the OS may answer a redelivery after a late install',
    { slots: [slot([nothingToDo(121)])], now: at(125) },
    'refused',
    false,
  ],
  [
    'answered Installing, and nothing said since',
    { slots: [slot([installing()])] },
    'censoredAtDeadline',
    false,
  ],
  [
    'answered Installing, and idle since',
    {
      slots: [slot([installing()])],
      statusReports: [{ at: at(100), activity: 'idle' }],
    },
    'acknowledgedNothingHappened',
    true,
  ],
  [
    'an open gap after an acknowledgement',
    { gaps: [{ beganAt: at(100) }] },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'a gap over a prompt that was seen',
    { observations: [saw('promptShown', 10)], gaps: [{ beganAt: at(5), endedAt: at(20) }] },
    'promptNotAccepted',
    false,
  ],
  [
    'an unanswered first command and a refused second',
    { slots: [slot([]), second([error(12060)])] },
    'refused',
    false,
  ],
]

const seenMoreThanOnce: Case[] = [
  [
    'once only, on a newer version than was named, by way of it or not',
    { current: { version: '12.1', build: '16B92', at: at(100) } },
    'wrongVersionInstalled',
    false,
  ],
  [
    'the target, and then a newer one that nobody asked for',
    { sightings: [moved], current: { version: '11.4.2', build: '15G90', at: at(100) } },
    'installedAsExpected',
    false,
  ],
  [
    'another version first, and then the target',
    { sightings: [{ version: '11.3', build: '15E216', at: at(50) }], current: moved },
    'installedAsExpected',
    false,
  ],
  [
    'two versions, and neither is the target',
    {
      sightings: [{ version: '11.3', build: '15E216', at: at(50) }],
      current: { version: '11.4.2', build: '15G90', at: at(100) },
    },
    'wrongVersionInstalled',
    false,
  ],
  [
    'the target, and then what it started with, as after a restore',
    { sightings: [moved] },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'the same OS again and again',
    { sightings: [{ ...still, at: at(5) }, moved], current: { ...moved, at: at(110) } },
    'installedAsExpected',
    true,
  ],
]

const notInstalled: Case[] = [
  [
    'seen unchanged for the last time before the deadline, when an install was still possible',
    { current: { ...still, at: at(119) } },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'refused, and not looked at any more',
    { slots: [slot([error(12060)])], current: { ...still, at: at(2) } },
    'refused',
    false,
  ],
  ['acknowledged, and nothing', {}, 'acknowledgedNothingHappened', true],
  [
    'acknowledged, nobody looked since',
    { current: { ...still, at: at(-10) } },
    'acknowledgedNothingHappened',
    false,
  ],
  ['acknowledged, and never read', { current: undefined }, 'acknowledgedNothingHappened', false],
  [
    'an answer no schema has',
    { slots: [slot([reply('UpdateAvailable')])] },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'only asked to download, and it did',
    {
      slots: [slot([acknowledged], { installAction: 'DownloadOnly' })],
      statusReports: [{ at: at(30), activity: 'idle', downloaded: true }],
    },
    'downloadedOnly',
    true,
  ],
  [
    'the download was seen in Settings',
    { observations: [saw('downloadSeen', 30)] },
    'downloadedOnly',
    true,
  ],
  [
    '"download complete" came as an error',
    { slots: [slot([error(12052)])] },
    'downloadedOnly',
    true,
  ],
  [
    'downloaded, and the install was acknowledged',
    {
      slots: [slot([acknowledged]), second([acknowledged])],
      statusReports: [{ at: at(30), activity: 'idle', downloaded: true }],
    },
    'downloadedOnly',
    false,
  ],
  ['the prompt was left', { observations: [saw('promptShown', 10)] }, 'promptNotAccepted', true],
  [
    'the prompt was declined',
    { observations: [saw('promptShown', 10), saw('userDeclined', 11)] },
    'promptNotAccepted',
    true,
  ],
  [
    'an error, and yet the prompt (radar 45414692)',
    { slots: [slot([error(12062)])], observations: [saw('passcodeAsked', 10)] },
    'promptNotAccepted',
    true,
  ],
  [
    'a passcode, an acknowledged install, and nothing to see',
    {
      passcodePresent: true,
      slots: [slot([acknowledged]), second([acknowledged])],
      observations: [saw('nothing', 90)],
    },
    'promptNeverShown',
    true,
  ],
  [
    'the same without a passcode',
    {
      passcodePresent: false,
      slots: [slot([acknowledged]), second([acknowledged])],
      observations: [saw('nothing', 90)],
    },
    'acknowledgedNothingHappened',
    true,
  ],
  [
    'a passcode and only the download asked for',
    { passcodePresent: true, observations: [saw('nothing', 90)] },
    'acknowledgedNothingHappened',
    true,
  ],
  ['an error', { slots: [slot([error(12060)])] }, 'refused', true],
  ['a malformed command', { slots: [slot([reply('CommandFormatError')])] }, 'refused', true],
  ['an error without a code', { slots: [slot([reply('Error')])] }, 'refused', true],
  [
    'NotNow and then an error',
    { slots: [slot([reply('NotNow'), error(12060, 'MCMDMErrorDomain', 5)])] },
    'refused',
    true,
  ],
  [
    'NotNow to the end',
    { slots: [slot([reply('NotNow'), reply('NotNow', 50)])] },
    'notNowUntilDeadline',
    true,
  ],
  [
    'NotNow after the acknowledgement',
    { slots: [slot([acknowledged, reply('NotNow', 50)])] },
    'acknowledgedNothingHappened',
    true,
  ],
  ['silence', { slots: [slot([])] }, 'noReplyUndocumented', false],
  [
    'silence of a device never heard from',
    { slots: [slot([])], lastSeenAt: at(-60) },
    'noReplyUndocumented',
    false,
  ],
  [
    'silence after a restart',
    { slots: [slot([])], observations: [saw('rebooted', 20)] },
    'noReplyDocumented',
    false,
  ],
  [
    'silence Apple documents',
    { slots: [slot([])], documentedSilence: 'it was sent again after a restart' },
    'noReplyDocumented',
    false,
  ],
  [
    'silence after the second command',
    { slots: [slot([acknowledged]), second([])] },
    'noReplyUndocumented',
    false,
  ],
  [
    'nobody knows whether it was queued',
    { slots: [slot([], { state: 'unconfirmed' })] },
    'voidInfrastructure',
    false,
  ],
  [
    'unconfirmed, and yet acknowledged',
    { slots: [slot([acknowledged], { state: 'unconfirmed' })] },
    'acknowledgedNothingHappened',
    true,
  ],
  [
    'refused by the server',
    { slots: [slot([], { state: 'refused' })], now: at(5) },
    'voidInfrastructure',
    true,
  ],
  [
    'tonight has not come',
    { observations: [saw('choseTonight', 100)] },
    'censoredAtDeadline',
    true,
  ],
  [
    'tonight was taken back',
    { observations: [saw('promptShown', 99), saw('choseTonight', 100), saw('userDeclined', 101)] },
    'promptNotAccepted',
    true,
  ],
  [
    'still installing',
    { statusReports: [{ at: deadline, activity: 'installing' }] },
    'censoredAtDeadline',
    true,
  ],
  [
    'installing when it was last asked, long before the deadline',
    { statusReports: [{ at: at(20), activity: 'installing' }] },
    'censoredAtDeadline',
    false,
  ],
  [
    'still downloading',
    { statusReports: [{ at: deadline, activity: 'downloading' }] },
    'censoredAtDeadline',
    true,
  ],
  [
    'accepted just now',
    { observations: [saw('promptShown', 117), saw('userAccepted', 118)] },
    'censoredAtDeadline',
    false,
  ],
  [
    'accepted, and idle since',
    {
      observations: [saw('promptShown', 20), saw('userAccepted', 21)],
      statusReports: [{ at: at(100), activity: 'none' }],
    },
    'acknowledgedNothingHappened',
    false,
  ],
  [
    'unusable',
    { observations: [saw('unusable', 119)], current: { ...still, at: at(90) } },
    'deviceUnusable',
    false,
  ],
  [
    'unusable before the deadline',
    { observations: [saw('unusable', 30)], current: { ...still, at: at(20) }, now: at(31) },
    'deviceUnusable',
    false,
  ],
  [
    'unusable, and back again',
    { observations: [saw('unusable', 30)] },
    'acknowledgedNothingHappened',
    true,
  ],
]

const open: Case[] = [
  ['nothing has happened yet', { now: at(119) }, undefined, false],
  [
    'an error is no outcome before the deadline',
    { slots: [slot([error(12060)])], now: at(60) },
    undefined,
    false,
  ],
  [
    '"Installing" is no outcome either',
    { statusReports: [{ at: at(50), activity: 'installing' }], now: at(60) },
    undefined,
    false,
  ],
  [
    'nothing has left',
    { slots: [slot([], { state: 'cancelled', sentAt: undefined })] },
    undefined,
    false,
  ],
  [
    'a typed new OS that the device itself denies later',
    {
      observations: [saw('newOsSeen', 90, '11.4.1')],
      current: { ...still, at: at(95) },
      now: at(96),
    },
    undefined,
    false,
  ],
]

describe.each([
  ['installed', installed],
  ['installed, and delivered again', installedAndRepeated],
  ['delivered again, and not installed', repeatedAndNotInstalled],
  ['not installed', notInstalled],
  ['still open', open],
  ['seen more than once', seenMoreThanOnce],
])('%s', (_, cases) => {
  test.each(cases)('%s', (_what, change, outcome, certain) => {
    const proposal = proposeOutcome(evidence(change))
    expect(proposal).toMatchObject({ outcome, certain })
    expect(proposal.reasons.length).toBeGreaterThan(0)
    expect(proposal.functionVersion).not.toBe('')
  })
})

test('everything but an operator error can be proposed', () => {
  const proposed = new Set([...installed, ...notInstalled].map(([, , outcome]) => outcome))
  expect(outcomes.filter((outcome) => !proposed.has(outcome))).toEqual(['voidOperator'])
})

test('every outcome has a label of its own', () => {
  expect(new Set(outcomes.map((outcome) => outcomeInfo[outcome].label)).size).toBe(outcomes.length)
})

const someEvidence: fc.Arbitrary<OutcomeEvidence> = fc
  .record({
    replies: fc.array(
      fc.constantFrom(acknowledged, reply('NotNow'), error(12060), error(12052), reply('Idle')),
      { maxLength: 3 },
    ),
    state: fc.constantFrom('queued', 'unconfirmed', 'refused', 'notSent'),
    observations: fc.array(
      fc.record({
        kind: fc.constantFrom(...observationKinds.filter((kind) => kind !== 'newOsSeen')),
        at: fc.integer({ min: -10, max: 130 }).map(at),
      }),
    ),
    passcodePresent: fc.boolean(),
    minutes: fc.integer({ min: 0, max: 300 }),
  })
  .map(({ replies, state, minutes, ...rest }) =>
    evidence({ slots: [slot(replies, { state }), second(replies)], now: at(minutes), ...rest }),
  )

test('while the OS is the one at the start, no reply or observation makes it installed', () => {
  fc.assert(
    fc.property(someEvidence, (some) => {
      const { outcome } = proposeOutcome(some)
      expect(outcome !== undefined && isInstalled(outcome)).toBe(false)
    }),
  )
})

test('from the deadline on there is always an outcome', () => {
  fc.assert(
    fc.property(someEvidence, (some) => {
      expect(proposeOutcome({ ...some, now: deadline }).outcome).toBeDefined()
    }),
  )
})

const someRepeats = fc.array(
  fc.record({
    answer: fc.constantFrom<(minutes: number) => ReplyEvidence>(
      nothingToDo,
      installing,
      (minutes) => error(12062, 'MCMDMErrorDomain', minutes),
      (minutes) => error(12052, 'MCMDMErrorDomain', minutes),
      (minutes) => reply('Acknowledged', minutes),
      (minutes) => reply('CommandFormatError', minutes),
      (minutes) => reply('NotNow', minutes),
    ),
    minutes: fc.integer({ min: 62, max: 200 }),
    slot: fc.constantFrom(0, 1),
  }),
  { minLength: 1, maxLength: 5 },
)

test('answers to redeliveries never change the outcome', () => {
  fc.assert(
    fc.property(someEvidence, someRepeats, fc.boolean(), (some, repeats, installs) => {
      const before = { ...some, current: installs ? moved : still }
      const answered = before.slots.map((one) => ({
        ...one,
        replies: [...one.replies, reply('Acknowledged', 61)],
      }))
      const after = answered.map((one, index) => ({
        ...one,
        replies: [
          ...one.replies,
          ...repeats
            .filter((repeat) => repeat.slot === index)
            .map(({ answer, minutes }) => answer(minutes)),
        ],
      }))
      const [first, then] = [answered, after].map((slots) => proposeOutcome({ ...before, slots }))
      expect(then?.outcome).toBe(first?.outcome)
      expect(then?.certain === true && first?.certain === false).toBe(false)
    }),
  )
})

test('no outcome is certain with a gap or a missing answer', () => {
  fc.assert(
    fc.property(someEvidence, fc.boolean(), (some, installs) => {
      const now = { ...some, now: deadline, current: installs ? moved : still }
      const gap = { ...now, gaps: [{ beganAt: at(1), endedAt: at(2) }] }
      expect(proposeOutcome(gap).certain).toBe(false)
      const [first] = now.slots
      const silent = {
        ...now,
        slots: first ? [{ ...first, state: 'queued' as const, replies: [] }] : [],
      }
      expect(proposeOutcome(silent).certain).toBe(false)
    }),
  )
})

test('the order in which evidence was gathered never matters', () => {
  fc.assert(
    fc.property(someEvidence, (some) => {
      // Two observations in the same minute have no order.
      const times = some.observations.map((one) => one.at.getTime())
      fc.pre(new Set(times).size === times.length)
      const shuffled = {
        ...some,
        slots: some.slots.toReversed(),
        observations: some.observations.toReversed(),
      }
      expect(proposeOutcome(shuffled)).toEqual(proposeOutcome(some))
    }),
  )
})

describe('a declaration, which no device answers', () => {
  const declared = (more: Partial<SlotEvidence> = {}) =>
    slot([], { installAction: undefined, ...more })
  const propose = (change: Partial<OutcomeEvidence>) => proposeOutcome(evidence(change))

  test('an install counts without an answer', () => {
    expect(propose({ slots: [declared()], sightings: [moved], current: moved })).toMatchObject({
      outcome: 'installedAsExpected',
      certain: true,
    })
  })

  test('nothing happened is for a person to look at', () => {
    const [never, now] = [undefined, at(118)].map((lastSeenAt) =>
      propose({ slots: [declared()], lastSeenAt }),
    )
    expect(never).toMatchObject({ outcome: 'noReplyUndocumented', certain: false })
    expect(now).toMatchObject({ outcome: 'acknowledgedNothingHappened', certain: false })
    expect(now?.reasons.join(' ')).not.toContain('answered')
    expect(propose({ slots: [declared({ state: 'unconfirmed' })] })).toMatchObject({
      outcome: 'voidInfrastructure',
      certain: false,
    })
  })

  test('one that was withdrawn before another OS was seen makes the install uncertain', () => {
    const installed = (detachedAt: Date | undefined) =>
      propose({ slots: [declared({ detachedAt })], sightings: [moved], current: moved })
    const early = installed(new Date(moved.at.getTime() - 1))
    expect(early).toMatchObject({ outcome: 'installedAsExpected', certain: false })
    expect(early.reasons.join()).toContain('it is not known whether it installed what was seen')
    expect(installed(new Date(moved.at.getTime() + 1)).certain).toBe(true)
  })

  test('a command beside it that is refused is the outcome', () => {
    const slots = [declared(), second([error(103, 'MDMErrorDomain', 61)])]
    expect(propose({ slots })).toMatchObject({ outcome: 'refused' })
  })
})

test('an open trial says that a status report names an OS which nothing has confirmed', () => {
  const open = proposeOutcome(
    evidence({
      claimedOs: { ...moved, at: at(50) },
      current: { ...still, at: at(40) },
      now: at(60),
    }),
  )
  expect(open.outcome).toBeUndefined()
  expect(open.reasons.join()).toContain('which nothing has confirmed: query the device')
})

test('what a status report says of the OS decides nothing and makes doubtful, until something confirms it', () => {
  const claimedOs = { ...moved, at: at(119) }
  const before = { ...still, at: at(100) }
  const claimed = proposeOutcome(evidence({ claimedOs, current: before }))
  expect(claimed).toMatchObject({ outcome: 'acknowledgedNothingHappened', certain: false })
  expect(claimed.reasons.join()).toContain('which nothing has confirmed: query the device')
  for (const change of [
    { current: still },
    { current: moved, claimedOs: { ...moved, at: at(90) } },
  ]) {
    const { reasons } = proposeOutcome(evidence({ claimedOs, ...change }))
    expect(reasons.join()).not.toContain('status report')
  }
  const installed = proposeOutcome(evidence({ claimedOs, current: moved }))
  expect(installed).toMatchObject({ outcome: 'installedAsExpected', certain: true })
})
