import { describe, expect, test } from 'vitest'
import { obstacleToFault } from './fault-obstacles'
import type { FaultId } from './faults'
import { acceptedAmount, faultIds, faults, readFaultValue } from './faults'
import type { StorageKind } from './nanomdm-store'
import type { PushHabit } from './server-habits'
import { commandPlist, deviceTagged, handheld, labOnBench, minute, updateOf } from './testing'

const begin = updateOf('Default')
const install = updateOf('InstallASAP')
const failure = (word: string) => ({
  Status: 'Acknowledged',
  UpdateResults: [{ InstallAction: 'Error', Status: word }],
})
const installing = {
  Status: 'Acknowledged',
  UpdateResults: [{ InstallAction: 'InstallASAP', Status: 'Installing' }],
}

/** A device with its update downloaded, and then the fault. */
const downloaded = (labTag: string, fault: FaultId) => {
  const bench = handheld(deviceTagged(labTag))
  bench.send('ScheduleOSUpdate', begin)
  bench.wait()
  expect(bench.fault(fault, 1)).toBeUndefined()
  return bench
}

describe('of the device', () => {
  test.each<[FaultId, string]>([
    ['lowPower', 'DownloadInsufficientPower'],
    ['lowSpace', 'DownloadInsufficientSpace'],
    ['noNetwork', 'DownloadInsufficientNetwork'],
  ])('%s keeps the download away with %s, and turned off it is as it was', (fault, word) => {
    const bench = handheld(deviceTagged('B-01'))
    bench.fault(fault, 1)
    expect(bench.send('ScheduleOSUpdate', begin)).toMatchObject(failure(word))
    expect(bench.device().update).toBeUndefined()
    bench.fault(fault, 0)
    expect({ ...bench.device(), deliveries: {} }).toEqual(deviceTagged('B-01'))
    expect(bench.send('ScheduleOSUpdate', begin)).toMatchObject({
      UpdateResults: [{ Status: 'Downloading' }],
    })
  })

  test.each<[FaultId, string]>([
    ['lowPower', 'InstallInsufficientPower'],
    ['lowSpace', 'InstallInsufficientSpace'],
    ['phoneCall', 'InstallPhoneCallInProgress'],
  ])('%s keeps the install away with %s', (fault, word) => {
    const bench = downloaded('B-01', fault)
    expect(bench.send('ScheduleOSUpdate', install)).toMatchObject(failure(word))
    expect(bench.device().update?.phase).toBe('downloaded')
    bench.fault(fault, 0)
    expect(bench.send('ScheduleOSUpdate', install)).toMatchObject(installing)
  })

  test('low power and low space are what the device reports, too', () => {
    const bench = handheld(deviceTagged('B-10'))
    bench.fault('lowPower', 1)
    bench.fault('lowSpace', 1)
    const Queries = ['BatteryLevel', 'AvailableDeviceCapacity', 'DeviceCapacity']
    expect(bench.send('DeviceInformation', { Queries })?.QueryResponses).toEqual({
      BatteryLevel: 0.05,
      AvailableDeviceCapacity: 0.1,
      DeviceCapacity: 128,
    })
  })

  test('a call keeps what was for tonight from its night', () => {
    const bench = handheld(deviceTagged('B-09'))
    bench.send('ScheduleOSUpdate', begin)
    bench.wait()
    bench.send('ScheduleOSUpdate', install)
    bench.act('chooseTonight')
    bench.fault('phoneCall', 1)
    bench.passMs(20 * 60 * minute)
    expect(bench.device()).toMatchObject({ osVersion: '12.0.1', update: { phase: 'tonight' } })
  })

  test('NotNow comes as often as was said, and never to DeviceInformation', () => {
    const bench = handheld(deviceTagged('B-01'))
    bench.fault('notNow', 2)
    const ask = { Queries: ['OSVersion'] }
    expect(bench.send('DeviceInformation', ask)?.Status).toBe('Acknowledged')
    expect(bench.send('OSUpdateStatus')).toEqual({ Status: 'NotNow' })
    expect(bench.send('ScheduleOSUpdate', begin)).toEqual({ Status: 'NotNow' })
    expect(bench.device()).toMatchObject({ faults: {} })
    expect(bench.device().update).toBeUndefined()
    expect(bench.send('ScheduleOSUpdate', begin)?.Status).toBe('Acknowledged')
  })

  test('a declaration wins: error 103, nothing starts, and OSUpdateStatus tells nothing', () => {
    const bench = handheld(deviceTagged('B-10'))
    bench.fault('declarationActive', 1)
    expect(bench.send('ScheduleOSUpdate', begin)).toMatchObject({
      Status: 'Error',
      ErrorChain: [{ ErrorDomain: 'com.apple.softwareupdateservices.errors', ErrorCode: 103 }],
    })
    expect(bench.device().update).toBeUndefined()
    expect(bench.send('OSUpdateStatus')?.OSUpdateStatus).toEqual([])
  })

  test('nothing happens although it is acknowledged', () => {
    const bench = handheld(deviceTagged('B-01'))
    bench.fault('nothingHappens', 1)
    expect(bench.send('ScheduleOSUpdate', begin)).toMatchObject({
      UpdateResults: [{ Status: 'Downloading' }],
    })
    expect(bench.device().update).toBeUndefined()
    expect(bench.device().osBuild).toBe(deviceTagged('B-01').osBuild)
  })

  test('the prompt that is never shown, and the install that never asks', () => {
    const silent = downloaded('B-09', 'promptNeverShown')
    expect(silent.send('ScheduleOSUpdate', install)).toMatchObject(installing)
    expect(silent.device()).toMatchObject({ promptsShown: 0, update: { phase: 'downloaded' } })
    const rash = downloaded('B-09', 'installsWithoutPrompt')
    expect(rash.send('ScheduleOSUpdate', install)).toMatchObject(installing)
    expect(rash.device()).toMatchObject({ promptsShown: 0, update: { phase: 'installing' } })
  })

  test.each<[string, FaultId, string | undefined]>([
    ['B-12', 'lowPower', 'Apple TV has no battery'],
    ['B-10', 'phoneCall', 'Only an iPhone has phone calls'],
    ['B-01', 'phoneCall', undefined],
    ['B-09', 'declarationActive', 'iOS has no software-update declaration before 17'],
    ['B-10', 'declarationActive', undefined],
    ['B-12', 'declarationActive', undefined],
    ['B-01', 'promptNeverShown', 'Without a passcode nothing is asked'],
    ['B-01', 'installsWithoutPrompt', 'Without a passcode nothing is asked anyway'],
  ])('%s and %s: %s', (labTag, fault, reason) => {
    const bench = handheld(deviceTagged(labTag))
    expect(obstacleToFault(bench.device(), fault)).toBe(reason)
    expect(bench.fault(fault, 1)).toBe(reason)
    expect(bench.device().faults).toEqual(reason === undefined ? { [fault]: 1 } : {})
    expect(bench.fault(fault, 0)).toBeUndefined()
  })
})

