import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type CalendarDay, calendarFile } from './ics'

const day = (but: Partial<CalendarDay> = {}): CalendarDay => ({
  ...{ uid: 'radar-1@oneway', day: '2026-12-11', url: 'https://oneway.example/radars/1' },
  ...{ summary: 'R-1', description: 'One', changedAt: new Date('2026-11-29T09:00:00.123Z') },
  tentative: false,
  ...but,
})

test('a day of the calendar, as RFC 5545 writes it', () => {
  expect(calendarFile('Fixes, real', [day({ summary: 'a; b, c\\d\nnext' })])).toBe(
    [
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Oneway//Verification calendar//EN',
      'CALSCALE:GREGORIAN',
      String.raw`X-WR-CALNAME:Fixes\, real`,
      'BEGIN:VEVENT',
      'UID:radar-1@oneway',
      'DTSTAMP:20261129T090000Z',
      'LAST-MODIFIED:20261129T090000Z',
      'DTSTART;VALUE=DATE:20261211',
      String.raw`SUMMARY:a\; b\, c\\d\nnext`,
      'DESCRIPTION:One',
      'URL:https://oneway.example/radars/1',
      'STATUS:CONFIRMED',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n'),
  )
})

test('an estimate is tentative, and an empty calendar is one', () => {
  expect(calendarFile('x', [day({ tentative: true })])).toContain('STATUS:TENTATIVE\r\n')
  expect(calendarFile('x', []).split('\r\n')).toHaveLength(7)
})

const any = fc.string({ unit: 'binary', maxLength: 300 })

test('no text ends a line, no line is longer than 75 octets, and unfolded it is the text again', () => {
  fc.assert(
    fc.property(any, any, (summary, description) => {
      const file = calendarFile('x', [day({ summary, description })])
      const physical = file.split('\r\n')
      for (const line of physical) {
        expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
        expect(line).not.toMatch(/[\r\n]/)
      }
      const lines = file.replaceAll('\r\n ', '').split('\r\n')
      expect(lines).toHaveLength(18)
      const read = lines
        .find((line) => line.startsWith('SUMMARY:'))
        ?.slice('SUMMARY:'.length)
        .replaceAll(/\\(.)/gs, (_, sign: string) => (sign === 'n' ? '\n' : sign))
      const kept = summary.replaceAll(/\r\n?/g, '\n').replaceAll(/(?!\n)\p{Cc}/gu, '')
      expect(read).toBe(kept)
    }),
  )
})
