import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { addDevice } from '../testing/device'
import { engineer, must, now } from '../testing/people'
import { exportBudget, exportBurnDown, exportProcurement } from './export-plan'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  await addDevice(lab.db, { but: { osVersion: '12.1', osBuild: '16B92' } })
  await addDevice(lab.db, { but: { osVersion: undefined, osBuild: undefined } })
})
afterAll(() => lab.drop())

const query = { environment: 'real', view: {}, bom: false } as const
const linesOf = (file: { body: string }) => file.body.trim().split('\r\n')

test('the budget has every device, and no numbers for one whose OS is not known', async () => {
  const [head, known, unknown, ...more] = linesOf(
    must(await exportBudget(lab.db, engineer, query, now), 'ready'),
  )
  expect(head).toBe(
    'device,platform,model,os_version,baseline,line,low,expected,high,mechanism,environment',
  )
  expect(known).toMatch(/,12\.1,unused,12,\d+,\d+,\d+,either,real$/)
  expect(unknown).toMatch(/,,,,,,,either,real$/)
  expect(more).toEqual([])
})

test('the burn-down begins today and ends on the assumed day', async () => {
  const view = { ends: '2027-01-01', mechanism: 'command' as const }
  const file = must(await exportBurnDown(lab.db, engineer, { ...query, view }, now), 'ready')
  const rows = linesOf(file)
  expect(file.fileName).toMatch(/^oneway-burn-down-\d{4}-\d\d-\d\d\.csv$/)
  expect(rows[0]).toBe('on,low,expected,high,mechanism,environment')
  expect(rows[1]).toMatch(
    new RegExp(`^${now.toISOString().slice(0, 10)},\\d+,\\d+,\\d+,command,real$`),
  )
  expect(rows.at(-1)).toMatch(/^2027-01-01,/)
})

test('devices to buy: the open questions, less what the lab’s own devices cover', async () => {
  const wanted = { ...query, view: { wanted: 3 } }
  const rows = linesOf(must(await exportProcurement(lab.db, engineer, wanted, now), 'ready'))
  expect(rows[0]).toBe(
    'platform,os_version,devices,questions,models,useless_after,cautions,mechanism,environment',
  )
  const one = { ...query, view: { wanted: 1 }, bom: true }
  const covered = must(await exportProcurement(lab.db, engineer, one, now), 'ready')
  expect(covered.body.startsWith('\uFEFFplatform,')).toBe(true)
  expect(rows.length).toBeGreaterThanOrEqual(linesOf(covered).length)
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  for (const make of [exportBudget, exportBurnDown, exportProcurement])
    expect(await make(lab.db, nobody, query, now)).toMatchObject({ status: 'refused' })
})
