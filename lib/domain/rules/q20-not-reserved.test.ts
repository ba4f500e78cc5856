import { expect, test } from 'vitest'
import { acceptedHoldEnd, endInWords, endOfDay, holdEndProblem, isHeld } from '../device/hold'
import { type Change, contextWith, judge } from '../testing'
import { notReserved } from './q20-not-reserved'
import { qualify } from './qualify'

const { now } = contextWith()
const from = (ms: number) => new Date(now.getTime() + ms)
const holdReason = 'kept for 11.4.2'

const cases: [what: string, change: Change, verdict: string][] = [
  ['not reserved', {}, 'pass'],
  ['reserved until later', { device: { holdReason, holdUntil: from(1) } }, 'fail'],
  ['at the end', { device: { holdReason, holdUntil: from(0) } }, 'pass'],
  ['after the end', { device: { holdReason, holdUntil: from(-1) } }, 'pass'],
  ['without an end', { device: { holdReason } }, 'fail'],
]

test.each(cases)('Q20 not reserved: %s', (_, change, verdict) => {
  expect(judge(notReserved, change).verdict).toBe(verdict)
})

test('Q20 not reserved: the reason and the end are named', () => {
  const { reason, brief, remedy } = judge(notReserved, {
    device: { holdReason, holdUntil: new Date('2099-01-01T00:00:00Z') },
  })
  expect(reason).toBe(`reserved by a lead until the end of 2098-12-31 UTC: ${holdReason}`)
  expect(brief).toBe(`Reserved by a lead: ${holdReason}`)
  expect(remedy).toContain('waive')
})

test('a waiver answers the reservation it was given for, and no newer one', () => {
  const waiver = { ruleId: 'Q20', by: 'Lee', reason: 'the fix came early', at: from(-1000) }
  const judgedWith = (heldAt: Date) => {
    const given = contextWith({ device: { holdReason, holdUntil: from(60_000), heldAt } })
    return qualify({ ...given, waivers: [waiver] }).findings.find((one) => one.ruleId === 'Q20')
  }
  expect(judgedWith(from(-1000))).toMatchObject({ warnOnly: true, waived: { by: 'Lee' } })
  expect(judgedWith(from(-999))).toMatchObject({ warnOnly: false })
  expect(judgedWith(from(-999))?.waived).toBeUndefined()
})

test('a verdict on a reserved device goes stale when the reservation ends', () => {
  const end = from(1000)
  expect(qualify(contextWith({ device: { holdReason, holdUntil: end } })).staleAt).toEqual(end)
  expect(qualify(contextWith({ device: { holdReason, holdUntil: from(-1) } })).staleAt).not.toEqual(
    from(-1),
  )
})

test('a reservation made for a day ends with it, and says so', () => {
  const end = endOfDay('2026-12-31')
  expect(end.toISOString()).toBe('2027-01-01T00:00:00.000Z')
  expect(endInWords(end)).toBe('until the end of 2026-12-31 UTC')
  expect(endInWords(null)).toBe('without an end')
  expect(isHeld({ holdReason: null, holdUntil: null }, now)).toBe(false)
})

test.each([
  ['none', undefined],
  ['no day', new Date('31 Smarch')],
  ['one that has passed', from(0)],
  ['one too far ahead', from(732 * 86_400_000)],
])('an end of a reservation is refused with the accepted form: %s', (_, until) => {
  expect(holdEndProblem(until, now)).toContain(acceptedHoldEnd)
  expect(holdEndProblem(from(1), now)).toBeUndefined()
})
