import { expect, test } from 'vitest'
import { createLanes } from './send-lanes'

/** Tasks that end on request, and a log of what has begun and ended. */
function stage() {
  const log: string[] = []
  const ends = new Map<string, () => void>()
  const task = (name: string) => async () => {
    log.push(`${name} begins`)
    await new Promise<void>((resolve) => ends.set(name, resolve))
    log.push(`${name} ends`)
  }
  const end = async (name: string) => {
    ends.get(name)?.()
    // Two ticks: one for the task, one for the lane.
    for (let turn = 0; turn < 4; turn += 1) await Promise.resolve()
  }
  return { log, task, end }
}
const report = (error: unknown) => {
  throw error
}

test('a slow task delays no other lane, and a lane runs one task at a time', async () => {
  const { log, task, end } = stage()
  const lanes = createLanes({ report })
  for (const name of ['slow 1', 'slow 2']) lanes.add('slow', task(name))
  for (const name of ['quick 1', 'quick 2']) lanes.add('quick', task(name))
  expect(log).toEqual(['slow 1 begins', 'quick 1 begins'])
  await end('quick 1')
  await end('quick 2')
  expect(log.slice(2)).toEqual(['quick 1 ends', 'quick 2 begins', 'quick 2 ends'])
  expect([lanes.isBusy('slow'), lanes.isBusy('quick')]).toEqual([true, false])
})

test('no more than the given number of lanes run at once, and each gets its turn', async () => {
  const { log, task, end } = stage()
  const lanes = createLanes({ report, maxRunning: 1 })
  for (const name of ['a 1', 'a 2']) lanes.add('a', task(name))
  lanes.add('b', task('b 1'))
  await end('a 1')
  expect(log.at(-1)).toBe('b 1 begins')
  await end('b 1')
  expect(log.at(-1)).toBe('a 2 begins')
})

test('a lane that is full takes nothing more', () => {
  const { task } = stage()
  const lanes = createLanes({ report, maxDepth: 2 })
  const taken = ['runs', 'waits', 'waits too', 'one too many'].map((name) =>
    lanes.add('a', task(name)),
  )
  expect(taken).toEqual([true, true, true, false])
})

test('a task that fails is reported and the next one runs', async () => {
  const wrongs: unknown[] = []
  const lanes = createLanes({ report: (error) => wrongs.push(error) })
  const { log, task, end } = stage()
  lanes.add('a', () => Promise.reject(new Error('no client')))
  lanes.add('a', task('next'))
  await expect.poll(() => log).toEqual(['next begins'])
  await end('next')
  await lanes.idle()
  expect(wrongs).toEqual([new Error('no client')])
})

test('running tasks are waited for, and waiting ones are dropped', async () => {
  const { log, task, end } = stage()
  const lanes = createLanes({ report })
  lanes.add('a', task('runs'))
  lanes.add('a', task('waits'))
  lanes.drop()
  let idle = false
  const waiting = lanes.idle().then(() => {
    idle = true
  })
  expect(idle).toBe(false)
  await end('runs')
  await waiting
  expect(log).toEqual(['runs begins', 'runs ends'])
})
