import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NewTap, queueProblem, type Tap } from '@/app/trials/[id]/observe/taps'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findTrial, listObservations, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deviationsOf } from '@/lib/domain/trial/deviation'
import { type ObservationKind, observationKinds } from '@/lib/domain/trial/observation'
import { ticksOf } from '@/lib/domain/trial/step-tick'
import { casesOf, fc } from '@/lib/property.testing'
import { engineer, later, lead, must } from '../testing/people'
import { proofOf, sentTrial, twoSlots } from '../testing/trial'
import { concludeTrial } from '../trials/conclude-trial'
import { type Observe, observe } from './observe'
import { tickStep } from './tick-step'

// Entries that waited in a browser arrive late, again and in any order, and the record must not show it.

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const sighting = (trialId: string, more: Partial<Observe> = {}): Observe => ({
  ...{ trialId, kind: 'promptShown', text: '', observedAt: later(200), nonce: randomUUID() },
  ...more,
})
const log = (entry: Observe, at = later(300)) => observe(lab.db, engineer, entry, at)

test('what reached the record and got no answer is not refused when it comes again after the end', async () => {
  const { trialId } = await sentTrial(lab.db)
  const entry = sighting(trialId)
  must(await log(entry), 'logged')
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(400))
  const reason = 'the shift ended before the deadline'
  const decision = { trialId, outcome: 'voidOperator' as const, reason, proofId }
  must(await concludeTrial(lab.db, lead, decision, later(400)), 'concluded')
  must(await log(entry, later(500)), 'logged')
  expect(await log(sighting(trialId), later(500))).toMatchObject({ status: 'refused' })
  expect(await listObservations(lab.db, trialId)).toHaveLength(1)
})

test('an entry that was changed after it had reached the record is refused, so that the change is not lost', async () => {
  const { trialId } = await sentTrial(lab.db)
  const entry = sighting(trialId)
  must(await log(entry), 'logged')
  const reason = /in the record already, in the words that were sent first/
  for (const more of [
    { text: 'with a note' },
    { observedAt: later(210) },
    { kind: 'nothing' },
  ] as const)
    expect(await log({ ...entry, ...more })).toMatchObject({
      reason: expect.stringMatching(reason),
    })
  const tick = { trialId, step: 1, done: true, at: later(200), note: '', nonce: randomUUID() }
  must(await tickStep(lab.db, engineer, tick, later(300)), 'ticked')
  expect(await tickStep(lab.db, engineer, { ...tick, note: 'by hand' }, later(300))).toMatchObject({
    reason: expect.stringMatching(reason),
  })
})

test('a correction whose reason was changed after it had reached the record is refused too', async () => {
  const { trialId } = await sentTrial(lab.db)
  const { id } = must(await log(sighting(trialId)), 'logged')
  const why = { correctsId: id, reason: 'it was another screen' }
  const entry = sighting(trialId, { kind: 'nothing', ...why })
  must(await log(entry), 'logged')
  must(await log({ ...entry, reason: ` ${why.reason} ` }), 'logged')
  const changed = { reason: 'it was another device on the bench' }
  const refusal = { reason: expect.stringMatching(/in the record already/) }
  expect(await log({ ...entry, ...changed })).toMatchObject(refusal)

  const tick = { trialId, step: 1, done: true, at: later(200), note: '', nonce: randomUUID() }
  must(await tickStep(lab.db, engineer, tick, later(300)), 'ticked')
  const [first] = (await listTrialEvents(lab.db, trialId)).filter(
    ({ kind }) => kind === 'stepTicked',
  )
  const mended = { ...tick, nonce: randomUUID(), note: 'by hand', ...why, correctsId: first?.id }
  must(await tickStep(lab.db, engineer, mended, later(300)), 'ticked')
  must(await tickStep(lab.db, engineer, mended, later(300)), 'ticked')
  expect(await tickStep(lab.db, engineer, { ...mended, ...changed }, later(300))).toMatchObject(
    refusal,
  )
})

