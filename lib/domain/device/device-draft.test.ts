import { expect, test } from 'vitest'
import { type DeviceDraft, draftFieldProblem, draftProblems } from './device-draft'

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
])('the enrollment ID "%s" is refused, because it could name another device', (enrollmentId) => {
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

test.each([
  ['a zero-width space', 'L-0\u200b1', 'U+200B'],
  ['a zero-width joiner', 'L-0\u200d1', 'U+200D'],
  ['a soft hyphen', 'L\u00ad-01', 'U+00AD'],
  ['a right-to-left override', 'L-\u202e10', 'U+202E'],
  ['an isolate', 'L-\u20671', 'U+2067'],
  ['a Hangul filler', 'L-\u31641', 'U+3164'],
  ['a Braille blank', 'L-\u28001', 'U+2800'],
  ['a variation selector', 'L-1\ufe0f', 'U+FE0F'],
  ['a tag character', 'L-1\u{e0031}', 'U+E0031'],
  ['a no-break space', 'L\u00a01', 'U+00A0'],
])('a lab tag with %s is refused, with the character and the accepted form', (_, tag, sign) => {
  const problem = draftFieldProblem('labTag', tag)
  expect(problem?.reason).toContain(`invisible or bidirectional character (${sign}, at position`)
  expect(problem?.accepted).toContain('visible characters')
})

test.each(['L-001', 'Regal 3', 'Gerät Ä', '棚 3', 'مختبر', 'A/B #4'])(
  'the lab tag %s is kept',
  (tag) => expect(draftFieldProblem('labTag', tag)).toBeUndefined(),
)
