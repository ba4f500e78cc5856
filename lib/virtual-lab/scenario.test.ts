import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readScenario, readScenarioFile } from './scenario'
import { deviceOfScenario, originOf } from './scenario-lab'

const device = {
  labTag: 'O-1',
  modelName: 'iPad Air',
  platform: 'iOS',
  productName: 'iPad4,1',
  osVersion: '11.4.1',
  osBuild: '15G77',
}
const min = { version: 1, title: 'A scenario', seed: 'seed', devices: [device] }

const read = (change: object) => readScenario(JSON.stringify({ ...min, ...change }))
const must = (change: object) => {
  const scenario = read(change)
  if ('complaints' in scenario) throw new Error(scenario.complaints.join('\n'))
  return scenario
}
const withDevice = (change: object) => ({ devices: [{ ...device, ...change }] })
const withStep = (step: object) => ({ steps: [{ at: 1, device: 'O-1', ...step }] })

test('a title, a seed and one device are enough, and the rest is in good order', () => {
  const [made] = originOf(must({})).devices
  expect(made).toMatchObject({
    labTag: 'O-1',
    name: 'O-1',
    supervised: true,
    passcode: false,
    batteryLevel: 0.8,
    plugged: true,
    network: 'wifi',
    totalBytes: 64e9,
    freeBytes: 32e9,
    offers: [],
    faults: {},
    deliveries: {},
  })
  expect(made?.enrollmentId).toMatch(/^[0-9a-f]{40}$/)
  expect(originOf(must({}))).toMatchObject({ storage: 'pgsql', server: { push: 'ok' }, script: [] })
})

test('what is said of a device is what the device is', () => {
  const said = {
    battery: 0.18,
    plugged: false,
    passcode: true,
    locked: true,
    supervised: false,
    online: false,
    diskGb: 32,
    freeGb: 1.5,
    network: 'cellular',
    enrollmentId: '00008120-0001F00D0B110011',
    offers: [{ version: '12.1', build: '16B92', downloadGb: 2.4, installGb: 1.1 }],
    faults: { replyLate: 30, replyTwice: true, notNow: 0, replyLost: false },
  }
  const { devices } = must(withDevice(said))
  expect(devices[0] && deviceOfScenario(devices[0])).toMatchObject({
    batteryLevel: 0.18,
    plugged: false,
    passcode: true,
    locked: true,
    supervised: false,
    online: false,
    totalBytes: 32e9,
    freeBytes: 1.5e9,
    network: 'cellular',
    enrollmentId: '00008120-0001F00D0B110011',
    offers: [{ productKey: 'iOSUpdate16B92', downloadBytes: 2.4e9, installBytes: 1.1e9 }],
    faults: { replyLate: 30, replyTwice: 1 },
  })
})

