import { expect, test } from 'vitest'
import type { Platform } from '../device/device'
import { detectInStatusReport } from './detect'
import { isContradiction } from './finding'
import { type Short, typed } from './testing'

const found = (
  items: { [key: string]: Short },
  { platform = 'iOS', osVersion = '18.1' }: { platform?: Platform; osVersion?: string } = {},
  rest: { [key: string]: Short } = { Errors: [] },
) => {
  const report = typed({ StatusItems: items, ...rest })
  const checked = detectInStatusReport({ platform, osVersion, report })
  if (!checked.compared) throw new Error(checked.reason)
  return checked.findings
    .filter(isContradiction)
    .map(({ path, kind, observed }) => `${path} ${kind} ${observed}`)
}
const update = (softwareupdate: { [key: string]: Short }) => ({ softwareupdate })
const state = (word: string) => update({ 'install-state': word })
const at = 'StatusItems.softwareupdate.install-state'

test.each<[string, Parameters<typeof found>, string[]]>([
  ['a documented state', [state('downloading')], []],
  ['an undocumented state', [state('paused')], [`${at} valueNotListed "paused"`]],
  [
    'waiting, which the file describes and does not list',
    [state('waiting')],
    [`${at} valueNotListed "waiting"`, `${at} documentationInconsistent "waiting"`],
  ],
  [
    'waiting on 27, whose file has dropped it',
    [state('waiting'), { osVersion: '27.0' }],
    [`${at} valueNotListed "waiting"`],
  ],
  [
    'the item before 17',
    [state('none'), { osVersion: '16.7' }],
    [`${at} outsideDocumentedVersions present`],
  ],
  [
    'the item on tvOS before 18.4',
    [state('none'), { platform: 'tvOS', osVersion: '18.3' }],
    [`${at} outsideDocumentedVersions present`],
  ],
  ['the item on tvOS 18.4', [state('none'), { platform: 'tvOS', osVersion: '18.4' }], []],
  ['a state that is a number', [update({ 'install-state': 1 })], [`${at} typeDiffers integer`]],
  [
    'a reason that is not listed, in a list',
    [update({ 'install-reason': { reason: ['declaration', 'magic'] } })],
    ['StatusItems.softwareupdate.install-reason.reason[] valueNotListed "magic"'],
  ],
  [
    'a reason that is no dict',
    [update({ 'install-reason': ['mdm'] })],
    ['StatusItems.softwareupdate.install-reason typeDiffers array'],
  ],
  [
    'a pending version without its build',
    [update({ 'pending-version': { 'os-version': '18.2' } })],
    ['StatusItems.softwareupdate.pending-version.build-version requiredMissing missing'],
  ],
  [
    'a time to install by, which the file of 18.1 does not have',
    [
      update({
        'pending-version': { 'os-version': '', 'build-version': '', 'target-local-date-time': 'x' },
      }),
    ],
    [
      'StatusItems.softwareupdate.pending-version.target-local-date-time documentationInconsistent present',
    ],
  ],
  [
    'the same on 26, whose file has it',
    [
      update({
        'pending-version': { 'os-version': '', 'build-version': '', 'target-local-date-time': 'x' },
      }),
      { osVersion: '26.1' },
    ],
    [],
  ],
  [
    'an unknown item',
    [{ device: { mood: 'good' } }],
    ['StatusItems.device.mood notDocumented string'],
  ],
  ['an item of 27 on 27', [{ mdm: { 'is-shared-ipad': false } }, { osVersion: '27.0' }], []],
  [
    'an item of 27 before it',
    [{ mdm: { 'is-shared-ipad': false } }],
    ['StatusItems.mdm.is-shared-ipad outsideDocumentedVersions present'],
  ],
  [
    'items whose inside is not compared',
    [{ mdm: { app: [{ identifier: 'a' }] }, passcode: { 'is-present': true } }],
    [],
  ],
  [
    'a declaration without its token, of an unlisted validity',
    [
      {
        management: {
          declarations: {
            ...{ activations: [], assets: [], management: [] },
            configurations: [{ identifier: 'a', active: true, valid: 'perhaps' }],
          },
        },
      },
    ],
    [
      'StatusItems.management.declarations.configurations[].valid valueNotListed "perhaps"',
      'StatusItems.management.declarations.configurations[].server-token requiredMissing missing',
    ],
  ],
  ['no errors list', [state('none'), {}, {}], ['Errors requiredMissing missing']],
  [
    'a report before 15',
    [state('none'), { osVersion: '14.8' }],
    ['(reply) outsideDocumentedVersions a report'],
  ],
])('%s', (_, args, expected) => {
  expect(found(...args)).toEqual(expected)
})

test('absent items are never missed, and without a version nothing is compared', () => {
  expect(found({})).toEqual([])
  const report = typed({ StatusItems: {}, Errors: [] })
  expect(detectInStatusReport({ platform: 'iOS', osVersion: undefined, report }).compared).toBe(
    false,
  )
})
