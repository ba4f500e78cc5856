import { expect, test } from 'vitest'
import { type DeviceDraft, draftProblems } from './device-draft'

const draft: DeviceDraft = {
  labTag: 'L-001',
  name: 'Red phone',
  enrollmentId: '',
  serial: '',
  platform: 'iOS',
  modelIdentifier: '',
  modelName: '',
  location: '',
  holder: '',
  notes: '',
}
const fields = (given: Partial<DeviceDraft>) =>
  draftProblems({ ...draft, ...given }).map(({ field }) => field)

test.each(['a'.repeat(40), '00008020-000915083C80012E', 'E9085AF6-DCCB-5661-A678-BCE8F4D9A2C8'])(
  'the enrollment ID %s is accepted',
  (enrollmentId) => {
    expect(fields({ enrollmentId })).toEqual([])
  },
)

test.each([
  'abc,defgh',
  'abcdefgh ',
  'abcd/efgh',
  'abcd%2Cefg',
  'abcd:user',
  '../../evil',
  'short',
])('the enrollment ID "%s" is refused, as it could name another device', (enrollmentId) => {
  expect(fields({ enrollmentId })).toEqual(['enrollmentId'])
})

test('every bad field is named at once, with its accepted form', () => {
  const problems = draftProblems({
    ...draft,
    name: ' ',
    serial: 'C39 VC',
    modelIdentifier: 'iPhone X',
    labTag: ' L-1',
  })
  expect(problems.map(({ field }) => field)).toEqual([
    'labTag',
    'name',
    'serial',
    'modelIdentifier',
  ])
  expect(problems.every(({ accepted }) => accepted !== '')).toBe(true)
})

test('a model that cannot run the platform is refused', () => {
  expect(fields({ modelIdentifier: 'AppleTV6,2', platform: 'iOS' })).toEqual(['platform'])
  expect(fields({ modelIdentifier: 'iPhone10,3', platform: 'iPadOS' })).toEqual(['platform'])
  expect(fields({ modelIdentifier: 'iPad7,5', platform: 'iOS' })).toEqual([])
  expect(fields({ modelIdentifier: 'iPad7,5', platform: 'iPadOS' })).toEqual([])
})
