import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { calendarFile, type FileEntry } from './calendar-file'

const at = (iso: string) => new Date(iso)
const entry = (but: Partial<FileEntry> = {}): FileEntry => ({
  ...{ uid: 'booking-1@oneway', kind: 'booking', title: 'B-1', notes: ['One'] },
  when: { from: at('2026-12-11T09:30:00Z'), to: at('2026-12-11T11:00:00Z') },
  ...{ device: undefined, about: { kind: 'trial', id: '1', name: 'T-1' } },
  ...{ url: 'https://oneway.example/trials/1', status: 'confirmed', sequence: 0 },
  changedAt: at('2026-11-29T09:00:00.123Z'),
  ...but,
})
const linesOf = (...entries: FileEntry[]) =>
  calendarFile('Oneway: bookings', entries).replaceAll('\r\n ', '').split('\r\n')

test('an interval stands in UTC, with a UID, a sequence and the time of its last change', () => {
  const lines = linesOf(entry({ title: 'a; b, c\\d\nnext', notes: ['One', 'Two'], sequence: 2 }))
  expect(lines.slice(0, 2)).toEqual(['BEGIN:VCALENDAR', 'VERSION:2.0'])
  for (const line of [
    'PRODID:-//Oneway//Calendar//EN',
    'CALSCALE:GREGORIAN',
    'X-WR-CALNAME:Oneway: bookings',
    'UID:booking-1@oneway',
    'SEQUENCE:2',
    'DTSTAMP:20261129T090000Z',
    'LAST-MODIFIED:20261129T090000Z',
    'DTSTART:20261211T093000Z',
    'DTEND:20261211T110000Z',
    String.raw`SUMMARY:a\; b\, c\\d\nnext`,
    String.raw`DESCRIPTION:One\nTwo`,
    'STATUS:CONFIRMED',
    'TRANSP:TRANSPARENT',
  ])
    expect(lines).toContain(line)
  expect(lines.filter((line) => /^(METHOD|TZID|X-WR-TIMEZONE)/.test(line))).toEqual([])
  expect(lines.slice(-2)).toEqual(['END:VCALENDAR', ''])
})

test('a day is a date; an estimate is tentative, what was withdrawn is cancelled, and no end is none', () => {
  expect(linesOf(entry({ when: { day: '2026-12-11' }, status: 'tentative' }))).toEqual(
    expect.arrayContaining(['DTSTART;VALUE=DATE:20261211', 'STATUS:TENTATIVE']),
  )
  const open = entry({ when: { from: at('2026-12-11T09:30:00Z'), to: undefined } })
  expect(linesOf({ ...open, status: 'cancelled' })).toContain('STATUS:CANCELLED')
  expect(linesOf(open).some((line) => line.startsWith('DTEND'))).toBe(false)
  expect(linesOf().filter((line) => line.startsWith('BEGIN:'))).toEqual(['BEGIN:VCALENDAR'])
})

const any = fc.string({ unit: 'binary', maxLength: 300 })

test('no text ends a line, no line is longer than 75 octets, and unfolded it is the text again', () => {
  fc.assert(
    fc.property(any, any, (title, note) => {
      const file = calendarFile('x', [entry({ title, notes: [note] })])
      for (const line of file.split('\r\n')) {
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
        expect(line).not.toMatch(/[\r\n]/)
      }
      const lines = file.replaceAll('\r\n ', '').split('\r\n')
      expect(lines.filter((line) => /^(BEGIN|END|UID):/.test(line))).toHaveLength(5)
      const read = lines
        .find((line) => line.startsWith('SUMMARY:'))
        ?.slice('SUMMARY:'.length)
        .replaceAll(/\\(.)/gs, (_, sign: string) => (sign === 'n' ? '\n' : sign))
      expect(read).toBe(title.replaceAll(/\r\n?/g, '\n').replaceAll(/(?!\n)\p{Cc}/gu, ''))
    }),
  )
})
