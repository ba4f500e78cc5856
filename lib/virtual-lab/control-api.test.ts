import { expect, test } from 'vitest'
import { answerControl } from './control-api'
import { commandPlist, labOnBench, minute, updateOf } from './testing'

const bench = () => {
  const made = labOnBench()
  const ask = (method: string, path: string, body?: unknown, key = 'key') => {
    const { status, body: text } = answerControl(made.lab, 'key', {
      method,
      path: `/lab/${path}`,
      query: new URLSearchParams(),
      authorization: `Basic ${Buffer.from(`nanomdm:${key}`).toString('base64')}`,
      body: Buffer.from(typeof body === 'string' ? body : (JSON.stringify(body) ?? '')),
    })
    return { status, json: text.startsWith('{') ? JSON.parse(text) : text }
  }
  const act = (labTag: string, body: unknown) =>
    ask('POST', `devices/${made.idOf(labTag)}/actions`, body)
  return { ...made, ask, act }
}

test('the list tells the truth about every device', () => {
  const { ask } = bench()
  const { status, json } = ask('GET', 'devices')
  expect(status).toBe(200)
  expect(json.devices).toHaveLength(12)
  expect(json.clock).toEqual({ speed: 1, at: 0, seed: 'seed' })
  expect(json.devices[2]).toMatchObject({
    labTag: 'B-03',
    batteryLevel: 0.81,
    plugged: true,
    passcode: true,
    promptShowing: false,
    downloaded: false,
    phase: 'none',
    online: true,
    reachable: true,
    deliveries: {},
    queue: [],
    obstacles: { plugIn: 'It is plugged in already' },
  })
})

test('one device tells of its queue, its deliveries, its phase and its quirks', () => {
  const { ask, idOf, lab, passMs } = bench()
  const id = idOf('B-05')
  const enqueue = (commandUuid: string, requestType: string, rest = {}) =>
    lab.enqueue([id], {
      commandUuid,
      requestType,
      raw: commandPlist(commandUuid, requestType, rest),
    })
  enqueue('a', 'ScheduleOSUpdate', updateOf('Default'))
  passMs(minute)
  enqueue('b', 'SecurityInfo')
  const { json } = ask('GET', `devices/${id}`)
  expect(json).toMatchObject({
    phase: 'downloading',
    deliveries: { a: 1 },
    queue: [{ commandUuid: 'b', requestType: 'SecurityInfo', notNow: false }],
  })
  expect(json.downloadedFraction).toBeLessThan(1)
  expect(json.phaseEndsInMs).toBeGreaterThan(0)
  expect(json.quirks.map((quirk: { id: string }) => quirk.id)).toContain('integerIsDownloaded')
})

test('an action changes the device and answers with it', () => {
  const { act, deviceOf } = bench()
  expect(act('B-01', { action: 'setBattery', value: 0.18 })).toMatchObject({
    status: 200,
    json: { batteryLevel: 0.18 },
  })
  expect(act('B-01', { action: 'unplug' })).toMatchObject({ json: { plugged: false } })
  expect(deviceOf('B-01')).toMatchObject({ batteryLevel: 0.18, plugged: false })
})

test.each([
  [{ action: 'setBattery', value: 50 }, 400, 'value', 'a fraction from 0 to 1'],
  [{ action: 'setBattery' }, 400, 'value', 'a fraction from 0 to 1'],
  [{ action: 'plugIn', value: true }, 400, 'value', 'no value'],
  [{ action: 'explode' }, 400, 'action', 'setBattery, plugIn'],
  [{}, 400, 'action', 'setBattery, plugIn'],
  ['nonsense', 400, 'body', 'a JSON object'],
  ['[]', 400, 'body', 'a JSON object'],
  [{ action: 'enterPasscode' }, 409, 'action', 'obstacles'],
] as const)('%o is refused with %d', (body, status, field, accepted) => {
  const { act, deviceOf } = bench()
  const before = deviceOf('B-03')
  const refused = act('B-03', body)
  expect(refused).toMatchObject({ status, json: { field } })
  expect(refused.json.error).not.toBe('')
  expect(refused.json.accepted).toContain(accepted)
  expect(deviceOf('B-03')).toEqual(before)
})

