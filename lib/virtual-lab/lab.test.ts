import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshState, loadState, saveState } from './lab-state'
import { listQueue } from './nanomdm-store'
import { commandPlist, labOnBench, minute, updateOf } from './testing'
import type { LabEvent } from './webhook'
import { readPlist } from './wire'

const bench = () => {
  const made = labOnBench()
  made.events.length = 0
  const enqueue = (labTag: string, commandUuid: string, requestType: string, rest = {}) =>
    made.lab.enqueue([made.idOf(labTag)], {
      commandUuid,
      requestType,
      raw: commandPlist(commandUuid, requestType, rest),
    })
  const poll = (labTag: string) => made.lab.act(made.idOf(labTag), 'poll', undefined)
  /** What one device sent, as one word each. */
  const received = (labTag: string) =>
    made.events
      .filter(({ enrollmentId }) => enrollmentId === made.idOf(labTag))
      .map((event) =>
        event.topic === 'mdm.Connect'
          ? `${event.status}${event.commandUuid ? ` ${event.commandUuid}` : ''}`
          : event.topic,
      )
  const queued = (labTag: string) =>
    listQueue(made.lab.state().store, made.idOf(labTag)).map(({ commandUuid }) => commandUuid)
  return { ...made, enqueue, poll, received, queued }
}

test('all twelve enrol once in the life of a lab', () => {
  const { events, saved, lab } = labOnBench()
  expect(events.map(({ topic }) => topic)).toEqual(
    Array.from({ length: 12 }, () => ['mdm.Authenticate', 'mdm.TokenUpdate']).flat(),
  )
  expect(readPlist(Buffer.from(events[0]?.payload ?? ''))).toMatchObject({
    MessageType: 'Authenticate',
    OSVersion: '10.3.3',
    BuildVersion: '14G60',
    ProductName: 'iPhone8,1',
  })
  lab.enrolOnce()
  expect(events).toHaveLength(24)
  const again = labOnBench(JSON.parse(saved.at(-1) ?? ''))
  expect(again.events).toEqual([])
})

test('a session takes one command after the other, first in first out', () => {
  const { enqueue, poll, received, queued } = bench()
  enqueue('B-01', 'a', 'SecurityInfo')
  enqueue('B-01', 'b', 'OSUpdateStatus')
  poll('B-01')
  expect(received('B-01')).toEqual(['Idle', 'Acknowledged a', 'Acknowledged b'])
  expect(queued('B-01')).toEqual([])
})

test('an answer names its command and its device, and the webhook the same status', () => {
  const { enqueue, poll, events, idOf } = bench()
  enqueue('B-01', 'a', 'DeviceInformation', { Queries: ['OSVersion'] })
  poll('B-01')
  expect(readPlist(Buffer.from(events.at(-1)?.payload ?? ''))).toEqual({
    CommandUUID: 'a',
    UDID: idOf('B-01'),
    Status: 'Acknowledged',
    QueryResponses: { OSVersion: '10.3.3' },
  })
})

test('a NotNow stays queued, lets the others pass, and is delivered again', () => {
  const { enqueue, poll, received, queued, lab, idOf, deviceOf } = bench()
  lab.act(idOf('B-03'), 'lock', undefined)
  enqueue('B-03', 'a', 'OSUpdateStatus')
  enqueue('B-03', 'b', 'DeviceInformation', { Queries: ['UDID'] })
  poll('B-03')
  // In the same session again, after another command was acknowledged.
  expect(received('B-03')).toEqual(['Idle', 'NotNow a', 'Acknowledged b', 'NotNow a'])
  expect(queued('B-03')).toEqual(['a'])
  lab.act(idOf('B-03'), 'unlock', undefined)
  expect(received('B-03').slice(4)).toEqual(['Idle', 'Acknowledged a'])
  expect(deviceOf('B-03').deliveries).toEqual({ a: 3, b: 1 })
})

test('a command that is not answered is delivered again at every poll', () => {
  const { enqueue, poll, received, queued, deviceOf } = bench()
  enqueue('B-06', 'a', 'ScheduleOSUpdate', updateOf('Default', { ProductKey: 'iOSUpdate15E302' }))
  poll('B-06')
  poll('B-06')
  expect(received('B-06')).toEqual(['Idle', 'Idle'])
  expect(queued('B-06')).toEqual(['a'])
  expect(deviceOf('B-06').deliveries).toEqual({ a: 2 })
})

