import { describe, expect, test } from 'vitest'
import { deviceTagged, handheld, minute, updateOf } from './testing'

const ready = () => handheld(deviceTagged('B-01'))
const withPasscode = () => handheld(deviceTagged('B-09'))

const status = (bench: ReturnType<typeof handheld>) => bench.send('OSUpdateStatus')?.OSUpdateStatus
const code = (...errors: number[]) => ({
  Status: 'Error',
  ErrorChain: errors.map((ErrorCode) => ({ ErrorCode })),
})
const result = (InstallAction: string, Status: string) => ({
  Status: 'Acknowledged',
  UpdateResults: [{ InstallAction, Status }],
})

/** Downloads the update and stops there. */
const downloaded = (bench: ReturnType<typeof handheld>) => {
  bench.send('ScheduleOSUpdate', updateOf('DownloadOnly'))
  bench.wait()
  expect(bench.device().update?.phase).toBe('downloaded')
  return bench
}
/** Has the passcode prompt on its screen. */
const prompting = () => {
  const bench = downloaded(withPasscode())
  bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))
  expect(bench.device().update?.phase).toBe('prompting')
  return bench
}

describe('the two steps', () => {
  test('the first Default downloads, and the reply names DownloadOnly', () => {
    const bench = ready()
    const reply = bench.send(
      'ScheduleOSUpdate',
      updateOf('Default', { ProductKey: 'iOSUpdate16B92' }),
    )
    expect(reply).toEqual({
      Status: 'Acknowledged',
      UpdateResults: [
        { ProductKey: 'iOSUpdate16B92', InstallAction: 'DownloadOnly', Status: 'Downloading' },
      ],
    })
    expect(bench.device().osBuild).toBe('14G60')
  })

  test('the second Default installs: it goes dark and is back with another build, for good', () => {
    const bench = downloaded(ready())
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(
      result('InstallASAP', 'Installing'),
    )
    bench.wait()
    expect(bench.device().update?.phase).toBe('dark')
    expect(bench.device().osBuild).toBe('14G60')
    expect(bench.wait()).toEqual(['sendsTokenUpdate', 'polls'])
    expect(bench.device()).toMatchObject({ osVersion: '12.1', osBuild: '16B92' })
    expect(bench.device().update).toBeUndefined()
    expect(bench.send('DeviceInformation', { Queries: ['BuildVersion'] })).toMatchObject({
      QueryResponses: { BuildVersion: '16B92' },
    })
    expect(status(bench)).toEqual([])
  })

  test('time alone, however long, brings every step in its order', () => {
    const bench = downloaded(ready())
    bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))
    expect(bench.passMs(24 * 60 * minute)).toEqual(['sendsTokenUpdate', 'polls'])
    expect(bench.device().osVersion).toBe('12.1')
  })

  test('a DownloadOnly never installs', () => {
    const bench = downloaded(ready())
    expect(bench.send('ScheduleOSUpdate', updateOf('DownloadOnly'))).toMatchObject(code(12052))
    bench.passMs(7 * 24 * 60 * minute)
    expect(bench.device().osBuild).toBe('14G60')
  })

  test('InstallASAP without a download, and any command during one, are errors', () => {
    const bench = ready()
    expect(bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))).toMatchObject(code(12059))
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(code(12051))
    bench.wait()
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(code(12058))
  })

  test('the download is told as a fraction that grows', () => {
    const bench = ready()
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    expect(status(bench)).toMatchObject([{ DownloadPercentComplete: 0, Status: 'Downloading' }])
    bench.passMs((bench.device().update?.durationMs ?? 0) / 2)
    expect(status(bench)).toMatchObject([{ DownloadPercentComplete: 0.5, IsDownloaded: false }])
    bench.wait()
    expect(status(bench)).toMatchObject([
      { DownloadPercentComplete: 1, IsDownloaded: true, Status: 'Idle' },
    ])
    expect(bench.sendRaw('OSUpdateStatus')).toContain('<real>1</real>')
  })

  test('a download stands still while the device is offline', () => {
    const bench = ready()
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    bench.act('goOffline')
    bench.passMs(60 * minute)
    expect(bench.device().update).toMatchObject({ phase: 'downloading' })
    bench.act('goOnline')
    bench.wait()
    expect(bench.device().update?.phase).toBe('downloaded')
  })
})

