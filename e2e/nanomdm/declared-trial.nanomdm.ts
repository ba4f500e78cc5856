// Whole trials of one declaration at real servers: what the server holds in the end, how often the device was told, and
// whether the record claims no more than was seen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { queryDevice } from '@/lib/core/release/query-device'
import { engineer, lead, must } from '@/lib/core/testing/people'
import { concludeTrial, proposeForTrial } from '@/lib/core/trials/conclude-trial'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { attachSteps, removalSteps } from '@/lib/domain/trial/declaration-step'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import {
  type DeclaredBench,
  type DeclaredTrial,
  openDeclaredBench,
  realPlaces,
  waitUntil,
} from './declared-bench'

const [before, after] = ['22G86', '22H124']

describe.each(realPlaces)('$name', (place) => {
  let bench: DeclaredBench
  beforeAll(async () => {
    bench = await openDeclaredBench(place)
  })
  afterAll(() => bench?.close())

  /** A request to attach or to tell the device is answered with 500 by a NanoHUB that cannot push. */
  const { saysStored } = place
  const attached = [
    ...attachSteps.slice(0, -1).map((step) => `${step} done`),
    ...['checkBefore notAttached', 'attachSet leaving'],
    ...(saysStored ? ['attachSet done'] : ['attachSet unsure', 'readBack attached']),
  ]
  const removed = [
    ...['detachSet done', saysStored ? 'notifyDevice done' : 'notifyDevice unsure'],
    ...removalSteps.slice(1).map((step) => `${step} done`),
    'readBack notAttached',
  ]
  const times = saysStored ? 1 : 2

  /** A released trial whose declaration is attached. */
  const sent = async (certificate: number) => {
    const trial = await bench.armedTrial(certificate)
    const commandUuid = await bench.release(trial)
    const record = () => bench.recordOf(trial.trialId, commandUuid)
    await waitUntil(async () => (await record()).command?.state === 'queued', 'sending it')
    // The notification that follows a reading back.
    if (!saysStored)
      await waitUntil(async () => (await record()).command?.pushedAt !== null, 'a notification')
    return { ...trial, commandUuid, record }
  }
  type Sent = Awaited<ReturnType<typeof sent>>

  const isSeen = async ({ record }: Sent) => (await record()).command?.answeredAt !== null
  const proposal = async ({ trialId }: DeclaredTrial) => {
    const trial = await findTrial(bench.lab.db, trialId)
    return trial && proposeForTrial(bench.lab.db, trial, new Date())
  }
  /** What its timeline says of the declaration, each by its beginning. */
  const lines = async ({ record }: Sent) =>
    (await record()).timeline.flatMap((text) => /^Declaration 1 (.*)$/.exec(text)?.[1] ?? [])
  const sentLines = [
    'leaves for its server',
    ...(saysStored
      ? ['is queued: the server has attached the set. Stored is not sent']
      : ['is unconfirmed: the set may be attached', 'is queued: read back from the server']),
  ].map((text) => expect.stringMatching(`^${text}`))
  const withdrawnLines = [
    'is being withdrawn: the question has changed',
    'is detached from the device at its server. The device does not know it before its next fetch',
  ]

  /** Waits until the worker has taken it off. */
  const takenOff = ({ record }: Sent) =>
    waitUntil(async () => Boolean((await record()).removal?.finishedAt), 'its removal')
  const expectNothingHeld = async (trial: Sent) => {
    const { set, ...names } = enforcementNames(trial.commandUuid)
    const held = await bench.held(trial)
    expect(held.attached).toEqual([])
    expect(await held.inSet(set)).toEqual([])
    for (const name of Object.values(names)) expect(held.declarations).not.toContain(name)
  }

  test.concurrent('a whole trial ends with the build of the next DeviceInformation, and nothing stays on the server', async () => {
    const trial = await sent(1)
    const { set, ...names } = enforcementNames(trial.commandUuid)
    const held = await bench.held(trial)
    expect(held.attached).toEqual([set])
    expect((await held.inSet(set)).sort()).toEqual(Object.values(names).sort())
    expect((await trial.record()).command).toMatchObject({ answeredAt: null })

    await trial.drain()
    expect(trial.notifications()).toBe(times)
    await trial.until(() => isSeen(trial), 'the fetch')
    await trial.pass(3)
    expect(trial.client.device().osBuild).toBe(after)
    // It reports how the update goes because the set subscribes it to that.
    // NanoMDM posts its webhooks at once, so the last report may be heard before the one in the middle.
    const reported = ['downloading', 'prepared', 'none']
    await waitUntil(
      async () => {
        const { states } = await trial.record()
        return reported.every((state) => states.includes(state))
      },
      `reports of ${reported.join(', ')}`,
    )
    expect((await trial.record()).trial).toMatchObject({ endBuild: null })
    expect(await proposal(trial)).toMatchObject({ outcome: undefined, certain: false })
    await trial.ask()
    expect((await trial.record()).trial).toMatchObject({ endOs: '18.7.2', endBuild: after })
    const proposed = await proposal(trial)
    expect(proposed).toMatchObject({ outcome: 'installedAsExpected', certain: true })

    const end = { trialId: trial.trialId, outcome: 'installedAsExpected' as const, reason: '' }
    must(await concludeTrial(bench.lab.db, engineer, end, new Date()), 'concluded')
    await takenOff(trial)
    await expectNothingHeld(trial)
    const { steps, removal } = await trial.record()
    expect(steps).toEqual([...attached, ...removed])
    expect(removal).toMatchObject({ cause: 'trialEnded', seenGoneAt: null })
    await trial.drain()
    expect(trial.notifications()).toBe(times + 1)
    const isGone = async () => (await trial.record()).removal?.seenGoneAt !== null
    await trial.until(isGone, 'the list without it')
    expect(await lines(trial)).toEqual(sentLines)
  })

  test.concurrent('one that is withdrawn before the device has fetched it is never fetched', async () => {
    const trial = await sent(2)
    await bench.withdraw(trial.trialId, trial.commandUuid)
    await takenOff(trial)
    await expectNothingHeld(trial)
    const { steps, removal, command, fetched } = await trial.record()
    expect(steps).toEqual([...attached, ...removed])
    expect(removal).toMatchObject({ cause: 'person', seenGoneAt: null })
    expect(command).toMatchObject({ answeredAt: null, withdrawnBy: lead.name })
    expect(fetched).toEqual([])

    await trial.drain()
    expect(trial.notifications()).toBe(times + 1)
    await trial.until(async () => (await trial.record()).removal?.seenGoneAt !== null, 'the list')
    await trial.pass(26)
    expect(trial.client.device().osBuild).toBe(before)
    await trial.ask()
    expect((await trial.record()).trial?.endBuild).toBeNull()
    expect(await proposal(trial)).toMatchObject({ outcome: undefined, certain: false })
    expect(await lines(trial)).toEqual([...sentLines, ...withdrawnLines])
  })

  test.concurrent('one that is withdrawn after the device has fetched it is seen gone', async () => {
    const trial = await sent(3)
    await trial.drain()
    expect(trial.notifications()).toBe(times)
    await trial.until(() => isSeen(trial), 'the fetch')
    await bench.withdraw(trial.trialId, trial.commandUuid)
    await takenOff(trial)
    await expectNothingHeld(trial)
    const { steps, removal } = await trial.record()
    expect(steps).toEqual([...attached, ...removed])
    expect(removal).toMatchObject({ seenGoneAt: null })

    await trial.drain()
    expect(trial.notifications()).toBe(times + 1)
    await trial.until(async () => (await trial.record()).removal?.seenGoneAt !== null, 'the list')
    await trial.pass(26)
    expect(trial.client.device().osBuild).toBe(before)
    await trial.ask()
    expect((await trial.record()).trial?.endBuild).toBeNull()
    expect(await proposal(trial)).toMatchObject({ outcome: undefined, certain: false })
    expect(await lines(trial)).toEqual([...sentLines, ...withdrawnLines])
  })

  test('while the webhook is down nothing is claimed, and the next full report settles it', async () => {
    const trial = await sent(4)
    bench.webhook.isDown = true
    await trial.drain()
    await trial.pass(0.5)
    expect(trial.client.device().update).toBeDefined()
    expect((await trial.record()).command).toMatchObject({ state: 'queued', answeredAt: null })
    expect((await trial.record()).fetched).toEqual([])
    bench.webhook.isDown = false

    // What has changed since the last report does not name the declaration.
    await trial.pass(2.5)
    expect(trial.client.device().osBuild).toBe(after)
    await waitUntil(async () => (await trial.osBuild()) === after, 'a report of its OS')
    const unseen = await trial.record()
    expect(unseen.command).toMatchObject({ state: 'queued', answeredAt: null })
    expect(unseen.trial).toMatchObject({ endBuild: null })
    expect(await proposal(trial)).toMatchObject({ outcome: undefined, certain: false })

    await trial.pass(24)
    await trial.until(() => isSeen(trial), 'a full report')
    expect((await trial.record()).command).toMatchObject({ answerStatus: 'Reported' })
    await trial.ask()
    expect(await proposal(trial)).toMatchObject({ outcome: 'installedAsExpected', certain: true })
    expect(trial.notifications()).toBe(times)
  })

  test('a device whose every report was lost can be queried once its declaration is withdrawn', async () => {
    const trial = await sent(5)
    bench.webhook.isDown = true
    await trial.drain()
    await trial.pass(3)
    bench.webhook.isDown = false
    expect(trial.client.device().osBuild).toBe(after)
    const { db } = bench.lab
    const asked = await queryDevice(db, engineer, { deviceId: trial.deviceId }, new Date())
    expect(asked).toMatchObject({ status: 'refused' })
    await bench.withdraw(trial.trialId, trial.commandUuid)
    await takenOff(trial)
    await expectNothingHeld(trial)
    await trial.ask()
    expect((await trial.record()).trial).toMatchObject({ endBuild: after })
  })

  test('with the webhook down during the install, what the server has kept fills the gap once', async () => {
    const trial = await sent(6)
    bench.webhook.isDown = true
    await trial.drain()
    await trial.pass(3)
    expect(trial.client.device().osBuild).toBe(after)
    expect(await trial.record()).toMatchObject({ states: [], fetched: [] })

    const first = await bench.readKept(trial.deviceId)
    expect(first).toMatchObject({ timeless: 0, stopped: undefined })
    expect(first.missed).toBeGreaterThanOrEqual(3)
    await waitUntil(async () => (await trial.record()).states.includes('none'), 'the reading')
    const { states, sources, timeline } = await trial.record()
    // In the order in which the device has sent them.
    expect(states.filter((state, index) => states.indexOf(state) === index).slice(-3)).toEqual([
      ...['downloading', 'prepared', 'none'],
    ])
    expect(new Set(sources)).toEqual(new Set(['keptReport']))
    expect(timeline.some((text) => text.includes('had not arrived by the webhook'))).toBe(true)
    // A kept report is as much a claim as a posted one; that the device names the declaration settles it.
    await waitUntil(() => isSeen(trial), 'a report that names it')
    expect((await trial.record()).trial).toMatchObject({ endBuild: null })
    expect(await proposal(trial)).toMatchObject({ outcome: undefined, certain: false })

    bench.webhook.isDown = false
    await trial.pass(24)
    await waitUntil(async () => (await sourcesOf(trial)).includes('webhook'), 'a posted report')
    await waitUntil(async () => !(await isUnread()), 'the reading of all posts')
    const events = await sourcesOf(trial)
    const again = await bench.readKept(trial.deviceId)
    expect(again.missed).toBe(0)
    expect(again.known).toBeGreaterThan(first.missed + first.known)
    expect(await sourcesOf(trial)).toEqual(events)
    await trial.ask()
    expect(await proposal(trial)).toMatchObject({ outcome: 'installedAsExpected', certain: true })
  })

  const isUnread = async () => {
    const [unread] = await bench.lab.sql`select from raw_events where read_state = 'unread' limit 1`
    return unread !== undefined
  }
  /** How each status report of a device has come. */
  const sourcesOf = async ({ deviceId }: DeclaredTrial) =>
    (
      await bench.lab
        .sql`select r.source from declaration_events e join raw_events r on r.id = e.raw_event_id
        where e.device_id = ${deviceId} and e.kind = 'status' order by e.at, e.id`
    ).map(({ source }) => String(source))
})