test('without a push the device comes by its own poll within a minute, with one at once', () => {
  const { enqueue, received, lab, passMs, idOf } = bench()
  enqueue('B-01', 'a', 'SecurityInfo')
  passMs(minute)
  expect(received('B-01')).toEqual(['Idle', 'Acknowledged a'])
  enqueue('B-01', 'b', 'SecurityInfo')
  lab.push(idOf('B-01'))
  passMs(1_000)
  expect(received('B-01').slice(2)).toEqual(['Idle', 'Acknowledged b'])
})

test('an offline device hears nothing until it is back', () => {
  const { enqueue, received, lab, passMs, idOf } = bench()
  lab.act(idOf('B-01'), 'goOffline', undefined)
  enqueue('B-01', 'a', 'SecurityInfo')
  lab.push(idOf('B-01'))
  passMs(30 * minute)
  expect(received('B-01')).toEqual([])
  lab.act(idOf('B-01'), 'goOnline', undefined)
  expect(received('B-01')).toEqual(['Idle', 'Acknowledged a'])
})

test('the two commands of a trip change the device for good, and it reports back by itself', () => {
  const { enqueue, passMs, received, deviceOf } = bench()
  enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(20 * minute)
  expect(deviceOf('B-01').update?.phase).toBe('downloaded')
  enqueue('B-01', 'b', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(30 * minute)
  expect(deviceOf('B-01')).toMatchObject({ osVersion: '12.1', osBuild: '16B92' })
  const afterwards = received('B-01').slice(received('B-01').indexOf('Acknowledged b') + 1)
  const back = afterwards.indexOf('mdm.TokenUpdate')
  expect(back).toBeGreaterThanOrEqual(0)
  expect(afterwards[back + 1]).toBe('Idle')
})

test('while it restarts into its update a device is silent', () => {
  const { enqueue, poll, passMs, received, deviceOf } = bench()
  enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(20 * minute)
  enqueue('B-01', 'b', 'ScheduleOSUpdate', updateOf('Default'))
  poll('B-01')
  while (deviceOf('B-01').update?.phase !== 'dark') passMs(1_000)
  const before = received('B-01').length
  enqueue('B-01', 'c', 'OSUpdateStatus')
  passMs(5 * minute)
  expect(received('B-01')).toHaveLength(before)
})

test('a device that updated while offline sends its TokenUpdate when it is back', () => {
  const { enqueue, poll, passMs, received, lab, idOf, deviceOf } = bench()
  enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(20 * minute)
  enqueue('B-01', 'b', 'ScheduleOSUpdate', updateOf('Default'))
  poll('B-01')
  lab.act(idOf('B-01'), 'goOffline', undefined)
  passMs(60 * minute)
  expect(deviceOf('B-01').osVersion).toBe('12.1')
  expect(received('B-01')).not.toContain('mdm.TokenUpdate')
  lab.act(idOf('B-01'), 'goOnline', undefined)
  expect(received('B-01').slice(-2)).toEqual(['mdm.TokenUpdate', 'Idle'])
})

test('a re-enrolment empties the queue, and the UUID stays taken', () => {
  const { enqueue, queued, received, lab, idOf, events } = bench()
  enqueue('B-01', 'a', 'SecurityInfo')
  lab.act(idOf('B-01'), 'reenrol', undefined)
  expect(queued('B-01')).toEqual([])
  expect(received('B-01')).toEqual(['mdm.Authenticate', 'mdm.TokenUpdate', 'Idle'])
  expect(events[1]).toMatchObject({ tally: 1 })
  expect(enqueue('B-01', 'a', 'SecurityInfo')).toContain('commands_pkey')
})

test('a reset is the first day again: devices, queues and enrolment', () => {
  const { enqueue, passMs, lab, deviceOf, events, queued } = bench()
  enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(20 * minute)
  enqueue('B-01', 'b', 'SecurityInfo')
  events.length = 0
  lab.reset()
  expect(deviceOf('B-01')).toMatchObject({ osBuild: '14G60', deliveries: {} })
  expect(deviceOf('B-01').update).toBeUndefined()
  expect(queued('B-01')).toEqual([])
  expect(events).toHaveLength(24)
  expect(enqueue('B-01', 'a', 'SecurityInfo')).toBeUndefined()
})

const reported = (event: LabEvent) => JSON.stringify(event)

test('the same seed and the same commands give the same run, event by event', () => {
  const run = () => {
    const { enqueue, passMs, events, lab } = bench()
    enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
    passMs(20 * minute)
    enqueue('B-01', 'b', 'ScheduleOSUpdate', updateOf('Default'))
    passMs(60 * minute)
    return { events: events.map(reported), state: JSON.stringify(lab.state()) }
  }
  expect(run()).toEqual(run())
})

test('a lab cut off in the middle goes on from what it kept as if nothing had been', () => {
  const first = bench()
  first.enqueue('B-01', 'a', 'ScheduleOSUpdate', updateOf('Default'))
  first.poll('B-01')
  first.enqueue('B-01', 'later', 'SecurityInfo')
  const kept = JSON.parse(first.saved.at(-1) ?? '')
  const second = labOnBench(kept)
  expect(second.deviceOf('B-01').update).toEqual(first.deviceOf('B-01').update)
  for (const lab of [first, second]) lab.passMs(20 * minute)
  expect(JSON.stringify(second.lab.state())).toBe(JSON.stringify(first.lab.state()))
  expect(second.events.map(reported)).toContainEqual(expect.stringContaining('"later"'))
})

test('an enqueued command is kept before it is answered for', () => {
  const { enqueue, saved, idOf } = bench()
  const before = saved.length
  enqueue('B-01', 'a', 'SecurityInfo')
  expect(saved).toHaveLength(before + 1)
  expect(listQueue(JSON.parse(saved.at(-1) ?? '').store, idOf('B-01'))).toMatchObject([
    { commandUuid: 'a' },
  ])
})

test('Idle polls are not written down', () => {
  const { saved, events, passMs } = bench()
  const before = saved.length
  passMs(5 * minute)
  expect(events.length).toBeGreaterThan(40)
  expect(saved).toHaveLength(before)
})

test('after a long sleep the missed polls are left out', () => {
  const { received, passMs } = bench()
  passMs(8 * 60 * minute)
  expect(received('B-01').length).toBeLessThan(15)
  passMs(2 * minute)
  expect(received('B-01').length).toBeLessThan(17)
})

test('a lab that runs fast polls once a second of real time and no more', () => {
  const { lab, received, passMs } = bench()
  lab.clock.setSpeed(3_600)
  for (let second = 0; second < 10; second++) passMs(1_000)
  expect(received('B-01').length).toBeLessThanOrEqual(11)
  expect(received('B-01').length).toBeGreaterThanOrEqual(9)
})

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'virtual-lab-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('a state is loaded as it was saved, and nothing else is left in the folder', () => {
  const at = join(folder(), 'not', 'there', 'yet')
  expect(loadState(at)).toBeUndefined()
  const state = freshState('seed')
  saveState(at, state)
  saveState(at, { ...state, at: 5 })
  expect(loadState(at)).toEqual({ ...JSON.parse(JSON.stringify(state)), at: 5 })
  expect(readdirSync(at)).toEqual(['virtual-lab.json'])
})

test('a state written before faults and storages is taken over, with its commands', () => {
  const at = folder()
  const { lab, enqueue, idOf } = bench()
  enqueue('B-01', 'a', 'SecurityInfo')
  const { format: _f, server: _s, reports: _r, script: _p, store, devices, ...old } = lab.state()
  const { kind: _k, ...firstStore } = store
  const bare = Object.entries(devices).map(([id, { faults: _faults, ...device }]) => [id, device])
  const written = { ...old, format: 1, store: firstStore, devices: Object.fromEntries(bare) }
  writeFileSync(join(at, 'virtual-lab.json'), JSON.stringify(written))
  const taken = loadState(at)
  expect(taken).toEqual(JSON.parse(JSON.stringify(lab.state())))
  expect(taken && listQueue(taken.store, idOf('B-01'))).toMatchObject([{ commandUuid: 'a' }])
})

test.each(['', '{"format":1', '{"format":3}', 'null'])(
  'a file that holds %s is never taken for an empty lab',
  (content) => {
    const at = folder()
    writeFileSync(join(at, 'virtual-lab.json'), content)
    expect(() => loadState(at)).toThrow()
  },
)