describe('with a passcode', () => {
  test('the device asks and does not install until the passcode is entered', () => {
    const bench = prompting()
    bench.passMs(24 * 60 * minute)
    expect(bench.device()).toMatchObject({ osVersion: '12.0.1', promptsShown: 1 })
    expect(bench.act('enterPasscode')).toBeUndefined()
    bench.wait()
    bench.wait()
    expect(bench.device()).toMatchObject({ osVersion: '12.1', osBuild: '16B92' })
  })

  test('declined, it keeps the download and asks again at the next command', () => {
    const bench = prompting()
    bench.act('decline')
    expect(status(bench)).toMatchObject([{ IsDownloaded: true, Status: 'Idle' }])
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    expect(bench.device().promptsShown).toBe(2)
  })

  test('"tonight" is reported as Installing, and the install comes by itself in the night', () => {
    const bench = prompting()
    bench.act('chooseTonight')
    expect(status(bench)).toMatchObject([{ Status: 'Installing' }])
    bench.passMs(60 * minute)
    expect(bench.device().osVersion).toBe('12.0.1')
    bench.passMs(24 * 60 * minute)
    expect(bench.device().osVersion).toBe('12.1')
  })

  test.each(['Default', 'InstallASAP'])(
    'one more %s starts at once what was for tonight',
    (action) => {
      const bench = prompting()
      bench.act('chooseTonight')
      expect(bench.send('ScheduleOSUpdate', updateOf(action))).toMatchObject(
        result('InstallASAP', 'Installing'),
      )
      expect(bench.device().update?.phase).toBe('installing')
      bench.passMs(60 * minute)
      expect(bench.device().osVersion).toBe('12.1')
    },
  )

  test('an OSUpdateStatus starts nothing that was for tonight', () => {
    const bench = prompting()
    bench.act('chooseTonight')
    status(bench)
    expect(bench.device().update?.phase).toBe('tonight')
  })

  test('with an empty battery the night passes without an install', () => {
    const bench = prompting()
    bench.act('chooseTonight')
    bench.act('unplug')
    bench.act('setBattery', 0.1)
    bench.passMs(12 * 60 * minute)
    expect(bench.device()).toMatchObject({ osVersion: '12.0.1', update: { phase: 'tonight' } })
  })

  test('locked, it says NotNow to all but DeviceInformation', () => {
    const bench = withPasscode()
    bench.act('lock')
    for (const type of ['ScheduleOSUpdate', 'OSUpdateStatus', 'AvailableOSUpdates', 'SecurityInfo'])
      expect(bench.send(type, updateOf('Default'))).toEqual({ Status: 'NotNow' })
    expect(bench.device().update).toBeUndefined()
    expect(bench.send('DeviceInformation', { Queries: ['OSVersion'] })).toMatchObject({
      Status: 'Acknowledged',
    })
  })
})

