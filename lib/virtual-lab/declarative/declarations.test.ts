import { describe, expect, test } from 'vitest'
import { subscribedItems } from '@/lib/domain/declaration/subscribed-items'
import { version } from '@/lib/domain/device/os-version'
import { buildEnforcement } from '@/lib/mdm/declarations/build-enforcement'
import { declarationsOf } from '@/lib/mdm/declarations/declaration-server'
import type { LabAction } from '../actions'
import { answerDeclarations } from '../kmfddm/beside-nanomdm'
import { statusOf } from '../kmfddm/status-store'
import { freshState } from '../lab-state'
import { originOf } from '../scenario-lab'
import type { Scenario, ScenarioDevice } from '../scenario-schema'
import { commandPlist, labOnBench, minute, updateOf } from '../testing'
import { isDict, readPlist } from '../wire'

const hour = 60 * minute
const enrollmentId = '00008140-000D000C000B000A'

const phone: ScenarioDevice = {
  labTag: 'P-1',
  modelName: 'iPhone 15',
  platform: 'iOS',
  productName: 'iPhone15,4',
  enrollmentId,
  osVersion: '26.5',
  osBuild: '23F77',
  offers: [{ version: '26.6.1', build: '23G83', downloadGb: 1.1, installGb: 2.3 }],
  variants: { unsubscribed: 'reported', dateText: 'local', downloadRetry: 'hourly' },
}

type Declared = NonNullable<NonNullable<Scenario['steps']>[number]['declare']>

/** A lab with one device, to which the script declares an update in its first minute. */
const bench = (change: Partial<ScenarioDevice> = {}, ...declared: Declared[]) => {
  const device = { ...phone, ...change, variants: { ...phone.variants, ...change.variants } }
  const steps = declared.map((declare, index) => ({ at: 1 + index, device: 'P-1', declare }))
  const scenario: Scenario = { version: 1, title: 'one', seed: 'seed', devices: [device], steps }
  const made = labOnBench(freshState('seed', 0, originOf(scenario)))
  const now = () => {
    const found = made.lab.state().devices[enrollmentId]
    if (!found) throw new Error('the lab has no P-1')
    return found
  }
  const reports = () =>
    statusOf(made.lab.state().declarations, enrollmentId).reports.map(({ raw }) => JSON.parse(raw))
  return {
    ...made,
    device: now,
    phase: () => now().update?.phase,
    reports,
    states: () =>
      reports().flatMap(({ StatusItems }) => StatusItems.softwareupdate?.['install-state'] ?? []),
    last: (item: string) =>
      reports()
        .map(({ StatusItems }) => StatusItems.softwareupdate?.[item])
        .findLast((value) => value !== undefined),
    verdict: () =>
      reports()
        .map(({ StatusItems }) => StatusItems.management?.declarations?.configurations)
        .findLast((value) => value !== undefined)?.[0],
    act: (action: LabAction, value?: number | string) => made.lab.act(enrollmentId, action, value),
    declare: (method: string, path: string, body = '') => {
      const [at = '', query = ''] = path.split('?')
      return answerDeclarations(made.lab, 'key', {
        method,
        path: `/kmfddm/v1/${at}`,
        query: new URLSearchParams(query),
        authorization: `Basic ${Buffer.from('kmfddm:key').toString('base64')}`,
        body: Buffer.from(body),
      }).status
    },
    endpoints: () =>
      made.events
        .filter(({ topic }) => topic === 'mdm.DeclarativeManagement')
        .map(({ payload }) => String(readPlist(Buffer.from(payload)).Endpoint)),
    send: (requestType: string, rest = {}) => {
      const commandUuid = `${requestType}-${made.events.length}`
      const raw = commandPlist(commandUuid, requestType, rest)
      made.lab.enqueue([enrollmentId], { commandUuid, requestType, raw })
      made.lab.push(enrollmentId)
      made.passMs(1_000)
      const answered = made.events.findLast(
        (event) => event.topic === 'mdm.Connect' && event.commandUuid === commandUuid,
      )
      return answered && readPlist(Buffer.from(answered.payload))
    },
  }
}

const target = { targetVersion: '26.6.1', targetBuild: '23G83' }
const inTwoHours = { ...target, inMinutes: 120 }

