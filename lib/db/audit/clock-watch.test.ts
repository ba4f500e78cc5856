import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../testing'
import { createClockWatch } from './clock-watch'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const start = Date.parse('2026-03-02T09:00:00Z')
const entries = (machine: string) => lab.sql`select by_name, new from audit_log
  where kind = 'clockStepped' and new ->> 'machine' = ${machine} order by seq`

/** Two clocks that are moved by hand, and the processes of one machine that look at them. */
function bench(machine: string) {
  const clocks = { wallMs: start, steadyMs: 0 }
  const errors: unknown[] = []
  const report = (error: unknown) => errors.push(error)
  const read = () => ({ ...clocks })
  const watch = (process: string) => createClockWatch(lab.db, { process, machine, read, report })
  return {
    ...{ clocks, errors, watches: [watch('web'), watch('worker')] },
    pass: (ms: number, stepMs = 0) => {
      clocks.steadyMs += ms
      clocks.wallMs += ms + stepMs
    },
  }
}

test('R7: a clock that is set is one entry, however many processes see it', async () => {
  const { watches, pass, errors } = bench('one')
  pass(5_000, -60_000)
  await Promise.all(watches.map((watch) => watch.look()))
  pass(5_000)
  await Promise.all(watches.map((watch) => watch.look()))
  expect(await entries('one')).toMatchObject([
    {
      by_name: 'Oneway',
      new: {
        stepMs: -60_000,
        from: '2026-03-02T09:00:05.000Z',
        to: '2026-03-02T08:59:05.000Z',
      },
    },
  ])
  expect(errors).toEqual([])
})

test('each step is an entry of its own, and so is that of another machine', async () => {
  const [{ watches, pass }, other] = [bench('two'), bench('three')]
  pass(5_000, 10_000)
  for (const watch of watches) await watch.look()
  pass(60_000, 10_000)
  for (const watch of watches) await watch.look()
  other.pass(5_000, 10_000)
  for (const watch of other.watches) await watch.look()
  expect(await entries('two')).toHaveLength(2)
  expect(await entries('three')).toHaveLength(1)
})

test('a clock that runs a little fast, and a process that slept, are none', async () => {
  const { watches, pass } = bench('four')
  pass(5_000, 2_000)
  for (const watch of watches) await watch.look()
  pass(3_600_000)
  for (const watch of watches) await watch.look()
  expect(await entries('four')).toHaveLength(0)
})
