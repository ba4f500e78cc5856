import { expect, test } from 'vitest'
import { cpuMs } from '@/lib/cpu-time.testing'
import { fc } from '@/lib/property.testing'
import { rehearse } from './rehearse'
import type { Scenario } from './scenario'
import { readScenarioFile } from './scenario'

const example = (name: string): Scenario => {
  const scenario = readScenarioFile(`scenarios/${name}.json`)
  if ('complaints' in scenario) throw new Error(scenario.complaints.join('\n'))
  return scenario
}

const said = (lines: readonly string[], labTag: string) =>
  lines
    .filter((line) => line.includes(`  ${labTag}  `))
    .map((line) => line.slice(10 + labTag.length + 2))

test('a whole protocol of two commands is played to its end, each command delivered once', () => {
  const { lines, state } = rehearse(example('two-commands'))
  expect(said(lines, 'T-1')).toEqual([
    'Authenticate',
    'TokenUpdate',
    'DeviceInformation: Acknowledged',
    'AvailableOSUpdates: Acknowledged, 12.1 (16B92)',
    'ScheduleOSUpdate: Acknowledged, DownloadOnly Downloading',
    '· downloading',
    expect.stringMatching(/^OSUpdateStatus: Acknowledged, Downloading, downloaded false, 0\.\d+$/),
    '· downloaded',
    'OSUpdateStatus: Acknowledged, Idle, downloaded true, 1',
    'ScheduleOSUpdate: Acknowledged, InstallASAP Installing',
    '· installing',
    '· dark',
    'TokenUpdate',
    '· at rest on 12.1 (16B92)',
    'DeviceInformation: Acknowledged',
    '· 7 commands reached it once',
  ])
  expect(Object.values(state.devices)).toMatchObject([{ osVersion: '12.1', osBuild: '16B92' }])
})

test('the same seed gives the identical log, another seed another one', () => {
  const scenario = example('two-commands')
  const log = (seed: string) => rehearse({ ...scenario, seed }).lines
  expect(log('a')).toEqual(log('a'))
  expect(log('a')).not.toEqual(log('b'))
})

test('an hour of the lab takes far less than a second', () => {
  expect(cpuMs(() => rehearse(example('two-commands')))).toBeLessThan(1_000)
})

test('every seed brings the origin scenario to the same ends by the same quirks', () => {
  const scenario = example('origin-2018')
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 12 }), (seed) => {
      const { lines, state } = rehearse({ ...scenario, seed })
      expect(lines).toEqual(rehearse({ ...scenario, seed }).lines)
      const versions = Object.values(state.devices).map((device) => device.osVersion)
      expect(versions).toEqual(['12.1', '12.1', '11.3.1', '12.1', '12.1'])
      expect(said(lines, 'O-2')).toContain('OSUpdateStatus: Acknowledged, Idle, downloaded 1, 1')
      expect(said(lines, 'O-3').at(-1)).toMatch(/ScheduleOSUpdate \S+ reached it \d+ times/)
      expect(said(lines, 'O-4')).toContain('· prompting')
      expect(
        said(lines, 'O-4').filter((line) => line === 'ScheduleOSUpdate: Error, 2200 + 16'),
      ).toHaveLength(2)
      // Put off until tonight, it reads Installing; one more command starts it at once.
      const tonight = said(lines, 'O-5').slice(said(lines, 'O-5').indexOf('· tonight'))
      expect(tonight.slice(1, 4)).toEqual([
        'OSUpdateStatus: Acknowledged, Installing, downloaded true, 1',
        'ScheduleOSUpdate: Acknowledged, InstallASAP Installing',
        '· installing',
      ])
    }),
    { numRuns: 12 },
  )
})

test('flaky replies: late, double, lost and never, while each device does what it was told', () => {
  const { lines } = rehearse(example('flaky-replies'))
  const downloads = 'ScheduleOSUpdate: Acknowledged, DownloadOnly Downloading'
  const times = (labTag: string, words: string) =>
    said(lines, labTag).filter((line) => line.startsWith(words)).length
  expect(lines).toContain(`00:35:00  F-1  ${downloads}`)
  expect(times('F-2', downloads)).toBe(2)
  expect([times('F-3', 'ScheduleOSUpdate:'), times('F-3', '· at rest on 12.1')]).toEqual([0, 1])
  // Handed over again while nobody sent anything, the Default that downloaded then installs.
  expect(said(lines, 'F-4').at(-1)).toMatch(/ScheduleOSUpdate \S+ reached it \d+ times/)
  expect(times('F-4', '· at rest on 12.1')).toBe(1)
  expect(times('F-5', 'ScheduleOSUpdate: NotNow')).toBe(3)
  expect(times('F-6', 'ScheduleOSUpdate: Acknowledged, Error InstallPhoneCallInProgress')).toBe(1)
  expect(times('F-7', 'Authenticate, clock 180 min off')).toBe(2)
})

const buildsAfter = (file: string) => {
  const scenario = readScenarioFile(file)
  if ('complaints' in scenario) throw new Error(scenario.complaints.join())
  const { state, lines } = rehearse(scenario)
  expect(rehearse(scenario).lines).toEqual(lines)
  const devices = Object.values(state.devices)
  return Object.fromEntries(devices.map(({ labTag, osBuild }) => [labTag, osBuild]))
}

test('of the declared updates all but the withdrawn one are installed', () => {
  expect(buildsAfter('scenarios/declarations.json')).toEqual({
    'D-17': '21H16',
    'D-18': '22H124',
    'D-26': '23G83',
    'D-27': '24A902',
    'D-28': '24A901',
  })
})

test('none of those that are never a success has the declared build by its declaration', () => {
  expect(buildsAfter('scenarios/never-succeeded.json')).toEqual({
    'N-1': '23F77',
    'N-2': '23F77',
    'N-3': '23F77',
    // Declared was 23G99.
    'N-4': '23G83',
    // Withdrawn, and then started by a person.
    'N-5': '24A902',
    'N-6': '23F77',
  })
})