test('of two sightings of the new OS the one that was seen first counts, also where it arrives last', async () => {
  const { trialId } = await sentTrial(lab.db)
  const seen = (at: number, osVersion: string, osBuild: string) =>
    log(sighting(trialId, { kind: 'newOsSeen', observedAt: later(at), osVersion, osBuild }))
  must(await seen(260, '12.1', '16B92'), 'logged')
  must(await seen(250, '12.1', '16B92'), 'logged')
  must(await seen(270, '12.1.1', '16C50'), 'logged')
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    endBuild: '16B92',
    endSeenAt: later(250),
  })
})

test('a sighting of the new OS with a time before the command left is not the end of the trial', async () => {
  const { trialId } = await sentTrial(lab.db)
  const { armedAt, sentAt } = (await findTrial(lab.db, trialId)) ?? {}
  const tooEarly = new Date((sentAt?.getTime() ?? 0) - 1_000)
  expect(armedAt?.getTime()).toBeLessThan(tooEarly.getTime())
  const os = { kind: 'newOsSeen', osVersion: '12.1', osBuild: '16B92' } as const
  must(await log(sighting(trialId, { ...os, observedAt: tooEarly })), 'logged')
  expect(await findTrial(lab.db, trialId)).toMatchObject({ endSeenAt: null })
  must(await log(sighting(trialId, { ...os, observedAt: later(260) })), 'logged')
  must(await log(sighting(trialId, { ...os, observedAt: tooEarly })), 'logged')
  expect(await findTrial(lab.db, trialId)).toMatchObject({ endSeenAt: later(260) })
})

const steps = ['Watch', 'Wait', 'Look', 'Restart'].map((doThis) => ({ doThis, expect: '' }))
const plan = { ...twoSlots, steps }
const standingReason = 'the wrong button was pressed'

/** A trial with three sightings, one of them a correction, and a step that is ticked off. */
async function trialWithRecord() {
  const { trialId, device } = await sentTrial(lab.db, { plan })
  const kinds = ['screenDark', 'progressBar'] as const
  for (const kind of kinds) must(await log(sighting(trialId, { kind })), 'logged')
  const [first] = await listObservations(lab.db, trialId)
  const correction = { correctsId: Number(first?.id), reason: standingReason }
  must(await log(sighting(trialId, correction)), 'logged')
  const tick = { trialId, step: 1, done: true, at: later(200), note: '', nonce: randomUUID() }
  must(await tickStep(lab.db, engineer, tick, later(300)), 'ticked')
  const observations = await listObservations(lab.db, trialId)
  const [ticked] = ticksOf(await listTrialEvents(lab.db, trialId))
  return { trialId, device, ids: [...observations.map(({ id }) => id), Number(ticked?.id)] }
}
type Lab = Awaited<ReturnType<typeof trialWithRecord>>

/** An entry; `corrects` is the place of what it corrects among the IDs of the trial. */
type Entry = Omit<NewTap, 'correctsId' | 'nonce' | 'at'> & {
  corrects?: number | undefined
  at: number
}

const text = fc.constantFrom('', 'the cable was out', 'on the second page')
const corrects = fc.option(fc.nat({ max: 3 }), { nil: undefined })
const reason = fc.constantFrom(
  standingReason,
  'it was the other device',
  'the time was wrong',
  'no',
)
// From before the arming to after the deadline, and into the future of the one who sends.
const at = fc.integer({ min: -20, max: 5_200 })
const os = fc.constantFrom(
  { osVersion: '12.1', osBuild: '16B92' },
  { osVersion: '12.1.1', osBuild: '16C50' },
  { osVersion: '12.1.1', osBuild: '' },
)
const anySighting: fc.Arbitrary<Entry> = fc.record({
  ...{ kind: fc.constantFrom<ObservationKind>(...observationKinds), at, text, corrects, reason },
})
const anyNewOs: fc.Arbitrary<Entry> = fc
  .record({ kind: fc.constant('newOsSeen' as const), at })
  .chain((one) => os.map((seen) => ({ ...one, ...seen })))
const anyTick: fc.Arbitrary<Entry> = fc.record({
  ...{ kind: fc.constantFrom('stepDone' as const, 'stepNotDone' as const), at, text, reason },
  ...{
    step: fc.integer({ min: 1, max: 5 }),
    corrects: fc.option(fc.constant(3), { nil: undefined }),
  },
})
// Where the order could show: two sightings of a new OS, two corrections, a tick and its correction.
const anyEntry = fc.oneof(anySighting, anyNewOs, anyNewOs, anyTick)

