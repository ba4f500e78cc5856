import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { statusReportName } from '@/lib/domain/reading/reading'
import { timeGroupsByVersion } from '@/lib/domain/statistics/time-groups'
import type { TimedEvent } from '@/lib/domain/statistics/time-to-event'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import { typeReadings } from '../devices/type-readings'
import { exportCurves, exportSurvival } from '../record/export-charts'
import { observe } from '../record/observe'
import { engineer, later, must, now } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { timeEvents } from './time-events'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** The first command is sent at 121 s; minutes count from there. */
const minute = (minutes: number) => later(121 + 60 * minutes)
const real = { environment: 'real', filter: {} } as const

async function timeOf(event: TimedEvent, trialId: string) {
  const { timed, unknown } = await timeEvents(lab.db, engineer, { ...real, event })
  return unknown.some(({ id }) => id === trialId)
    ? 'unknown'
    : timed.find(({ id }) => id === trialId)
}

async function osRead(deviceId: string, minutes: number, osVersion: string, osBuild: string) {
  const at = minute(minutes)
  must(
    await typeReadings(lab.db, engineer, { deviceId, texts: { osVersion, osBuild } }, at),
    'typed',
  )
}

async function seen(trialId: string, minutes: number, kind: ObservationKind) {
  const at = minute(minutes)
  const input = { trialId, kind, text: '', observedAt: at, nonce: randomUUID() }
  must(await observe(lab.db, engineer, input, at), 'logged')
}

test('an install lies between the last reading of the old OS and the first of another', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  expect(await timeOf('installed', trialId)).toBe('unknown')
  await osRead(device.id, 10, '12.0.1', '16A404')
  expect(await timeOf('installed', trialId)).toMatchObject({ time: 10, happened: false })
  await osRead(device.id, 25, '12.1', '16B92')
  await osRead(device.id, 40, '12.1', '16B92')
  expect(await timeOf('installed', trialId)).toMatchObject({
    ...{ time: 25, notBefore: 10, happened: true },
    evidence: 'OS entered by a person',
  })
  // What runs was downloaded; that the old OS ran at 10 min says nothing about the download.
  expect(await timeOf('downloaded', trialId)).toMatchObject({ time: 25, notBefore: 0 })
})

test('what a status report claims of the OS is no bound of an install', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  const claim = (minutes: number) => ({
    ...{ source: 'mdm' as const, askedAt: null, byName: statusReportName },
    answeredAt: minute(minutes),
  })
  const says = (minutes: number, osVersion: string, osBuild: string) =>
    transact(lab.db, engineer, (tx) =>
      insertReadings(tx, device.id, [
        { ...claim(minutes), field: 'osVersion', value: osVersion },
        { ...claim(minutes), field: 'osBuild', value: osBuild },
      ]),
    )
  await osRead(device.id, 10, '12.0.1', '16A404')
  await says(20, '12.0.1', '16A404')
  await says(22, '12.1', '16B92')
  expect(await timeOf('installed', trialId)).toMatchObject({ time: 10, happened: false })
  await osRead(device.id, 25, '12.1', '16B92')
  expect(await timeOf('installed', trialId)).toMatchObject({ time: 25, notBefore: 10 })
})

test('a prompt is seen by a person, and without anybody looking nothing is known', async () => {
  const { trialId } = await sentTrial(lab.db)
  expect(await timeOf('prompted', trialId)).toBe('unknown')
  await seen(trialId, 3, 'nothing')
  expect(await timeOf('prompted', trialId)).toMatchObject({ time: 3, happened: false })
  await seen(trialId, 8, 'promptShown')
  expect(await timeOf('prompted', trialId)).toMatchObject({
    ...{ time: 8, notBefore: 3, happened: true, evidence: 'observation' },
  })
  expect(await timeOf('downloaded', trialId)).toBe('unknown')
})

test('the file has each sent trial with its bounds, and an empty time where nothing is known', async () => {
  const query = { ...real, bom: false, event: 'prompted' } as const
  const { body, fileName } = must(await exportSurvival(lab.db, engineer, query, now), 'ready')
  const rows = body.trim().split('\r\n')
  expect(fileName).toMatch(/^oneway-survival-/)
  expect(rows[0]).toBe(
    'trial_id,start_os,event,happened,minutes,not_before,evidence,mechanism,environment',
  )
  expect(
    rows.some((row) => row.endsWith(',12.0.1,prompted,true,8,3,observation,command,real')),
  ).toBe(true)
  expect(rows.some((row) => row.endsWith(',12.0.1,prompted,,,,,command,real'))).toBe(true)
})

test('the file of the curves has the steps of each group of three, and none of a smaller one', async () => {
  const soon = minute(60)
  for (const minutes of [4, 6, 9]) {
    const { trialId } = await sentTrial(lab.db)
    await seen(trialId, 1, 'nothing')
    await seen(trialId, minutes, 'promptShown')
  }
  const query = { ...real, bom: false, event: 'prompted', view: {} } as const
  const { body } = must(await exportCurves(lab.db, engineer, query, soon), 'ready')
  const [head, ...rows] = body
    .trim()
    .split('\r\n')
    .map((row) => row.split(','))
  expect(head?.slice(0, 8).join()).toBe(
    'group_by,group,event,minutes,at_risk,events,censored,share_without',
  )
  const survival = timeGroupsByVersion(
    await timeEvents(lab.db, engineer, { ...real, event: 'prompted' }),
  )
  const steps = survival.flatMap(({ name, curve }) =>
    (curve?.steps ?? []).map(({ time, atRisk }) => [name, String(time), String(atRisk)]),
  )
  expect(steps.length).toBeGreaterThanOrEqual(3)
  expect(rows.map((row) => [row[1], row[3], row[4]])).toEqual(steps)
  const view = { by: 'version', first: '12.0.1', second: '11.4' } as const
  const two = must(await exportCurves(lab.db, engineer, { ...query, view }, soon), 'ready')
  const groups = two.body.trim().split('\r\n').slice(1)
  expect(new Set(groups.map((row) => row.split(',')[1]))).toEqual(new Set(['12.0.1']))
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  const query = { ...real, bom: false, event: 'installed' } as const
  expect(await exportSurvival(lab.db, nobody, query, now)).toMatchObject({ status: 'refused' })
})
