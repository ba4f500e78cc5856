import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { type Command, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { defaultMaxAges, readingFields } from '@/lib/domain/reading/reading'
import { commandTransitions } from '@/lib/domain/trial/command-slot'
import { nextTrialState, type TrialState } from '@/lib/domain/trial/trial'
import type { MdmServer, SendResult } from '@/lib/mdm/server'
import { casesOf, fc } from '@/lib/property.testing'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { readOrSetAside } from '../ingest/read-kept-event'
import { checkSignatures } from '../kernel/sign'
import { engineer, later, lead } from '../testing/people'
import { armedTrial, proofOf, releaseSigned } from '../testing/trial'
import { answerBody, checkinBody } from '../testing/webhook'
import { withdrawTrial } from '../trials/close-trial'
import { concludeTrial } from '../trials/conclude-trial'
import { armTrial, disarmTrial } from '../trials/prepare-trial'
import { cancelRelease } from './cancel-release'
import { previewSlot } from './preview-slot'
import { withdrawCommand } from './withdraw-command'

// Whatever people, the worker, the MDM server and the device do, in any order: the server accepts
// each command slot at most once, nothing is sent before its hold has ended, and no command that was
// accepted is ever recorded as not sent. A failure prints the shortest list of steps that leads to it.

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  const by = { changedAt: new Date(), changedBy: 'test' }
  // Stale readings have tests of their own; here hours may pass between two steps.
  const week = 7 * 24 * 60
  const maxAges = Object.fromEntries(Object.keys(readingFields).map((field) => [field, week]))
  await storeLabSetting(lab.db, 'maxAges', { ...defaultMaxAges, ...maxAges }, by)
})
afterAll(() => lab.drop())

/** What the MDM server does with the next update command: whether it accepts it, and what it answers. */
const fates = {
  taken: { takes: true, says: 'queued' },
  takenUnseen: { takes: true, says: 'unconfirmed' },
  lost: { takes: false, says: 'unconfirmed' },
  refused: { takes: false, says: 'refused' },
  neverLeft: { takes: false, says: 'notSent' },
  takenThenDead: { takes: true, says: 'dies' },
} as const
type Fate = keyof typeof fates

type Step =
  | { do: 'arm' | 'disarm' | 'withdrawTrial' | 'conclude' | 'reenroll' }
  | { do: 'release' | 'cancel' | 'giveUp'; slot: 1 | 2 }
  | { do: 'wait'; seconds: number }
  | { do: 'work'; fate: Fate }
  | { do: 'answer'; slot: 1 | 2; status: 'Acknowledged' | 'Error' | 'NotNow' }

const slot = fc.constantFrom(1 as const, 2 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('arm', 'disarm') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('release'), slot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('cancel', 'giveUp'), slot }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.constantFrom(60, 121, 400) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('work'), fate: fc.constantFrom(...fateNames()) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('answer'),
      slot,
      status: fc.constantFrom('Acknowledged', 'Error', 'NotNow'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('withdrawTrial', 'conclude', 'reenroll') }),
  },
) as fc.Arbitrary<Step> // oneof widens the literals of `do`.

type Bench = Awaited<ReturnType<typeof armedTrial>> & {
  seconds: number
  fate: Fate
  /** CommandUUIDs of update commands that the server accepted; and all requests with their answers. */
  taken: string[]
  asked: { commandUuid: string; at: number; says: string }[]
}

const serverOf = (bench: Bench): MdmServer => ({
  pushesByItself: false,
  enqueue: async (_id, _plist, { commandUuid, requestType }): Promise<SendResult> => {
    if (requestType !== 'ScheduleOSUpdate') return { outcome: 'queued', reason: 'a question' }
    const { takes, says } = fates[bench.fate]
    bench.asked.push({ commandUuid, at: bench.seconds, says })
    if (takes) bench.taken.push(commandUuid)
    if (says === 'dies') throw new Error('the process died while it was sending')
    return { outcome: says, reason: `the server: ${bench.fate}` }
  },
  push: async () => ({ ok: true }),
  version: async () => ({ ok: true, version: 'unknown' }),
  tryKey: async () => ({ found: 'yes', reason: 'taken' }),
})