describe('what stands in the way', () => {
  test.each([
    ['B-04', {}, 'DownloadInsufficientSpace', 12054],
    ['B-02', {}, 'DownloadInsufficientPower', 12055],
    ['B-01', { network: 'cellular' }, 'DownloadInsufficientNetwork', 12056],
  ] as const)('%s %o: %s, inside an acknowledged reply', (labTag, change, word, error) => {
    const bench = handheld(deviceTagged(labTag, change))
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject({
      Status: 'Acknowledged',
      UpdateResults: [{ InstallAction: 'Error', Status: word, ErrorChain: [{ ErrorCode: error }] }],
    })
    expect(bench.device().update).toBeUndefined()
  })

  test('an install needs space and power of its own', () => {
    const bench = downloaded(ready())
    bench.act('unplug')
    bench.act('setBattery', 0.3)
    expect(bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))).toMatchObject(
      result('Error', 'InstallInsufficientPower'),
    )
    bench.act('plugIn')
    bench.act('freeDisk', 0.2)
    expect(bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))).toMatchObject(
      result('Error', 'InstallInsufficientSpace'),
    )
    expect(bench.device().update?.phase).toBe('downloaded')
  })

  test('the empty battery that is plugged in is enough', () => {
    const bench = handheld(deviceTagged('B-02'))
    bench.act('plugIn')
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(
      result('DownloadOnly', 'Downloading'),
    )
  })

  test('an unsupervised device refuses the update commands and tells its state', () => {
    const bench = handheld(deviceTagged('B-08'))
    for (const type of ['ScheduleOSUpdate', 'OSUpdateStatus', 'AvailableOSUpdates'])
      expect(bench.send(type, updateOf('Default'))).toMatchObject(code(29000))
    expect(
      bench.send('DeviceInformation', { Queries: ['IsSupervised', 'BatteryLevel'] }),
    ).toMatchObject({ QueryResponses: { IsSupervised: false, BatteryLevel: -1 } })
  })

  test('commands that are not as documented', () => {
    const bench = ready()
    const malformed = { Status: 'CommandFormatError' }
    expect(bench.send('ScheduleOSUpdate', { Updates: 'all' })).toEqual(malformed)
    expect(bench.send('ScheduleOSUpdate', { Updates: [{}] })).toEqual(malformed)
    expect(bench.send('DeviceInformation')).toEqual(malformed)
    expect(bench.send('ScheduleOSUpdate', updateOf('InstallForceRestart'))).toMatchObject(
      code(12008),
    )
    expect(
      bench.send('ScheduleOSUpdate', updateOf('Default', { ProductKey: 'iOSUpdate99Z99' })),
    ).toMatchObject(code(12048))
    expect(bench.send('ScheduleOSUpdate')).toMatchObject(result('DownloadOnly', 'Downloading'))
  })

  test('an unknown request type is 12021 in the words of a real device', () => {
    expect(ready().send('InstalledBeer')).toEqual({
      Status: 'Error',
      ErrorChain: [
        {
          ErrorCode: 12021,
          ErrorDomain: 'MCMDMErrorDomain',
          LocalizedDescription: '“InstalledBeer” is not a valid request type.',
          USEnglishDescription: '“InstalledBeer” is not a valid request type.',
        },
      ],
    })
  })
})

describe('what versions do differently', () => {
  test('11.3 gives IsDownloaded as an integer', () => {
    const bench = handheld(deviceTagged('B-05'))
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    expect(bench.sendRaw('OSUpdateStatus')).toContain('<key>IsDownloaded</key>\n\t\t\t<integer>0<')
    bench.wait()
    expect(bench.sendRaw('OSUpdateStatus')).toContain('<key>IsDownloaded</key>\n\t\t\t<integer>1<')
    const newer = downloaded(ready())
    expect(newer.sendRaw('OSUpdateStatus')).toContain('<key>IsDownloaded</key>\n\t\t\t<true/>')
  })

  test('11.4 with a passcode answers Error and downloads, then Error and prompts', () => {
    const bench = handheld(deviceTagged('B-07'))
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(code(2200, 16))
    expect(bench.device().update?.phase).toBe('downloading')
    bench.wait()
    expect(bench.send('ScheduleOSUpdate', updateOf('InstallASAP'))).toMatchObject(code(2200, 16))
    expect(bench.device()).toMatchObject({ promptsShown: 1, update: { phase: 'prompting' } })
  })

  test('11.4 without a passcode answers as documented', () => {
    const bench = handheld(deviceTagged('B-07', { passcode: false }))
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(
      result('DownloadOnly', 'Downloading'),
    )
  })

  test('11.3.1 stays silent when the installed version is named, and only then', () => {
    const bench = handheld(deviceTagged('B-06'))
    const installed = { ProductKey: 'iOSUpdate15E302' }
    expect(bench.send('ScheduleOSUpdate', updateOf('Default', installed))).toBeUndefined()
    expect(
      bench.send('ScheduleOSUpdate', updateOf('Default', { ProductVersion: '11.3.1' })),
    ).toBeUndefined()
    expect(bench.send('ScheduleOSUpdate', updateOf('Default'))).toMatchObject(
      result('DownloadOnly', 'Downloading'),
    )
    const older = handheld(deviceTagged('B-05'))
    expect(
      older.send('ScheduleOSUpdate', updateOf('Default', { ProductKey: 'iOSUpdate15E216' })),
    ).toMatchObject(code(2213, 3))
  })

  test.each([
    ['B-04', { Status: 'Acknowledged', AvailableOSUpdates: [] }],
    ['B-05', { Status: 'Error', ErrorChain: [{ ErrorCode: 2213 }, { ErrorCode: 3 }] }],
    ['B-12', { Status: 'Acknowledged', AvailableOSUpdates: [] }],
  ])('%s with nothing to install answers %o', (labTag, expected) => {
    const bench = handheld(deviceTagged(labTag, { offers: [] }))
    expect(bench.send('AvailableOSUpdates')).toMatchObject(expected)
  })

  test.each([
    ['B-01', '12.1', 'Error'],
    ['B-05', '12.1', 'Acknowledged'],
    ['B-12', '18.6', 'Acknowledged'],
  ])('%s asked by ProductVersion %s answers %s', (labTag, version, expected) => {
    const bench = handheld(deviceTagged(labTag))
    const reply = bench.send('ScheduleOSUpdate', updateOf('Default', { ProductVersion: version }))
    expect(reply?.Status).toBe(expected)
  })

  test.each([
    ['B-01', 64e9 / 2 ** 30],
    ['B-10', 128],
  ])('the capacity of %s is the number %d', (labTag, expected) => {
    const reply = handheld(deviceTagged(labTag)).send('DeviceInformation', {
      Queries: ['DeviceCapacity'],
    })
    expect(reply?.QueryResponses).toEqual({ DeviceCapacity: expected })
  })

  test('27 knows none of the update commands any more', () => {
    const bench = handheld(deviceTagged('B-11', { osVersion: '27.0' }))
    for (const type of ['ScheduleOSUpdate', 'OSUpdateStatus', 'AvailableOSUpdates'])
      expect(bench.send(type, updateOf('Default'))).toMatchObject(code(12021))
    expect(bench.send('SecurityInfo')).toMatchObject({ Status: 'Acknowledged' })
  })

  test('Apple TV has no battery, capacity or passcode to tell of', () => {
    const bench = handheld(deviceTagged('B-12'))
    const asked = ['BatteryLevel', 'DeviceCapacity', 'AvailableDeviceCapacity', 'OSVersion']
    expect(bench.send('DeviceInformation', { Queries: asked })?.QueryResponses).toEqual({
      OSVersion: '18.5',
    })
    expect(bench.send('SecurityInfo')?.SecurityInfo).not.toHaveProperty('PasscodePresent')
  })
})

