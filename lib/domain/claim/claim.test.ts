import { expect, test } from 'vitest'
import {
  type ClaimContent,
  type ClaimFinding,
  type ClaimResult,
  claimPlaces,
  claimProblem,
  claimRange,
  claimScope,
  notAbout,
} from './claim'
import { scoreboard, scoreInWords } from './scoreboard'

const claim: ClaimContent = {
  statement: 'IsDownloaded is a boolean.',
  ...{ source: 'apple', sourceName: "Apple's schema at 18.1" },
  url: 'https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.status.yaml#L54',
  ...{ family: 'iOS', from: '10.3', check: 'screen', howTo: 'the reply' },
}
const byReply = {
  check: 'reply',
  requestType: 'OSUpdateStatus',
  path: 'OSUpdateStatus[].IsDownloaded',
} as const

const wrong: [what: string, but: Partial<ClaimContent>, field: string][] = [
  ['nothing claimed', { statement: ' ' }, 'statement'],
  ['two lines', { statement: 'one\ntwo' }, 'statement'],
  ['too long', { statement: 'x'.repeat(301) }, 'statement'],
  ['a quotation', { statement: 'It says “installs later”.' }, 'statement'],
  ['no source', { sourceName: '' }, 'sourceName'],
  ['no address', { url: 'developer.apple.com' }, 'url'],
  ['an address that runs code', { url: 'javascript:alert(1)' }, 'url'],
  ['no version', { from: '15G77' }, 'from'],
  ['a supplement', { from: '26.3.1 (a)' }, 'from'],
  ['an end before the start', { to: '10.2' }, 'to'],
  ['an end that is no version', { to: 'later' }, 'to'],
  ['nothing to look at', { howTo: '' }, 'howTo'],
  ['no documented key', { check: 'reply', path: 'OSUpdateStatus[].Color' }, 'path'],
  ['a key of another reply', { ...byReply, requestType: 'SecurityInfo' }, 'path'],
]
test.each(wrong)('refused at its field: %s', (_, but, field) => {
  expect(claimProblem({ ...claim, ...but })?.field).toBe(field)
})

test('accepted: observed or by the replies, with or without a known end', () => {
  expect(claimProblem(claim)).toBeUndefined()
  expect(claimProblem({ ...claim, ...byReply, howTo: '', to: '12.4.1' })).toBeUndefined()
  expect(claimRange({ ...claim, to: '10.3' })).toBe('iOS and iPadOS 10.3')
  expect(claimRange(claim)).toBe('iOS and iPadOS 10.3 and later')
  // The whole reply is no key: that it is an Error says nothing about a claim.
  expect(claimPlaces.some(({ path }) => path === '(reply)')).toBe(false)
})

const result = (startOs: string, finding?: ClaimFinding, but: Partial<ClaimResult> = {}) => ({
  ...{ startOs, finding, inRange: true, retreated: false },
  ...({ mechanism: 'command', aboutMechanism: null, byItsMechanism: true } as const),
  ...but,
})
const many = (count: number, ...of: Parameters<typeof result>) =>
  Array.from({ length: count }, () => result(...of))

test('the scoreboard counts by starting version, numerically, with an interval from n = 3 on', () => {
  const rows = scoreboard([
    ...many(2, '12', 'supports'),
    ...many(4, '11.3', 'supports'),
    ...many(1, '11.3', 'contradicts'),
    ...many(5, '9.3.5', 'contradicts'),
  ])
  expect(rows.map(({ startOs, supports, n }) => [startOs, supports, n])).toEqual([
    ['9.3.5', 0, 5],
    ['11.3', 4, 5],
    ['12', 2, 2],
  ])
  // Golden values of Wilson's interval: 0 of 5 and 4 of 5 at 95 %.
  const bounds = rows.map(({ rate }) =>
    rate ? [rate.interval.low.toFixed(4), rate.interval.high.toFixed(4)] : 'no rate',
  )
  expect(bounds).toEqual([['0.0000', '0.4345'], ['0.3755', '0.9638'], 'no rate'])
  expect(scoreInWords(rows)).toBe('0 of 5 on 9.3.5, 4 of 5 on 11.3, 2 of 2 on 12')
})

test('not observed and undecided are in no numerator and no denominator', () => {
  const [row] = scoreboard([
    ...many(9, '12', 'notObserved'),
    result('12'),
    result('12', 'supports'),
  ])
  expect(row).toMatchObject({ supports: 1, n: 1, notObserved: 9, undecided: 1, rate: undefined })
  expect(scoreInWords(scoreboard(many(9, '12', 'notObserved')))).toBe('no trial has observed it')
})

test('a device used before, and a version or mechanism that the claim is not about, are not counted', () => {
  const rows = scoreboard([
    result('12', 'supports', { retreated: true }),
    result('9.0', 'contradicts', { inRange: false }),
    result('26.5', 'supports', { byItsMechanism: false, aboutMechanism: 'declaration' }),
  ])
  expect(rows).toEqual([])
  expect(claimScope({ ...claim, mechanism: 'declaration' })).toBe(
    'iOS and iPadOS 10.3 and later, updates by declaration',
  )
  const apart = { byItsMechanism: false, aboutMechanism: 'command' } as const
  expect(notAbout(result('26.5', 'supports', { ...apart, mechanism: 'both' }))).toBe(
    'It is about updates by command alone, and this trial was by declaration and command.',
  )
  expect(notAbout(result('26.5'))).toBeUndefined()
})