async function receive(bench: Bench, body: Uint8Array) {
  const at = later(bench.seconds)
  const id = await keepEvent(lab.db, bench.device.mdmServerId, body, at)
  await readOrSetAside(lab.db, id ?? 0, at)
}

const slotOf = async ({ trialId }: Bench, ordinal: number): Promise<Command | undefined> =>
  (await listCommandsOfTrial(lab.db, trialId)).find((one) => one.slotOrdinal === ordinal)

async function work(bench: Bench): Promise<void> {
  const round = {
    db: lab.db,
    servers: async () => serverOf(bench),
    clock: () => later(bench.seconds),
  }
  await carryOn(round).catch(() => undefined)
  // Queries are answered at once, because this test is not about them.
  for (const command of await listCommandsOfTrial(lab.db, bench.trialId)) {
    if (command.purpose !== 'probe' || command.answeredAt) continue
    const { enrollmentId, commandUuid } = command
    const at = later(bench.seconds)
    await receive(bench, answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at }))
  }
}

async function carryOut(bench: Bench, step: Step): Promise<void> {
  const { trialId, device } = bench
  const [db, at] = [lab.db, later(bench.seconds)]
  switch (step.do) {
    case 'arm':
      return void (await armTrial(
        db,
        engineer,
        { trialId, serialLast4: device.serial.slice(-4) },
        at,
      ))
    case 'disarm':
      return void (await disarmTrial(db, engineer, { trialId }, at))
    case 'release': {
      const input = { trialId, ordinal: step.slot }
      const seen = await previewSlot(db, engineer, input, at)
      if (seen.status !== 'judged') return
      return void (await releaseSigned(db, engineer, { ...input, verdictId: seen.verdictId }, at))
    }
    case 'cancel':
      return void (await cancelRelease(db, engineer, { trialId, ordinal: step.slot }, at))
    case 'wait':
      bench.seconds += step.seconds
      return
    case 'work':
      bench.fate = step.fate
      return work(bench)
    case 'answer':
      return answer(bench, step.slot, step.status)
    case 'giveUp': {
      const command = await slotOf(bench, step.slot)
      const input = { commandUuid: command?.commandUuid ?? '', reason: 'it never answered us' }
      const proofId = await proofOf(db, lead, 'withdrawCommand', trialId, at)
      if (command) await withdrawCommand(db, lead, { ...input, proofId }, at)
      return
    }
    case 'withdrawTrial':
      return void (await withdrawTrial(db, lead, { trialId, reason: 'the plan has changed' }, at))
    case 'conclude': {
      const input = {
        trialId,
        outcome: 'voidOperator' as const,
        reason: 'we stop here, enough seen',
        proofId: await proofOf(db, lead, 'overrule', trialId, at),
      }
      return void (await concludeTrial(db, lead, input, at))
    }
    case 'reenroll':
      return receive(bench, checkinBody('Authenticate', device.enrollmentId, '', at))
  }
}

/** Only a command that the server accepted can be answered. */
async function answer(bench: Bench, ordinal: number, status: string): Promise<void> {
  const command = await slotOf(bench, ordinal)
  if (!command || !bench.taken.includes(command.commandUuid)) return
  const { enrollmentId, commandUuid } = command
  await receive(bench, answerBody({ enrollmentId, commandUuid, status, at: later(bench.seconds) }))
}

const unsent = ['reserved', 'cancelled', 'lapsed', 'notSent', 'refused']