test('no reply of a device carries its RequestType', () => {
  const bench = ready()
  for (const type of ['DeviceInformation', 'SecurityInfo', 'AvailableOSUpdates', 'OSUpdateStatus'])
    expect(bench.send(type, { Queries: ['UDID'] })).not.toHaveProperty('RequestType')
})

test('AvailableOSUpdates and SecurityInfo have the keys of the captured replies', () => {
  const bench = ready()
  expect(bench.send('AvailableOSUpdates')?.AvailableOSUpdates).toEqual([
    {
      AllowsInstallLater: false,
      Build: '16B92',
      DownloadSize: 2413463552,
      HumanReadableName: 'iOS 12.1',
      InstallSize: 1073741824,
      IsCritical: false,
      ProductKey: 'iOSUpdate16B92',
      ProductName: 'iOS',
      RestartRequired: true,
      Version: '12.1',
    },
  ])
  expect(bench.send('SecurityInfo')?.SecurityInfo).toEqual({
    HardwareEncryptionCaps: 3,
    PasscodeCompliant: true,
    PasscodeCompliantWithProfiles: true,
    PasscodeLockGracePeriod: 0,
    PasscodeLockGracePeriodEnforced: 0,
    PasscodePresent: false,
  })
})

test('the same seed repeats a run, another seed gives another', () => {
  const run = (seed: string) => {
    const bench = handheld(deviceTagged('B-01'), seed)
    downloaded(bench)
    bench.send('ScheduleOSUpdate', updateOf('Default'))
    bench.wait()
    bench.wait()
    return bench.at()
  }
  expect(run('a')).toBe(run('a'))
  expect(new Set(['a', 'b', 'c', 'd'].map(run)).size).toBeGreaterThan(1)
})

test('the device counts how often a command reached it', () => {
  const bench = ready()
  bench.sendRaw('OSUpdateStatus')
  bench.sendRaw('OSUpdateStatus')
  expect(bench.device().deliveries).toEqual({ raw: 2 })
})
