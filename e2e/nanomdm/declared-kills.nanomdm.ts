import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { readOwnIdentifier } from '@/lib/domain/declaration/own-identifier'
import { attachSteps } from '@/lib/domain/trial/declaration-step'
import { enforcementNames } from '@/lib/mdm/declarations/build-enforcement'
import type { Moment } from './cutting-proxy'
import { type DeclaredBench, openDeclaredBench, realPlaces } from './declared-bench'

// A real server of declarations dies at each of the nine requests, as by a power cut, and starts again.

type Step = (typeof attachSteps)[number]

/** Whether a request of the API of declarations is this step. */
const isStep =
  (step: Step) =>
  (method: string, path: string, body: string): boolean => {
    if (method !== 'PUT') return false
    if (path.includes('/enrollment-sets/')) return step === 'attachSet'
    const named = /\/declarations\?/.test(path)
      ? z.object({ Identifier: z.string() }).parse(JSON.parse(body)).Identifier
      : /declaration=([^&]+)/.exec(path)?.[1]
    const part = readOwnIdentifier(named ?? '')?.part
    const verb = path.includes('/set-declarations/') ? 'add' : 'put'
    return part !== undefined && step === `${verb}${partNames[part]}`
  }

const partNames = {
  enforce: 'Configuration',
  activate: 'Activation',
  subscribe: 'Subscription',
  'activate-subscription': 'SubscriptionActivation',
} as const

describe.each(realPlaces)('$name', (place) => {
  let bench: DeclaredBench
  beforeAll(async () => {
    bench = await openDeclaredBench(place, true)
  })
  afterAll(() => bench?.close())

  const times = place.saysStored ? 1 : 2

  /** A released trial at whose step the server has died, once its declaration is in that state. */
  const killed = async (certificate: number, step: Step, when: Moment, state: string) => {
    const trial = await bench.armedTrial(certificate)
    bench.killAt(when, isStep(step))
    const kills = bench.kills()
    const commandUuid = await bench.release(trial)
    const record = () => bench.recordOf(trial.trialId, commandUuid)
    const reached = async () => (await record()).command?.state
    await expect.poll(reached).toBe(state)
    expect(bench.kills()).toBe(kills + 1)
    return { ...trial, commandUuid, record, reached, ...enforcementNames(commandUuid) }
  }
  const attaches = (steps: readonly string[]) =>
    steps.filter((step) => step === 'attachSet leaving').length

  test.each(attachSteps.slice(0, -1).map((step, index) => [step, index + 1] as const))(
    'dies with %s stored: nothing was attached, and the same bytes are released again',
    async (step, certificate) => {
      const trial = await killed(certificate, step, 'after', 'notSent')
      expect((await bench.held(trial)).attached).toEqual([])
      await trial.drain()
      expect(trial.notifications()).toBe(0)
      const { command, steps, trial: row } = await trial.record()
      expect(command?.reason).toContain('nothing was attached')
      expect(steps.at(-1)).toBe(`${step} unsure`)
      expect(row).toMatchObject({ state: 'registered', consumed: false })

      await bench.arm(trial)
      expect(await bench.release(trial)).toBe(trial.commandUuid)
      await expect.poll(trial.reached).toBe('queued')
      const again = await trial.record()
      expect(again.steps.slice(steps.length)).toContain(`${step} alreadySo`)
      expect(attaches(again.steps)).toBe(1)
      expect(again.command?.plistSha256).toBe(command?.plistSha256)
      expect((await bench.held(trial)).attached).toEqual([trial.set])
      if (!place.saysStored)
        await expect
          .poll(async () => (await trial.record()).command?.pushedAt ?? null)
          .not.toBeNull()
      await trial.drain()
      expect(trial.notifications()).toBe(times)
      const isSeen = async () => (await trial.record()).command?.answeredAt !== null
      await trial.until(isSeen, 'the fetch')
    },
  )

  test('dies with the set attached: read back, told once more, and never attached again', async () => {
    const trial = await killed(9, 'attachSet', 'after', 'queued')
    const { command, steps, timeline } = await trial.record()
    expect(command?.reason).toContain('read back')
    expect(steps.slice(-3)).toEqual(['attachSet leaving', 'attachSet unsure', 'readBack attached'])
    expect(timeline.some((text) => text.startsWith('Declaration 1 is unconfirmed'))).toBe(true)
    expect((await bench.held(trial)).attached).toEqual([trial.set])
    await expect.poll(async () => (await trial.record()).command?.pushedAt ?? null).not.toBeNull()
    await trial.drain()
    expect(trial.notifications()).toBe(2)
    const isSeen = async () => (await trial.record()).command?.answeredAt !== null
    await trial.until(isSeen, 'the fetch')
    await bench.roundIn(7200)
    expect(attaches((await trial.record()).steps)).toBe(1)
  })

  test('dies before the set is attached: unconfirmed for as long as nobody withdraws it', async () => {
    const trial = await killed(10, 'attachSet', 'before', 'unconfirmed')
    const lastStep = async () => (await trial.record()).steps.at(-1)
    await expect.poll(lastStep).toBe('readBack notAttached')
    await bench.roundIn(21 * 60)
    expect(await trial.reached()).toBe('unconfirmed')
    expect((await bench.held(trial)).attached).toEqual([])
    await trial.drain()
    expect(trial.notifications()).toBe(0)

    await bench.withdraw(trial.trialId, trial.commandUuid)
    const isDetached = async () => (await trial.record()).removal?.detachedAt ?? null
    await expect.poll(isDetached).not.toBeNull()
    // The request may still be on its way.
    expect((await trial.record()).command?.withdrawnAt).toBeNull()
    await bench.roundIn(21 * 60)
    const { removal, command, steps, fetched } = await trial.record()
    expect(removal?.finishedAt).not.toBeNull()
    expect(command).toMatchObject({ state: 'unconfirmed', answeredAt: null })
    expect(command?.withdrawnAt).not.toBeNull()
    expect(attaches(steps)).toBe(1)
    expect(fetched).toEqual([])
    const held = await bench.held(trial)
    expect(held.attached).toEqual([])
    expect(held.declarations).not.toContain(trial.configuration)
    await trial.pass(26)
    expect(trial.client.device().osBuild).toBe('22G86')
  })
})