test.each<[object, string, string]>([
  [{ version: 2 }, 'version is 2', '1'],
  [{ title: '' }, 'title is ""', 'a title'],
  [{ seed: undefined }, 'seed is missing', 'a text'],
  [{ speed: 0 }, 'speed is 0', 'from 0.1 to 3600'],
  [{ endsAt: -1 }, 'endsAt is -1', 'minutes'],
  [{ weather: 'bad' }, 'weather is "bad"', 'no such field'],
  [{ devices: [] }, 'devices is []', 'at least one device'],
  [{ devices: 'all' }, 'devices is "all"', 'a list of devices'],
  [{ server: { storage: 'mysql' } }, 'server.storage is "mysql"', 'pgsql, filekv'],
  [{ server: { push: 'never' } }, 'server.push is "never"', 'ok, noCertificate'],
  [{ server: { clockSkewMinutes: 9999 } }, 'server.clockSkewMinutes is 9999', '-4320 to 4320'],
  [withDevice({ labTag: undefined }), 'devices[0].labTag is missing', 'a lab tag'],
  [withDevice({ platform: 'macOS' }), 'devices[0].platform is "macOS"', 'iOS, iPadOS, tvOS'],
  [withDevice({ osVersion: 'eleven' }), 'devices[0].osVersion is "eleven"', 'such as 11.4.1'],
  [withDevice({ osBuild: '11.4' }), 'devices[0].osBuild is "11.4"', 'such as 15G77'],
  [withDevice({ battery: 50 }), 'devices[0].battery is 50', 'a fraction from 0 to 1'],
  [withDevice({ plugged: 'yes' }), 'devices[0].plugged is "yes"', 'true or false'],
  [withDevice({ network: 'lte' }), 'devices[0].network is "lte"', 'wifi, cellular'],
  [withDevice({ freeGb: 65 }), 'devices[0].freeGb is 65', 'no more than the disk'],
  [withDevice({ locked: true }), 'devices[0].locked is true', 'only with a passcode'],
  [withDevice({ enrollmentId: 'a,b' }), 'devices[0].enrollmentId is "a,b"', 'an ID that can'],
  [withDevice({ faults: { explodes: true } }), 'devices[0].faults', ''],
  [withDevice({ faults: { replyLate: true } }), 'devices[0].faults.replyLate is true', 'minutes'],
  [
    withDevice({ faults: { declarationActive: true } }),
    'devices[0].faults.declarationActive is true',
    'before 17',
  ],
  [
    withDevice({ offers: [{ version: '11.4', build: '15F79', downloadGb: 1, installGb: 1 }] }),
    'devices[0].offers[0].version is "11.4"',
    'newer than 11.4.1',
  ],
  [{ devices: [device, device] }, 'devices[1].labTag is "O-1"', 'no other device has'],
  [
    { devices: [1, 2].map((n) => ({ ...device, labTag: `O-${n}`, enrollmentId: 'same' })) },
    'devices[1].enrollmentId is "same"',
    'no other device has',
  ],
  [withStep({ at: -1, do: 'poll' }), 'steps[0].at is -1', 'minutes'],
  [withStep({ device: 'O-9', do: 'poll' }), 'steps[0].device is "O-9"', 'one of O-1'],
  [withStep({ do: 'explode' }), 'steps[0].do is "explode"', 'setBattery'],
  [withStep({ do: 'setBattery', value: 50 }), 'steps[0].value is 50', 'a fraction from 0 to 1'],
  [withStep({ do: 'poll', value: 1 }), 'steps[0].value is 1', 'no value'],
  [withStep({ fault: 'replyLate', value: 0.5 }), 'steps[0].value is 0.5', 'a whole number'],
  [withStep({ fault: 'lowPower' }), 'steps[0].value is missing', 'true or false'],
  [withStep({}), 'steps[0] is', 'exactly one of do, fault, send, declare, withdraw and server'],
  [withStep({ do: 'poll', send: 'SecurityInfo' }), 'steps[0] is', 'exactly one of'],
  [withStep({ send: 'EraseDevice' }), 'steps[0].send is "EraseDevice"', 'ScheduleOSUpdate'],
  [withStep({ send: 'ScheduleOSUpdate' }), 'steps[0].installAction is missing', 'Default'],
  [
    withStep({ send: 'SecurityInfo', installAction: 'Default' }),
    'steps[0].installAction is "Default"',
    'no installAction',
  ],
  [withStep({ device: undefined, do: 'poll' }), 'steps[0].device is missing', 'the lab tag'],
  [withStep({ server: { push: 'ok' } }), 'steps[0].device is "O-1"', 'no device in a step'],
  [{ server: { declarations: 'lost' } }, 'server.declarations is "lost"', 'notifiesNobody'],
  [withDevice({ timeZone: 'Berlin' }), 'devices[0].timeZone is "Berlin"', 'Europe/Berlin'],
  [withDevice({ variants: { dateText: 'roman' } }), 'devices[0].variants.dateText', 'rfc3339'],
  [
    withDevice({ variants: { mood: 'good' } }),
    'devices[0].variants.mood is "good"',
    'no such field',
  ],
  [
    withStep({ declare: { targetVersion: '18.2' } }),
    'steps[0].declare.inMinutes is missing',
    'minutes',
  ],
  [
    withStep({ declare: { targetVersion: 'eighteen', inMinutes: 1 } }),
    'steps[0].declare.targetVersion is "eighteen"',
    'such as 11.4.1',
  ],
  [withStep({ withdraw: false }), 'steps[0].withdraw is false', 'true'],
  [withStep({ withdraw: true, do: 'poll' }), 'steps[0] is', 'exactly one of'],
])('%j is refused: %s', (change, field, accepted) => {
  const refused = read(change)
  expect(refused).toHaveProperty('complaints')
  const complaints = 'complaints' in refused ? refused.complaints : []
  expect(complaints).toContainEqual(expect.stringContaining(field))
  expect(complaints.join('\n')).toContain(accepted)
})

test('all complaints come at once, and no JSON is one of them', () => {
  expect(read({ version: 7, speed: 'fast' })).toMatchObject({ complaints: { length: 2 } })
  expect(readScenario('{')).toMatchObject({ complaints: [expect.stringContaining('not JSON')] })
  expect(readScenario('null')).toMatchObject({
    complaints: [expect.stringContaining('the scenario is null')],
  })
})

const examples = readdirSync('scenarios').filter((file) => file.endsWith('.json'))

test.each(examples)('the example %s is a scenario', (file) => {
  expect(readScenarioFile(`scenarios/${file}`)).not.toHaveProperty('complaints')
})

test('the CommandUUIDs of a scenario are its own, and the same in each run', () => {
  const steps = [1, 2].map((at) => ({ at, device: 'O-1', send: 'SecurityInfo' }))
  const uuidsOf = (seed: string) =>
    originOf(must({ seed, steps })).script.map((step) =>
      'action' in step && step.action.kind === 'send' ? step.action.commandUuid : '',
    )
  expect(uuidsOf('a')).toEqual(uuidsOf('a'))
  expect(new Set([...uuidsOf('a'), ...uuidsOf('b')]).size).toBe(4)
})
