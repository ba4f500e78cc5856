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

  test('an enrolled device is in the inventory, and a query reads its state', async () => {
    const { lab, listener, deviceOf, enrol, query, runUntil, hasUpdateReadings } = bench
    const client = deviceOf('B-09', 1)
    const deviceId = await enrol(client)
    await query(deviceId)
    await runUntil(client, () => hasUpdateReadings(deviceId))
    const state = await currentState(lab.db, deviceId)
    expect(state.osVersion).toMatchObject({
      value: '12.0.1',
      source: server.simulated ? 'simulated' : 'mdm',
    })
    expect(state.passcodePresent).toMatchObject({ value: true })
    expect(state.availableUpdates?.value).toMatchObject([{ productKey: 'iOSUpdate16B92' }])
    expect(listener.errors).toEqual([])
  })

  test('in a whole trial each command reaches the device once, and its build decides the outcome', async () => {
    const { lab, deviceOf, enrol, query, createArmedTrial, release, runUntil } = bench
    const client = deviceOf('B-01', 2)
    const deviceId = await enrol(client)
    await query(deviceId)
    await runUntil(client, () => bench.hasUpdateReadings(deviceId))
    const trialId = await createArmedTrial(deviceId, client.device().serial)
    const first = await release(client, trialId, 1)
    await runUntil(client, () => bench.isAnswered(deviceId, first))
    await runUntil(client, async () => client.device().update?.phase === 'downloaded')
    await runUntil(client, () => bench.isQualified(trialId, 2))
    const second = await release(client, trialId, 2)
    await runUntil(client, () => bench.isAnswered(deviceId, second))
    await runUntil(client, async () => (await bench.endBuildOf(trialId)) === '16B92')
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