describe('a declared update', () => {
  test('is fetched, loaded, and waits for its local time; proof is the new build', () => {
    const { device, passMs, endpoints, states, phase, last, verdict } = bench({}, inTwoHours)
    passMs(3 * minute)
    expect(endpoints().map((one) => one.replace(/scenario\S+\.(\w+)$/, '$1'))).toEqual([
      'tokens',
      'declaration-items',
      'declaration/configuration/enforce',
      'declaration/activation/activate',
      'status',
    ])
    expect(verdict()).toMatchObject({ active: true, valid: 'valid' })
    expect(last('pending-version')).toEqual({
      'os-version': '26.6.1',
      'build-version': '23G83',
      'target-local-date-time': '2026-09-30T04:01:00',
    })
    passMs(117 * minute)
    expect(phase()).toBe('downloaded')
    expect(device().osBuild).toBe('23F77')
    passMs(hour)
    expect(device()).toMatchObject({ osVersion: '26.6.1', osBuild: '23G83' })
    expect(states()).toEqual(['downloading', 'prepared', 'installing', 'none'])
    expect(verdict()).toMatchObject({ active: true, valid: 'valid' })
  })

  test('never installs without the passcode: it asks again and again', () => {
    const { device, passMs, phase, act, states } = bench({ passcode: true }, inTwoHours)
    passMs(48 * hour)
    expect(phase()).toBe('prompting')
    expect(device().promptsShown).toBeGreaterThan(40)
    expect(device().osBuild).toBe('23F77')
    expect(states()).not.toContain('installing')
    act('enterPasscode')
    passMs(hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('is put off until tonight at its reminder, and installs over night', () => {
    const given = { ...target, inMinutes: 24 * 60 }
    const { device, passMs, phase, act, last } = bench({ passcode: true }, given)
    passMs(hour)
    expect(phase()).toBe('downloaded')
    expect(act('chooseTonight')).toEqual({ refused: undefined })
    expect(last('install-reason').reason).toContain('install-tonight')
    passMs(10 * hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('of a date that has passed is enforced about an hour after it arrived', () => {
    const { device, passMs, phase } = bench({}, { ...target, inMinutes: -1440 })
    passMs(50 * minute)
    expect(phase()).toBe('downloaded')
    passMs(30 * minute)
    expect(['prompting', 'installing', 'dark', undefined]).toContain(phase())
    passMs(hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('never comes to its install on a device that is restarted every 50 minutes', () => {
    const { device, passMs, act } = bench({}, { ...target, inMinutes: -1440 })
    passMs(2 * minute)
    for (let times = 0; times < 12; times += 1) {
      passMs(50 * minute)
      expect(act('restart')).toEqual({ refused: undefined })
    }
    expect(device().osBuild).toBe('23F77')
    passMs(2 * hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('waits on a device that was offline, and is enforced after it is back', () => {
    const { device, passMs, act, endpoints } = bench({ online: false }, inTwoHours)
    passMs(5 * hour)
    expect(endpoints()).toEqual([])
    act('goOnline')
    passMs(30 * minute)
    expect(device().osBuild).toBe('23F77')
    passMs(2 * hour)
    expect(device().osBuild).toBe('23G83')
  })

  test.each([
    ['lowSpace', 'DownloadInsufficientSpace', 2204],
    ['lowPower', 'DownloadInsufficientPower', 2205],
  ] as const)('fails for %s with a reason, and tries again every hour', (fault, word, code) => {
    const { device, passMs, last, lab } = bench({ faults: { [fault]: true } }, inTwoHours)
    passMs(2 * minute)
    expect(last('install-state')).toBe('failed')
    expect(last('failure-reason')).toMatchObject({
      count: 1,
      reason: expect.stringContaining(`Code=${code} "${word}"`),
      timestamp: expect.stringMatching(/^2026-09-30T\d\d:01:00(Z|\+02:00)$/),
    })
    lab.setFault(enrollmentId, fault, 0)
    passMs(4 * hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('waits for a network before 27, where the state has another name', () => {
    const loading = bench({ network: 'none' }, inTwoHours)
    loading.passMs(2 * minute)
    expect(loading.last('install-state')).toBe('waiting')
    const offers = [{ version: '27.0.1', build: '24A902', downloadGb: 1, installGb: 2 }]
    const newer = { osVersion: '27.0', osBuild: '24A901', offers, network: 'none' as const }
    const later = bench(newer, { targetVersion: '27.0.1', inMinutes: 120 })
    later.passMs(2 * minute)
    expect(later.last('install-state')).toBe('failed')
  })

  test.each([
    ['kept', 'downloaded'],
    ['purged', undefined],
  ])('that is withdrawn is not installed; the download is %s', (removedDownload, phase) => {
    const one = bench({ variants: { removedDownload } }, inTwoHours)
    one.passMs(hour)
    const [set = ''] = one.lab.state().declarations.enrollmentSets[enrollmentId] ?? []
    expect(one.declare('DELETE', `enrollment-sets/${enrollmentId}?set=${set}`)).toBe(204)
    one.passMs(24 * hour)
    expect(one.phase()).toBe(phase)
    expect(one.device().osBuild).toBe('23F77')
    expect(one.verdict()).toBeUndefined()
    one.act('installFromSettings')
    one.passMs(2 * hour)
    expect(one.device().osBuild).toBe('23G83')
    expect(one.last('install-reason')).toEqual({ reason: [] })
    const reasons = one.reports().map((each) => each.StatusItems.softwareupdate?.['install-reason'])
    expect(reasons).toContainEqual({ reason: ['system-settings'] })
  })

  test('that is withdrawn while it installs is installed', () => {
    const one = bench({}, inTwoHours)
    one.passMs(121 * minute)
    while (one.phase() !== 'installing') one.passMs(1_000)
    const [set = ''] = one.lab.state().declarations.enrollmentSets[enrollmentId] ?? []
    one.declare('DELETE', `enrollment-sets/${enrollmentId}?set=${set}`)
    one.passMs(hour)
    expect(one.device().osBuild).toBe('23G83')
  })

  test('with an earlier date comes first, and the next follows', () => {
    const offers = [
      { version: '26.6', build: '23G70', downloadGb: 1, installGb: 2 },
      { version: '26.6.1', build: '23G83', downloadGb: 1, installGb: 2 },
    ]
    const { device, passMs } = bench(
      { offers },
      { ...target, inMinutes: 600 },
      { targetVersion: '26.6', inMinutes: 120 },
    )
    passMs(4 * hour)
    expect(device().osVersion).toBe('26.6')
    passMs(8 * hour)
    expect(device().osVersion).toBe('26.6.1')
  })
})

describe('what a device refuses or passes over', () => {
  test.each([
    ['26.4', 'refused', 'invalid'],
    ['26.5', 'refused', 'invalid'],
    ['26.5', 'accepted', 'valid'],
  ])('a target %s on 26.5, %s: %s', (targetVersion, sameVersion, valid) => {
    const one = bench({ variants: { sameVersion } }, { targetVersion, inMinutes: 60 })
    one.passMs(3 * hour)
    expect(one.verdict()).toMatchObject({ active: true, valid })
    expect(one.states()).toEqual(['none'])
  })

  test.each([
    ['silent', 'valid'],
    ['error', 'invalid'],
  ])('a target that is not offered, %s: %s, and it fires when it is offered', (way, valid) => {
    const one = bench({ offers: [], variants: { notOffered: way } }, inTwoHours)
    one.passMs(24 * hour)
    expect(one.verdict()).toMatchObject({ valid })
    expect(new Set(one.states())).toEqual(new Set(['none']))
    const [productKey, downloadBytes, installBytes] = ['iOSUpdate23G83', 1e9, 2e9]
    const { lab, passMs, device } = one
    lab.offer(enrollmentId, [
      { productKey, version: '26.6.1', build: '23G83', downloadBytes, installBytes },
    ])
    passMs(3 * hour)
    expect(device().osBuild).toBe('23G83')
  })

  test('until 26 the version decides over the build, on 27 both must be offered', () => {
    const other = { targetVersion: '26.6.1', targetBuild: '23G99', inMinutes: 60 }
    const before = bench({}, other)
    before.passMs(3 * hour)
    expect(before.device().osBuild).toBe('23G83')
    const offers = [{ version: '27.0.1', build: '24A902', downloadGb: 1, installGb: 2 }]
    const after = bench(
      { osVersion: '27.0', osBuild: '24A901', offers, variants: { notOffered: 'silent' } },
      { targetVersion: '27.0.1', targetBuild: '24A999', inMinutes: 60 },
    )
    after.passMs(3 * hour)
    expect(after.device().osBuild).toBe('24A901')
  })

  test('a configuration without its activation is held and never applied', () => {
    const { declare, passMs, device, verdict } = bench()
    const Payload = { TargetOSVersion: '26.6.1', TargetLocalDateTime: '2026-01-01T00:00:00' }
    const Type = 'com.apple.configuration.softwareupdate.enforcement.specific'
    declare('PUT', 'declarations', JSON.stringify({ Type, Identifier: 'alone', Payload }))
    declare('PUT', 'set-declarations/s?declaration=alone')
    declare('PUT', `enrollment-sets/${enrollmentId}?set=s`)
    passMs(24 * hour)
    expect(verdict()).toMatchObject({ active: false, valid: 'unknown' })
    expect(device().osBuild).toBe('23F77')
  })

  test('ScheduleOSUpdate is error 103 beside an enforcement, and unknown on 27', () => {
    const one = bench({}, inTwoHours)
    one.passMs(2 * minute)
    const ask = updateOf('Default', { ProductVersion: '26.6.1' })
    expect(one.send('ScheduleOSUpdate', ask)).toMatchObject({ ErrorChain: [{ ErrorCode: 103 }] })
    expect(one.send('OSUpdateStatus')).toMatchObject({ OSUpdateStatus: [] })
    const newer = bench({ osVersion: '27.0', osBuild: '24A901' })
    expect(newer.send('ScheduleOSUpdate', ask)).toMatchObject({
      ErrorChain: [{ ErrorCode: 12021 }],
    })
  })

  test('before 15 there is no declarative management', () => {
    const old = bench({ osVersion: '14.8', osBuild: '18H17', offers: [] })
    expect(old.send('DeclarativeManagement')).toMatchObject({ ErrorChain: [{ ErrorCode: 12021 }] })
    expect(old.endpoints()).toEqual([])
  })
})

describe('reports', () => {
  test('name what has changed, and everything once a day', () => {
    const { passMs, reports } = bench({}, { ...target, inMinutes: 3 * 24 * 60 })
    passMs(2 * minute)
    expect(reports()[0]).toMatchObject({
      FullReport: true,
      StatusItems: { device: { identifier: { udid: enrollmentId } } },
    })
    passMs(hour)
    expect(reports()[1]).toEqual({
      StatusItems: { softwareupdate: { 'install-state': 'prepared' } },
      Errors: [],
    })
    passMs(25 * hour)
    // A lab that was asleep for so long leaves polls out.
    passMs(2 * minute)
    expect(reports().at(-1)).toMatchObject({ FullReport: true })
  })

  test('have only what a subscription names, if the device heeds that', () => {
    const { passMs, reports } = bench({ variants: { unsubscribed: 'silent' } }, inTwoHours)
    passMs(5 * hour)
    const items = reports().flatMap(({ StatusItems }) => Object.keys(StatusItems))
    expect(new Set(items)).toEqual(new Set(['management']))
  })

  test('have what a subscription of this program names, and an error for each item that the OS lacks', () => {
    const variants = { unsubscribed: 'silent' }
    const { passMs, reports, declare, states } = bench({ variants })
    const items = [...subscribedItems('iOS', version('26.5')), 'softwareupdate.unheard-of']
    const { set, ...built } = buildEnforcement({
      commandUuid: '0b6e0f9c-2a53-4b0f-9d6e-5c1f0f6a7d11',
      slot: {
        mechanism: 'declaration',
        targetVersion: '26.6.1',
        when: { kind: 'asSoonAsPossible' },
      },
      local: '2026-09-30T04:01:00',
      items,
    })
    for (const { identifier, json } of declarationsOf(built)) {
      expect(declare('PUT', 'declarations', Buffer.from(json).toString())).toBe(204)
      expect(declare('PUT', `set-declarations/${set}?declaration=${identifier}`)).toBe(204)
    }
    expect(declare('PUT', `enrollment-sets/${enrollmentId}?set=${set}`)).toBe(204)
    passMs(5 * hour)
    expect(states()).toEqual(expect.arrayContaining(['downloading', 'prepared']))
    const [first] = reports()
    expect(first.StatusItems.device).toMatchObject({
      model: { identifier: 'iPhone15,4' },
      'operating-system': { version: '26.5', 'build-version': '23F77' },
    })
    expect(first.StatusItems.management.declarations.configurations).toMatchObject([
      ...[
        { active: true, valid: 'valid' },
        { active: true, valid: 'valid' },
      ],
    ])
    const error = { Code: 'Error.UnsupportedStatusValue' }
    expect(reports().flatMap(({ Errors }) => Errors)).toEqual([
      expect.objectContaining({
        StatusItem: 'softwareupdate.unheard-of',
        Reasons: [expect.objectContaining(error)],
      }),
    ])
  })

  test.each(['local', 'rfc3339', 'spaced'])('give the date as %s', (dateText) => {
    const { passMs, last } = bench({ variants: { dateText } }, inTwoHours)
    passMs(2 * minute)
    expect(last('pending-version')['target-local-date-time']).toBe(
      {
        local: '2026-09-30T04:01:00',
        rfc3339: '2026-09-30T04:01:00+02:00',
        spaced: '2026-09-30 02:01:00 +0000',
      }[dateText],
    )
  })

  test('that the server refuses are sent again, and the webhook has each', () => {
    const { lab, passMs, reports, endpoints } = bench({}, inTwoHours)
    lab.setFault(enrollmentId, 'statusNotJson', 1)
    passMs(5 * minute)
    expect(reports()).toEqual([])
    expect(endpoints().filter((one) => one === 'status').length).toBeGreaterThan(2)
    lab.setFault(enrollmentId, 'statusNotJson', 0)
    passMs(2 * minute)
    expect(reports()).toHaveLength(1)
  })

  test.each([
    ['statusHuge', (raw: string) => raw.length > 5_000_000],
    ['statusUnknown', (raw: string) => raw.includes('"laboratory":{"unheard-of"')],
    ['statusOfAnother', (raw: string) => !raw.includes(enrollmentId)],
  ] as const)('are odd with %s', (fault, isOdd) => {
    const { passMs, lab } = bench({ faults: { [fault]: true } }, inTwoHours)
    passMs(2 * minute)
    const [report] = statusOf(lab.state().declarations, enrollmentId).reports
    expect(isOdd(report?.raw ?? '')).toBe(true)
  })

  test('and fetches are answered 500 where NanoMDM passes nothing on, and posted all the same', () => {
    const { lab, passMs, endpoints, device } = bench({}, inTwoHours)
    lab.setServer({ declarations: 'notPassedOn' })
    passMs(5 * minute)
    expect(new Set(endpoints())).toEqual(new Set(['tokens']))
    lab.setServer({ declarations: 'ok' })
    passMs(4 * hour)
    expect(device().osBuild).toBe('23G83')
  })
})

test('a server that notifies nobody leaves the device as it was, until somebody notifies', () => {
  const { lab, declare, passMs, device, endpoints } = bench()
  lab.setServer({ declarations: 'notifiesNobody' })
  const Type = 'com.apple.activation.simple'
  const body = { Type, Identifier: 'a', Payload: { StandardConfigurations: [] } }
  declare('PUT', 'declarations', JSON.stringify(body))
  declare('PUT', 'set-declarations/s?declaration=a')
  expect(declare('PUT', `enrollment-sets/${enrollmentId}?set=s`)).toBe(204)
  passMs(hour)
  expect(endpoints()).toEqual([])
  lab.setServer({ declarations: 'ok' })
  expect(declare('PUT', `enrollment-sets/${enrollmentId}?set=s`)).toBe(304)
  passMs(hour)
  expect(endpoints()).toEqual([])
  expect(declare('POST', `notify?id=${enrollmentId}`)).toBe(204)
  passMs(minute)
  expect(device().declarative?.held.map(({ identifier }) => identifier)).toEqual(['a'])
})

test('a device that enrols again holds nothing, and nothing is enforced', () => {
  const { act, passMs, device, phase } = bench({}, inTwoHours)
  passMs(hour)
  act('reenrol')
  passMs(24 * hour)
  expect(device().declarative).toBeUndefined()
  expect(device().osBuild).toBe('23F77')
  expect(phase()).not.toBe('installing')
})

test('its messages are the plists of the captures', () => {
  const { passMs, events } = bench({}, inTwoHours)
  passMs(2 * minute)
  const all = events.filter(({ topic }) => topic === 'mdm.DeclarativeManagement')
  const plists = all.map(({ payload }) => readPlist(Buffer.from(payload)))
  expect(plists[0]).toEqual({
    Endpoint: 'tokens',
    MessageType: 'DeclarativeManagement',
    UDID: enrollmentId,
  })
  expect(plists.every(isDict)).toBe(true)
  expect(plists.at(-1)?.Data).toBeInstanceOf(Uint8Array)
})
