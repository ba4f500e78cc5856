import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineer } from '@/lib/core/testing/people'
import { concludeTrial, proposeForTrial } from '@/lib/core/trials/conclude-trial'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { type Bench, openBench, servers } from './bench'

describe.each(servers)('$name', (server) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench(server)
  })
  afterAll(() => bench?.close())

  test('a device that enrols enters the inventory and tells its state when it is asked', async () => {
    const { lab, listener, deviceOf, enrolled, asked, liveUntil, knowsUpdates } = bench
    const client = deviceOf('B-09', 1)
    const deviceId = await enrolled(client)
    await asked(deviceId)
    await liveUntil(client, () => knowsUpdates(deviceId))
    const state = await currentState(lab.db, deviceId)
    expect(state.osVersion).toMatchObject({
      value: '12.0.1',
      source: server.simulated ? 'simulated' : 'mdm',
    })
    expect(state.passcodePresent).toMatchObject({ value: true })
    expect(state.availableUpdates?.value).toMatchObject([{ productKey: 'iOSUpdate16B92' }])
    expect(listener.errors).toEqual([])
  })

  test('a whole trial: each command reaches the device once, and the outcome comes from its build', async () => {
    const { lab, deviceOf, enrolled, asked, armed, release, liveUntil } = bench
    const client = deviceOf('B-01', 2)
    const deviceId = await enrolled(client)
    await asked(deviceId)
    await liveUntil(client, () => bench.knowsUpdates(deviceId))
    const trialId = await armed(deviceId, client.device().serial)
    const first = await release(client, trialId, 1)
    await liveUntil(client, () => bench.isAnswered(deviceId, first))
    await liveUntil(client, async () => client.device().update?.phase === 'downloaded')
    await liveUntil(client, () => bench.isQualified(trialId, 2))
    const second = await release(client, trialId, 2)
    await liveUntil(client, () => bench.isAnswered(deviceId, second))
    await liveUntil(client, async () => (await bench.seenBuild(trialId)) === '16B92')
    expect(client.device().deliveries).toMatchObject({ [first]: 1, [second]: 1 })
    const trial = await findTrial(lab.db, trialId)
    expect(trial?.simulated).toBe(server.simulated)
    const proposal = trial && (await proposeForTrial(lab.db, trial, new Date()))
    expect(proposal?.outcome).toBe('installedAsExpected')
    const conclusion = { trialId, outcome: 'installedAsExpected', reason: '' } as const
    expect(await concludeTrial(lab.db, engineer, conclusion, new Date())).toMatchObject({
      overruled: false,
    })
  })
})