test.each(['nobody', '__proto__', ''])('there is no device %s', (id) => {
  const { ask } = bench()
  expect(ask('GET', `devices/${id || 'x'}`)).toMatchObject({ status: 404, json: { field: 'udid' } })
  expect(ask('POST', `devices/${id || 'x'}/actions`, { action: 'poll' }).status).toBe(404)
})

test('the clock is set while it runs, and only to a speed it can hold', () => {
  const { ask, passMs } = bench()
  expect(ask('POST', 'clock', { speed: 20 })).toMatchObject({ status: 200, json: { speed: 20 } })
  passMs(1_000)
  expect(ask('GET', 'clock').json.at).toBe(20_000)
  for (const speed of [0, -1, 1e9, '20', undefined])
    expect(ask('POST', 'clock', { speed })).toMatchObject({ status: 400, json: { field: 'speed' } })
})

const spare = {
  ...{ labTag: 'S-1', modelName: 'iPad Air', platform: 'iOS', productName: 'iPad4,1' },
  ...{ osVersion: '11.4.1', osBuild: '15G77' },
}

test('a device of a scenario is added, enrols at once, and goes with a reset', () => {
  const { ask, events, passMs, lab } = bench()
  events.length = 0
  const added = ask('POST', 'devices', spare)
  expect(added).toMatchObject({ status: 200, json: { labTag: 'S-1', osVersion: '11.4.1' } })
  const { enrollmentId } = added.json
  expect(events.map((event) => [event.topic, event.enrollmentId])).toEqual([
    ['mdm.Authenticate', enrollmentId],
    ['mdm.TokenUpdate', enrollmentId],
  ])
  const raw = commandPlist('a', 'SecurityInfo')
  lab.enqueue([enrollmentId], { commandUuid: 'a', requestType: 'SecurityInfo', raw })
  passMs(2 * minute)
  expect(ask('GET', `devices/${enrollmentId}`).json.deliveries).toEqual({ a: 1 })
  ask('POST', 'reset')
  expect(ask('GET', `devices/${enrollmentId}`).status).toBe(404)
})

test.each([
  [{ ...spare, osVersion: 'eleven' }, 400, 'osVersion is "eleven"; accepted: a version such as'],
  [{ labTag: 'S-1' }, 400, 'modelName is missing; accepted: a marketing name'],
  [{ ...spare, labTag: 'B-01' }, 409, 'the lab has a device with the labTag B-01'],
])('the device %j is not added: %d', (body, status, error) => {
  const { ask, events } = bench()
  events.length = 0
  const refused = ask('POST', 'devices', body)
  expect(refused).toMatchObject({ status, json: { field: 'device' } })
  expect(refused.json.error).toContain(error)
  expect(ask('GET', 'devices').json.devices).toHaveLength(12)
  expect(events).toEqual([])
})

test('a reset brings the first day back', () => {
  const { ask, act, deviceOf } = bench()
  act('B-01', { action: 'unplug' })
  expect(ask('POST', 'reset').status).toBe(200)
  expect(deviceOf('B-01').plugged).toBe(true)
})

test('a wrong key is 401 and another path 404', () => {
  const { ask } = bench()
  expect(ask('GET', 'devices', undefined, 'wrong')).toEqual({ status: 401, json: 'Unauthorized\n' })
  expect(ask('DELETE', 'devices').status).toBe(404)
  expect(ask('POST', 'devices/x/y/z').status).toBe(404)
})

