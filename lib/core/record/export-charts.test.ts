import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { engineer, must, now } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { exportFlow } from './export-charts'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const real = { environment: 'real', filter: {}, bom: false } as const

test('the file of the flow diagram has each box, and each reason at its exits', async () => {
  await sentTrial(lab.db)
  await armedTrial(lab.db)
  const file = must(await exportFlow(lab.db, engineer, real, now), 'ready')
  expect(file.fileName).toMatch(/^oneway-flow-\d{4}-\d\d-\d\d\.csv$/)
  const rows = file.body.split('\r\n')
  expect(rows[0]).toBe('box,reason,trials,environment')
  expect(rows).toContain('registered,,2,real')
  expect(rows).toContain('notReleased,armed,1,real')
  expect(rows).toContain('notAnalysed,observing,1,real')
})

test('a simulated file says so in its name and in each row', async () => {
  const query = { ...real, environment: 'simulated', bom: true } as const
  const file = must(await exportFlow(lab.db, engineer, query, now), 'ready')
  expect(file.fileName).toContain('SIMULATED')
  expect(file.body.startsWith('\uFEFFbox,')).toBe(true)
  expect(file.body).toContain('drafted,,0,SIMULATED')
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  expect(await exportFlow(lab.db, nobody, real, now)).toMatchObject({ status: 'refused' })
})
