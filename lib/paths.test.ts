import { expect, test } from 'vitest'
import { inEnvironment, paths, pathToReturnTo, sameSitePath, withParams } from './paths'

const id = '5c0f3d0e-0000-4000-8000-000000000001'

test('every address is what it was', () => {
  const about = { trialId: id }
  expect({
    home: paths.home(),
    devices: paths.devices({ environment: 'real', text: 'a b' }),
    device: paths.device(id),
    deviceEdit: paths.deviceEdit(id),
    deviceReadings: paths.deviceReadings(id, 'osVersion', { after: 7 }),
    deviceNew: paths.deviceNew(),
    deviceImport: paths.deviceImport(),
    trials: paths.trials(),
    trial: paths.trial(id),
    trialNew: paths.trialNew({ deviceId: id }),
    trialReply: paths.trialReply(id, 7, { as: 'file' }),
    protocols: paths.protocols(),
    protocol: paths.protocol(id),
    protocolEdit: paths.protocolEdit(id),
    virtualLab: paths.virtualLab(),
    protocolNew: paths.protocolNew(),
    outcomes: paths.outcomes(),
    contradictions: paths.contradictions({ environment: 'real' }),
    releases: paths.releases({ family: 'tvOS' }),
    releaseImport: paths.releaseImport(),
    events: paths.events(),
    event: paths.event(7),
    eventBytes: paths.eventBytes(7, 'payload'),
    lab: paths.lab(),
    settings: paths.settings(),
    people: paths.people(),
    servers: paths.servers(),
    server: paths.server(id),
    serverNew: paths.serverNew(),
    signIn: paths.signIn('/trials?environment=real'),
    setUp: paths.setUp(),
    exportTrials: paths.exportTrials({ environment: 'simulated' }),
    exportObservations: paths.exportObservations(),
    exportSteps: paths.exportSteps(),
    exportDeviations: paths.exportDeviations(),
    exportReplies: paths.exportReplies(),
    exportDictionary: paths.exportDictionary(),
    webhook: paths.webhook('virtual-lab'),
    liveEvents: paths.liveEvents(about),
  }).toMatchInlineSnapshot(`
    {
      "contradictions": "/contradictions?environment=real",
      "device": "/devices/5c0f3d0e-0000-4000-8000-000000000001",
      "deviceEdit": "/devices/5c0f3d0e-0000-4000-8000-000000000001/edit",
      "deviceImport": "/devices/import",
      "deviceNew": "/devices/new",
      "deviceReadings": "/devices/5c0f3d0e-0000-4000-8000-000000000001/readings/osVersion?after=7",
      "devices": "/devices?environment=real&text=a+b",
      "event": "/events/7",
      "eventBytes": "/events/7/bytes?of=payload",
      "events": "/events",
      "exportDeviations": "/api/exports/deviations",
      "exportDictionary": "/api/exports/dictionary",
      "exportObservations": "/api/exports/observations",
      "exportReplies": "/api/exports/replies",
      "exportSteps": "/api/exports/steps",
      "exportTrials": "/api/exports/trials?environment=simulated",
      "home": "/",
      "lab": "/lab",
      "liveEvents": "/api/events?trialId=5c0f3d0e-0000-4000-8000-000000000001",
      "outcomes": "/outcomes",
      "people": "/people",
      "protocol": "/protocols/5c0f3d0e-0000-4000-8000-000000000001",
      "protocolEdit": "/protocols/5c0f3d0e-0000-4000-8000-000000000001/edit",
      "protocolNew": "/protocols/new",
      "protocols": "/protocols",
      "releaseImport": "/releases/import",
      "releases": "/releases?family=tvOS",
      "server": "/servers/5c0f3d0e-0000-4000-8000-000000000001",
      "serverNew": "/servers/new",
      "servers": "/servers",
      "setUp": "/set-up",
      "settings": "/settings",
      "signIn": "/sign-in?next=%2Ftrials%3Fenvironment%3Dreal",
      "trial": "/trials/5c0f3d0e-0000-4000-8000-000000000001",
      "trialNew": "/trials/new?deviceId=5c0f3d0e-0000-4000-8000-000000000001",
      "trialReply": "/trials/5c0f3d0e-0000-4000-8000-000000000001/replies/7?as=file",
      "trials": "/trials",
      "virtualLab": "/api/virtual-lab",
      "webhook": "/api/webhook/virtual-lab",
    }
  `)
})

test('a param without a value leaves no trace in the address', () => {
  const params = { a: undefined, b: '', c: null, d: 0, e: false }
  expect(withParams('/trials', params)).toBe('/trials?d=0&e=false')
  expect(withParams('/trials', {})).toBe('/trials')
})

test('an id cannot break out of its place in the address', () => {
  expect(paths.device('../people?x')).toBe('/devices/..%2Fpeople%3Fx')
})

test('changing the environment keeps the filters and forgets the place in the list', () => {
  expect(inEnvironment('/devices', 'platform=tvOS&after=T-9&environment=real', 'simulated')).toBe(
    '/devices?platform=tvOS&environment=simulated',
  )
})

test.each([
  ['/trials?environment=real#t', '/trials?environment=real#t'],
  [undefined, '/'],
  ['', '/'],
  ['trials', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/..//evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/\t/evil.example', '/'],
])('after signing in to %s one lands on this site: %s', (wanted, landed) => {
  expect(sameSitePath(wanted)).toBe(landed)
})

test.each([
  ['http://127.0.0.1:3000/trials/new?environment=simulated', '/trials/new?environment=simulated'],
  ['http://127.0.0.1:3000/sign-in?next=%2Ftrials%2Fnew%3Fa%3D1&ended=1', '/trials/new?a=1'],
  ['http://127.0.0.1:3000/sign-in', null],
  ['not an address', null],
  [null, null],
])('sign-in leads from %s back to %s', (referrer, path) => {
  expect(pathToReturnTo(referrer)).toBe(path)
})