test('a fault is turned on, shown, and turned off', () => {
  const { ask, idOf, deviceOf } = bench()
  const fault = (labTag: string, body: unknown) =>
    ask('POST', `devices/${idOf(labTag)}/faults`, body)
  expect(fault('B-01', { fault: 'replyLate', value: 30 })).toMatchObject({
    status: 200,
    json: { faults: { replyLate: 30 }, replyDueInMs: null },
  })
  expect(fault('B-01', { fault: 'lowPower', value: true })).toMatchObject({
    json: { batteryLevel: 0.05, plugged: false },
  })
  fault('B-01', { fault: 'lowPower', value: false })
  expect(deviceOf('B-01')).toMatchObject({ faults: { replyLate: 30 }, batteryLevel: 0.93 })
  expect(ask('GET', `devices/${idOf('B-01')}`).json.faultObstacles).toMatchObject({
    promptNeverShown: 'Without a passcode nothing is asked',
  })
})

test.each([
  [{ fault: 'explodes', value: true }, 400, 'fault', 'replyLate'],
  [{ fault: 'replyLate', value: true }, 400, 'value', 'a whole number of minutes from 1 to 4320'],
  [{ fault: 'lowPower', value: 3 }, 400, 'value', 'true or false'],
  [{ fault: 'lowPower' }, 400, 'value', 'true or false'],
  [{ fault: 'promptNeverShown', value: true }, 409, 'fault', 'faultObstacles'],
])('the fault %j is refused with %d for its %s', (body, status, field, accepted) => {
  const { ask, idOf, deviceOf } = bench()
  const refused = ask('POST', `devices/${idOf('B-01')}/faults`, body)
  expect(refused).toMatchObject({ status, json: { field } })
  expect(refused.json.accepted).toContain(accepted)
  expect(deviceOf('B-01').faults).toEqual({})
})

test('another storage begins empty, and every device enrols anew', () => {
  const { ask, events, lab, idOf } = bench()
  const id = idOf('B-01')
  const raw = commandPlist('a', 'SecurityInfo')
  lab.enqueue([id], { commandUuid: 'a', requestType: 'SecurityInfo', raw })
  events.length = 0
  expect(ask('POST', 'server', { storage: 'filekv', push: 'unreachable' })).toMatchObject({
    status: 200,
    json: { storage: 'filekv', push: 'unreachable', queueFails: false, clockSkewMinutes: 0 },
  })
  expect(events).toHaveLength(24)
  expect(ask('GET', `devices/${id}`).json.queue).toEqual([])
  ask('POST', 'server', { storage: 'filekv' })
  expect(events).toHaveLength(24)
  ask('POST', 'reset')
  expect(ask('GET', 'server').json).toMatchObject({ storage: 'filekv', push: 'ok' })
})

test.each([
  [{ storage: 'mysql' }, 'storage', 'pgsql, filekv'],
  [{ push: false }, 'push', 'ok, noCertificate'],
  [{ queueFails: 'yes' }, 'queueFails', 'true or false'],
  [{ clockSkewMinutes: 1e6 }, 'clockSkewMinutes', '-4320 to 4320'],
  [{ weather: 'bad' }, 'weather', 'storage, push'],
])('the server refuses %j', (body, field, accepted) => {
  const { ask } = bench()
  const refused = ask('POST', 'server', body)
  expect(refused).toMatchObject({ status: 400, json: { field } })
  expect(refused.json.accepted).toContain(accepted)
})

test('a variant is chosen for one device, and what it does not take is refused with what it takes', () => {
  const { ask, idOf } = bench()
  const choose = (body: unknown) => ask('POST', `devices/${idOf('B-11')}/variants`, body)
  expect(choose({ variant: 'dateText', value: 'spaced' }).json.variants.dateText).toBe('spaced')
  expect(choose({ variant: 'dateText', value: 'local' }).json.variants.dateText).toBe('local')
  expect(choose({ variant: 'dateText', value: 'roman' })).toEqual({
    status: 400,
    json: {
      error: 'dateText does not take "roman"',
      field: 'value',
      accepted: 'local, rfc3339, spaced',
    },
  })
  expect(choose({ variant: 'mood' })).toMatchObject({ status: 400, json: { field: 'variant' } })
  expect(ask('POST', 'devices/nobody/variants', { variant: 'dateText' }).status).toBe(404)
  expect(ask('GET', `devices/${idOf('B-01')}`).json.variants).toEqual({})
})