/** What a browser lets into its queue, each at a time of its own, and the order in which it arrives, each at least once. */
const anyQueue = fc
  .uniqueArray(anyEntry, { minLength: 5, maxLength: 10, selector: ({ at: time }) => time })
  .map(entered)
  .chain((queue) =>
    fc.record({
      queue: fc.constant(queue),
      order: fc
        .array(fc.nat({ max: Math.max(0, queue.length - 1) }), { maxLength: 4 })
        .chain((again) =>
          fc.shuffledSubarray([...queue.keys(), ...(queue.length > 0 ? again : [])], {
            minLength: queue.length + (queue.length > 0 ? again.length : 0),
          }),
        ),
    }),
  )

const tapOf = (
  { corrects: place, at: seconds, ...entry }: Entry,
  ids: number[],
  nonce: string,
): NewTap => ({
  ...{ ...entry, nonce, at: later(seconds).toISOString() },
  ...(place !== undefined && { correctsId: ids[place] ?? 0 }),
})

function entered(entries: Entry[]): Entry[] {
  const queue: Tap[] = []
  return entries.filter((entry, place) => {
    const tap = tapOf(entry, [1, 2, 3, 4], String(place))
    const isFine = queueProblem(queue, tap) === undefined
    if (isFine) queue.push({ ...tap, place, dueAt: 0 })
    return isFine
  })
}

const sendingAt = later(5_000)

function send(trialId: string, tap: NewTap) {
  const { kind, step = 0, text: note = '', nonce, correctsId, reason: why = '' } = tap
  const corrected = correctsId === undefined ? {} : { correctsId, reason: why }
  const of = { trialId, nonce, ...corrected }
  const time = new Date(tap.at)
  if (kind === 'stepDone' || kind === 'stepNotDone')
    return tickStep(
      lab.db,
      engineer,
      { ...of, step, done: kind === 'stepDone', at: time, note },
      sendingAt,
    )
  const { osVersion, osBuild } = tap
  return observe(
    lab.db,
    engineer,
    { ...of, kind, text: note, observedAt: time, osVersion, osBuild },
    sendingAt,
  )
}

/** What the record says, whatever was written first. */
async function recordOf({ trialId, device, ids }: Lab) {
  const place = (id: number | null | undefined) => (id == null ? undefined : ids.indexOf(id))
  const events = await listTrialEvents(lab.db, trialId)
  const trial = await findTrial(lab.db, trialId)
  const state = await currentState(lab.db, device.id)
  const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).toSorted()
  return {
    sightings: sorted(
      (await listObservations(lab.db, trialId)).map(
        ({ kind, text: words, data, observedAt, correctsId, reason: why }) => ({
          ...{ kind, words, data, observedAt, why, corrects: place(correctsId) },
        }),
      ),
    ),
    ticks: sorted(
      ticksOf(events).map(({ step, done, at: time, note, correctsId, reason: why }) => ({
        ...{ step, done, time, note, why, corrects: place(correctsId) },
      })),
    ),
    deviations: sorted(deviationsOf(events).map(({ kind, entry }) => ({ kind, what: entry.what }))),
    end: [trial?.endOs, trial?.endBuild, trial?.endSeenAt],
    os: [state.osVersion?.value, state.osBuild?.value],
  }
}

test('a queue that arrives in any order and any number of times gives the same record', async () => {
  await fc.assert(
    fc.asyncProperty(anyQueue, async ({ queue, order }) => {
      const [once, anyhow] = [await trialWithRecord(), await trialWithRecord()]
      const tapsOf = ({ ids }: Lab) => queue.map((entry) => tapOf(entry, ids, randomUUID()))
      const first: string[] = []
      for (const tap of tapsOf(once)) first.push((await send(once.trialId, tap)).status)
      const taps = tapsOf(anyhow)
      const last = new Map<number, string>()
      for (const place of order) {
        const tap = taps[place]
        if (tap) last.set(place, (await send(anyhow.trialId, tap)).status)
      }
      expect(queue.map((_, place) => last.get(place))).toEqual(first)
      expect(await recordOf(anyhow)).toEqual(await recordOf(once))
    }),
    { numRuns: casesOf(12) },
  )
})
