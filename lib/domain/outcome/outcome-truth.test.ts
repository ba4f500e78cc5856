import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type Outcome, outcomeInfo } from './outcome'
import type { OsSighting, OutcomeEvidence, ReplyEvidence } from './outcome-evidence'
import { proposeOutcome } from './propose-outcome'

// Simulated devices whose history is known, recorded with gaps: a proposal that is called certain must be true.

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 23, 9, minutes))
const deadline = 120

const systems = {
  start: { version: '11.2.6', build: '15D100' },
  target: { version: '11.4.1', build: '15G77' },
  other: { version: '11.4', build: '15F79' },
  newer: { version: '12.1', build: '16B92' },
}
type System = keyof typeof systems

/** What a device did. Minutes after the first command was sent; `undefined` is never. */
type Truth = {
  passcode: boolean
  refuses: boolean
  installs: { minute: number; system: System } | undefined
  /** When a user updates further by themselves. */
  updates: number | undefined
  accepted: boolean
  secondCommand: number | undefined
  /** Each delivery of the first command, and whether its answer reached the record. */
  deliveries: { minute: number; kept: boolean; notNow: boolean }[]
  /** Each query of the OS, and whether its answer reached the record. */
  looks: { minute: number; kept: boolean }[]
  logged: boolean
  passcodeKnown: boolean
  now: number
}

const minute = fc.integer({ min: 1, max: 140 })
const truths: fc.Arbitrary<Truth> = fc.record({
  passcode: fc.boolean(),
  refuses: fc.boolean(),
  installs: fc.option(
    fc.record({ minute, system: fc.constantFrom<System>('target', 'target', 'other') }),
    { nil: undefined },
  ),
  updates: fc.option(minute, { nil: undefined }),
  accepted: fc.boolean(),
  secondCommand: fc.option(fc.integer({ min: 20, max: 100 }), { nil: undefined }),
  deliveries: fc.array(fc.record({ minute, kept: fc.boolean(), notNow: fc.boolean() }), {
    maxLength: 4,
  }),
  looks: fc.array(fc.record({ minute, kept: fc.boolean() }), { maxLength: 6 }),
  logged: fc.boolean(),
  passcodeKnown: fc.boolean(),
  now: fc.constantFrom(120, 125, 140),
})

/** With a passcode nothing installs unless somebody accepts. */
const installOf = ({ passcode, accepted, installs }: Truth) =>
  passcode && !accepted ? undefined : installs

function runs(truth: Truth, when: number): System {
  const install = installOf(truth)
  if (!install || when < install.minute) return 'start'
  const { updates } = truth
  return updates !== undefined && updates > install.minute && when >= updates
    ? 'newer'
    : install.system
}

function answer(
  truth: Truth,
  { minute: when, notNow }: Truth['deliveries'][number],
): ReplyEvidence {
  const about = { at: at(when), source: 'reply' } as const
  if (notNow) return { ...about, status: 'NotNow' }
  const error = (code: number) => ({
    ...about,
    status: 'Error',
    errors: [{ domain: 'MCMDMErrorDomain', code }],
  })
  if (runs(truth, when) !== 'start') return error(12048)
  if (truth.refuses) return error(12060)
  return { ...about, status: 'Acknowledged', updates: [{ status: 'Installing' }] }
}

const isRefusal = ({ errors }: ReplyEvidence) => errors?.some(({ code }) => code === 12060) ?? false

function evidenceOf(truth: Truth): OutcomeEvidence {
  const { looks, now, secondCommand, logged, accepted, passcode, passcodeKnown } = truth
  const deliveries = truth.deliveries.filter((one) => one.kept && one.minute <= now)
  const seen: OsSighting[] = looks
    .filter((look) => look.kept && look.minute <= now)
    .toSorted((a, b) => a.minute - b.minute)
    .map((look) => ({ ...systems[runs(truth, look.minute)], at: at(look.minute) }))
  const slot = (ordinal: number, sent: number, replies: ReplyEvidence[]) => ({
    ordinal,
    installAction: 'InstallASAP' as const,
    state: 'queued' as const,
    sentAt: at(sent),
    replies,
  })
  const install = installOf(truth)
  return {
    startOs: systems.start.version,
    startBuild: systems.start.build,
    target: systems.target,
    current: seen.at(-1),
    sightings: seen,
    passcodePresent: passcodeKnown ? passcode : undefined,
    slots: [
      slot(
        1,
        0,
        deliveries.map((one) => answer(truth, one)),
      ),
      ...(secondCommand === undefined
        ? []
        : [
            slot(2, secondCommand, [
              answer(truth, { minute: secondCommand + 1, kept: true, notNow: false }),
            ]),
          ]),
    ],
    statusReports: [],
    observations:
      logged && accepted && passcode && install && install.minute > 1
        ? [{ kind: 'userAccepted', at: at(install.minute - 1) }]
        : [],
    lastSeenAt: at(now),
    deadlineAt: at(deadline),
    now: at(now),
  }
}

/** How the outcome contradicts what happened; undefined if it does not. */
function lie(outcome: Outcome, truth: Truth): string | undefined {
  const install = installOf(truth)
  const installed = install !== undefined && install.minute <= truth.now
  const { os, counts } = outcomeInfo[outcome]
  if (os === 'changed' && !installed) return 'nothing was installed'
  if (os === 'notChanged' && install && install.minute <= deadline)
    return 'it was installed in time'
  if (counts === 'installed' && install?.system !== 'target') return 'the target was not installed'
  if (outcome === 'wrongVersionInstalled' && install?.system === 'target')
    return 'the target was installed'
  if (outcome === 'installedAsExpected' && truth.passcode) return 'somebody had to accept'
  if (['refused', 'installedDespiteError'].includes(outcome)) {
    const reported = [
      ...truth.deliveries.map((one) => answer(truth, one)),
      ...evidenceOf(truth).slots.flatMap(({ replies }) => replies),
    ]
    if (!reported.some(isRefusal) && installed) return 'it never refused'
  }
  if (['noReplyDocumented', 'noReplyUndocumented'].includes(outcome) && truth.deliveries.length > 0)
    return 'it answered'
  return undefined
}

test('a certain proposal is true, whatever evidence was lost', () => {
  fc.assert(
    fc.property(truths, (truth) => {
      const { outcome, certain, reasons } = proposeOutcome(evidenceOf(truth))
      if (!certain || outcome === undefined) return
      expect(lie(outcome, truth), `${outcome}: ${reasons.join('; ')}`).toBeUndefined()
    }),
    { numRuns: 20_000 },
  )
})

test('if a device is queried in time and all answers arrive, most outcomes are certain', () => {
  const runs = fc.sample(truths, { numRuns: 300, seed: 7 }).map((truth) => ({
    ...truth,
    secondCommand: undefined,
    updates: undefined,
    passcode: false,
    passcodeKnown: true,
    deliveries: [{ minute: 1, kept: true, notNow: false }],
    looks: [...truth.looks, { minute: truth.now, kept: true }].map((look) => ({
      ...look,
      kept: true,
    })),
  }))
  const certain = runs.filter((truth) => proposeOutcome(evidenceOf(truth)).certain)
  expect(certain.length).toBeGreaterThan(runs.length / 3)
})