/** A lab whose B-01 has the fault, and what its webhook was told since. */
const lab = (fault: FaultId, amount = 1) => {
  const bench = labOnBench()
  const id = bench.idOf('B-01')
  bench.lab.setFault(id, fault, amount)
  bench.events.length = 0
  const send = (commandUuid: string, requestType: string, rest = {}) => {
    const raw = commandPlist(commandUuid, requestType, rest)
    bench.lab.enqueue([id], { commandUuid, requestType, raw })
    bench.lab.act(id, 'poll', undefined)
  }
  const mine = () => bench.events.filter(({ enrollmentId }) => enrollmentId === id)
  const received = () =>
    mine().map((event) =>
      event.topic === 'mdm.Connect'
        ? `${event.status}${event.commandUuid ? ` ${event.commandUuid}` : ''}`
        : event.topic,
    )
  const device = () => bench.deviceOf('B-01')
  return { ...bench, id, send, mine, received, device }
}

describe('of the reply', () => {
  test('late: it acts at once, is silent, and delivers then; the command reached it once', () => {
    const { send, received, passMs, device } = lab('replyLate', 30)
    send('a', 'ScheduleOSUpdate', begin)
    expect(device().update?.phase).toBe('downloading')
    passMs(29 * minute)
    expect(received()).toEqual(['Idle'])
    passMs(minute)
    expect(received().slice(0, 2)).toEqual(['Idle', 'Acknowledged a'])
    expect(device().deliveries).toEqual({ a: 1 })
  })

  test('late, and offline when it is due: it comes once the device is back', () => {
    const { send, received, passMs, lab: running, id } = lab('replyLate', 5)
    send('a', 'SecurityInfo')
    running.act(id, 'goOffline', undefined)
    passMs(20 * minute)
    expect(received()).toEqual(['Idle'])
    running.act(id, 'goOnline', undefined)
    passMs(minute)
    expect(received().slice(1, 2)).toEqual(['Acknowledged a'])
  })

  test('late, and enrolled anew before it is due: it never comes', () => {
    const { send, received, passMs, lab: running, id } = lab('replyLate', 5)
    send('a', 'SecurityInfo')
    running.act(id, 'reenrol', undefined)
    passMs(20 * minute)
    expect(received()).not.toContain('Acknowledged a')
  })

  test('a kept lab still owes its late reply', () => {
    const { send, saved } = lab('replyLate', 5)
    send('a', 'SecurityInfo')
    const again = labOnBench(JSON.parse(saved.at(-1) ?? ''))
    again.passMs(5 * minute)
    const replies = again.events.filter((event) => 'commandUuid' in event)
    expect(replies).toMatchObject([{ status: 'Acknowledged', commandUuid: 'a' }])
  })

  test('twice: two events with one payload, one delivery', () => {
    const { send, received, mine, device } = lab('replyTwice')
    send('a', 'SecurityInfo')
    expect(received()).toEqual(['Idle', 'Acknowledged a', 'Acknowledged a'])
    expect(mine()[1]).toEqual(mine()[2])
    expect(device().deliveries).toEqual({ a: 1 })
  })

  test.each<[StorageKind, string[]]>([
    ['pgsql', ['Acknowledged a', 'Acknowledged a', 'Acknowledged b', 'Acknowledged b']],
    ['filekv', ['Acknowledged a', 'Acknowledged a']],
  ])('twice on %s: of two commands that waited these are answered: %j', (storage, answers) => {
    const { lab: running, id, received, passMs, device } = lab('replyTwice')
    running.setServer({ storage })
    for (const commandUuid of ['a', 'b']) {
      const raw = commandPlist(commandUuid, 'SecurityInfo')
      running.enqueue([id], { commandUuid, requestType: 'SecurityInfo', raw })
    }
    passMs(10 * minute)
    expect(received().filter((word) => word.startsWith('Ack'))).toEqual(answers)
    expect(device().deliveries).toEqual(storage === 'pgsql' ? { a: 1, b: 1 } : { a: 1 })
  })

  test('without UpdateResults, acknowledged', () => {
    const bench = handheld(deviceTagged('B-01'))
    bench.fault('noUpdateResults', 1)
    expect(bench.send('ScheduleOSUpdate', begin)).toEqual({ Status: 'Acknowledged' })
    expect(bench.device().update?.phase).toBe('downloading')
  })

  test('never: it acts, other questions are answered, and every poll brings the command again', () => {
    const { send, received, device, lab: running, id } = lab('neverReports')
    send('q', 'SecurityInfo')
    send('a', 'ScheduleOSUpdate', begin)
    running.act(id, 'poll', undefined)
    expect(received()).toEqual(['Idle', 'Acknowledged q', 'Idle', 'Idle'])
    expect(device()).toMatchObject({ deliveries: { a: 2 }, update: { phase: 'downloading' } })
  })
})

