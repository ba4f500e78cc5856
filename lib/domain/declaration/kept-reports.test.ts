import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type KeptReport, type PlacedReport, type PostedReport, placeReports } from './kept-reports'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30) + seconds * 1000)
const kept = (sha256: string, seconds: number): KeptReport => ({ sha256, at: at(seconds) })
const posted = (rawEventId: number, sha256: string, seconds: number): PostedReport => ({
  ...{ rawEventId, sha256, at: at(seconds) },
})
const missed = (seconds: number): PlacedReport => ({ is: 'missed', at: at(seconds) })
const brought = (rawEventId: number): PlacedReport => ({ is: 'brought', rawEventId })

test('what the webhook brought is told from what it missed', () => {
  const reports = [kept('c', 90), kept('b', 60), kept('a', 30)]
  expect(placeReports(reports, [posted(1, 'a', 30.4), posted(3, 'c', 91)])).toEqual([
    ...[brought(3), missed(60), brought(1)],
  ])
  expect(placeReports(reports, [])).toEqual([missed(90), missed(60), missed(30)])
})

test('the same bytes sent twice are two reports: a posted one accounts for the nearest only', () => {
  const twice = [kept('same', 60), kept('same', 0)]
  expect(placeReports(twice, [posted(7, 'same', 60.2)])).toEqual([brought(7), missed(0)])
  expect(placeReports(twice, [posted(7, 'same', 0.2)])).toEqual([missed(60), brought(7)])
  expect(placeReports([kept('same', 0)], [posted(7, 'same', 121)])).toEqual([missed(0)])
})

test('within one second, and with two clocks, a missed report keeps its place among the others', () => {
  // The server gives whole seconds: the missed one was sent after the posted one of the same second.
  expect(placeReports([kept('b', 10), kept('a', 10)], [posted(1, 'a', 10.5)])).toEqual([
    ...[missed(10.501), brought(1)],
  ])
  // Its clock is 40 s ahead of the MDM server's: the missed one still comes before the posted one.
  expect(placeReports([kept('b', 50), kept('a', 45)], [posted(2, 'b', 10)])).toEqual([
    ...[brought(2), missed(9.999)],
  ])
})

test('a report that was read before keeps its time, and is paired with nothing', () => {
  const before: KeptReport = { ...kept('a', 30), recordedAt: at(29) }
  expect(placeReports([kept('b', 20), before], [posted(1, 'a', 30)])).toEqual([
    ...[missed(29.001), missed(29)],
  ])
})

type Sent = { sha256: string; seconds: number; came: boolean }

/** Reports in the order of their server, some of which the webhook brought half a second later, by a clock that is `skew` seconds off. */
const placedOf = (reports: readonly Sent[], skew: number) => {
  // Two reports of a device are apart by a millisecond at least.
  const times = reports.map(({ seconds }, index) => seconds + 0.5 - index / 1000)
  const placed = placeReports(
    reports.map(({ sha256, seconds }) => kept(sha256, seconds + skew)),
    reports.flatMap(({ sha256, came }, index) =>
      came ? posted(index, sha256, times[index] ?? 0) : [],
    ),
  )
  return { placed, times }
}
const sent = (bytes: readonly string[]) =>
  fc
    .array(
      fc.record({
        ...{ sha256: fc.constantFrom(...bytes), came: fc.boolean() },
        seconds: fc.integer({ min: 0, max: 400 }),
      }),
      { maxLength: 12 },
    )
    .map((reports) => reports.toSorted((a, b) => b.seconds - a.seconds))
const skew = fc.integer({ min: -60, max: 60 })

test('each event accounts for one report, and as many are missed as the webhook did not bring', () => {
  fc.assert(
    fc.property(sent(['a', 'b']), (reports) => {
      const { placed } = placedOf(reports, 0)
      const events = placed.flatMap((one) => (one.is === 'brought' ? one.rawEventId : []))
      expect(events.toSorted((a, b) => a - b)).toEqual(
        reports.flatMap(({ came }, index) => (came ? index : [])),
      )
    }),
  )
})

test('whatever the clocks, the record has the reports in the order of the server', () => {
  fc.assert(
    fc.property(sent(['a']), skew, (reports, off) => {
      const different = reports.map((one, index) => ({ ...one, sha256: `${index}` }))
      const { placed, times } = placedOf(different, off)
      const inRecord = placed.map((one) =>
        one.is === 'missed' ? one.at.getTime() : at(times[one.rawEventId] ?? 0).getTime(),
      )
      expect(inRecord).toEqual([...new Set(inRecord)].toSorted((a, b) => b - a))
    }),
  )
})