async function check(bench: Bench, before: Command[]): Promise<Command[]> {
  const commands = (await listCommandsOfTrial(lab.db, bench.trialId)).filter(
    (one) => one.purpose === 'intervention',
  )
  for (const command of commands) {
    const { commandUuid, state, holdEndsAt } = command
    const requests = bench.asked.filter((one) => one.commandUuid === commandUuid)
    expect(bench.taken.filter((uuid) => uuid === commandUuid).length).toBeLessThanOrEqual(1)
    // Only a command that was provably never sent is released again.
    expect(requests.slice(0, -1).every(({ says }) => says === 'notSent')).toBe(true)
    if (bench.taken.includes(commandUuid)) expect(unsent).not.toContain(state)
    const last = requests.at(-1)
    if (last && state !== 'reserved')
      expect(later(last.at) >= holdEndsAt || last.says === 'notSent').toBe(true)
    const was = before.find((one) => one.commandUuid === commandUuid)?.state
    if (was && was !== state) expect(reachable(was)).toContain(state)
  }
  expect(commands.filter(isOpen).length).toBeLessThanOrEqual(1)
  expect(new Set(commands.map((one) => one.slotOrdinal)).size).toBe(commands.length)
  await checkTrial(bench, commands)
  return commands
}

const isOpen = ({ state, answeredAt, withdrawnAt }: Command) =>
  ['reserved', 'sending', 'queued', 'unconfirmed'].includes(state) && !answeredAt && !withdrawnAt

/** One step may pass through several states. */
function reachable(from: Command['state'], seen = new Set<string>()): Set<string> {
  for (const to of commandTransitions[from]) if (!seen.has(to)) reachable(to, seen.add(to))
  return seen
}

async function checkTrial(bench: Bench, commands: Command[]): Promise<void> {
  const trial = await findTrial(lab.db, bench.trialId)
  const folded = (await listTrialEvents(lab.db, bench.trialId)).reduce<TrialState | undefined>(
    (state, { kind }) => nextTrialState(state, kind),
    undefined,
  )
  expect(trial?.state).toBe(folded)
  const first = commands.find((one) => one.slotOrdinal === 1)
  if (first && bench.taken.includes(first.commandUuid)) expect(trial?.consumed).toBe(true)
}

/** I2: each release has its own signature, each command names its last one, and every signed record still matches. */
async function checkSigned({ trialId }: Bench, commands: Command[]): Promise<void> {
  const signatures = await checkSignatures(lab.db, trialId)
  expect(signatures.flatMap(({ differences }) => differences)).toEqual([])
  const releases = signatures.filter(({ act }) => act === 'release')
  const released = (await listTrialEvents(lab.db, trialId)).filter(
    ({ kind }) => kind === 'released' || kind === 'slotReleased',
  )
  expect(releases).toHaveLength(released.length)
  for (const { signatureId, commandUuid, plistSha256, reservedById } of commands) {
    const own = releases.findLast((one) => one.commandUuid === commandUuid)
    expect(own).toMatchObject({ id: signatureId, byId: reservedById })
    expect(own?.record).toContain(plistSha256)
  }
}

test('I1, I2, I4, I7: no order of steps sends a slot twice or too early, or records an accepted command as not sent', async () => {
  for (const fate of fateNames()) {
    const seenFates = new Set<string>()
    const sent: Step[] = [
      { do: 'release', slot: 1 },
      { do: 'wait', seconds: 121 },
      { do: 'work', fate },
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const armed = await armedTrial(lab.db)
        const bench: Bench = { ...armed, seconds: 1, fate: 'taken', taken: [], asked: [] }
        let commands: Command[] = []
        for (const one of [...sent, ...steps]) {
          await carryOut(bench, one)
          commands = await check(bench, commands)
        }
        await checkSigned(bench, commands)
        for (const { says } of bench.asked) seenFates.add(says)
        await retire(bench)
      }),
      { numRuns: casesOf(10) },
    )
    // At least one request had this result.
    expect(seenFates).toContain(fates[fate].says)
  }
}, 300_000)

/** Keeps the rounds of the next run from continuing this trial. */
async function retire({ trialId, device }: Bench): Promise<void> {
  await lab.sql`update commands set state = 'cancelled' where trial_id = ${trialId} and state = 'reserved'`
  await lab.sql`delete from device_verdicts where device_id = ${device.id}`
  await lab.sql`update trials set state = 'withdrawn'
    where id = ${trialId} and state not in ('concluded', 'withdrawn', 'void', 'lost')`
}

function fateNames(): Fate[] {
  // Object.keys loses the type of the keys.
  return Object.keys(fates) as Fate[]
}