describe('of the webhook', () => {
  test('a lost reply is not told, and the server counts the command as done', () => {
    const { send, received, lab: running, id, device } = lab('replyLost')
    send('a', 'SecurityInfo')
    running.act(id, 'poll', undefined)
    expect(received()).toEqual(['Idle', 'Idle'])
    expect(device().deliveries).toEqual({ a: 1 })
  })

  test.each<[FaultId, number, object[]]>([
    ['webhookTwice', 1, [{ twice: true }, { twice: true }]],
    ['webhookLate', 1, [{ overtaken: true }, {}]],
    ['clockSkew', -90, [{ skewMs: -90 * minute }, { skewMs: -90 * minute }]],
  ])('%s marks what its events suffer', (fault, amount, habits) => {
    const { send, mine } = lab(fault, amount)
    send('a', 'SecurityInfo')
    expect(mine().map(({ habit }) => habit ?? {})).toEqual(habits)
  })

  test('the skew of the server and of the device add up', () => {
    const { send, mine, lab: running } = lab('clockSkew', 10)
    running.setServer({ clockSkewMinutes: -30 })
    send('a', 'SecurityInfo')
    expect(mine()[0]?.habit).toEqual({ skewMs: -20 * minute })
  })
})

test('every fault is described once, and what no source tells says so', () => {
  expect(faults.map(({ id }) => id)).toEqual([...faultIds])
  for (const { what, cites, title } of faults) {
    expect(title).not.toBe('')
    for (const { url } of cites) expect(url).toMatch(/^https:\/\//)
    expect(what.length).toBeLessThan(110)
  }
})

test.each<[FaultId, unknown, number | undefined]>([
  ['lowPower', true, 1],
  ['lowPower', false, 0],
  ['lowPower', 5, undefined],
  ['replyLate', 30, 30],
  ['replyLate', 0, 0],
  ['replyLate', true, undefined],
  ['replyLate', 0.5, undefined],
  ['replyLate', 4321, undefined],
  ['clockSkew', -4320, -4320],
  ['clockSkew', '5', undefined],
  ['notNow', 101, undefined],
])('%s takes %j as %s', (fault, value, amount) => {
  expect(readFaultValue(fault, value)).toBe(amount)
  expect(acceptedAmount(fault)).not.toBe('')
})

test('after the restart it caused, a command that comes again has no UpdateResults', () => {
  const bench = handheld(deviceTagged('B-01'))
  bench.send('ScheduleOSUpdate', begin)
  bench.wait()
  const raw = () => bench.sendRaw('ScheduleOSUpdate', begin)
  expect(raw()).toContain('UpdateResults')
  bench.wait()
  bench.wait()
  expect(bench.device().osVersion).toBe('12.1')
  expect(raw()).toContain('Acknowledged')
  expect(raw()).not.toContain('UpdateResults')
  expect(bench.device().deliveries.raw).toBe(3)
})

test.each<[PushHabit, boolean]>([
  ['ok', true],
  ['noCertificate', false],
  ['unreachable', false],
  ['unregistered', false],
])('with pushes that are %s a device comes at once: %s', (push, comes) => {
  const { lab: running, id, passMs, device } = lab('clockSkew', 1)
  running.setServer({ push })
  passMs(2 * minute)
  const pollsAt = running.state().pollsAt[id] ?? 0
  const raw = commandPlist('a', 'SecurityInfo')
  running.enqueue([id], { commandUuid: 'a', requestType: 'SecurityInfo', raw })
  running.push(id)
  expect(running.state().pollsAt[id]).toBe(comes ? Math.min(pollsAt, 2 * minute + 500) : pollsAt)
  passMs(2 * minute)
  expect(device().deliveries).toEqual({ a: 1 })
})
