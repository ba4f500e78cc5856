import ical, { type ICalCalendar, ICalEventStatus, ICalEventTransparency } from 'ical-generator'
import type { CalendarEntry } from '@/lib/domain/planning/lab-calendar'

/** An entry with the address of the record it is about. */
export type FileEntry = CalendarEntry & { url: string }

const statuses = {
  confirmed: ICalEventStatus.CONFIRMED,
  tentative: ICalEventStatus.TENTATIVE,
  cancelled: ICalEventStatus.CANCELLED,
} as const

/**
 * A calendar by RFC 5545 (https://www.rfc-editor.org/rfc/rfc5545), with instants in UTC. Without METHOD, as it is a feed
 * and no invitation. No entry makes its reader busy: it is the device that is taken.
 */
export function calendarFile(name: string, entries: readonly FileEntry[]): string {
  const calendar = ical({
    name: withoutControls(name),
    prodId: { company: 'Oneway', product: 'Calendar', language: 'EN' },
    scale: 'gregorian',
  })
  for (const entry of entries) addEntry(calendar, entry)
  return `${calendar.toString()}\r\n`
}

function addEntry(calendar: ICalCalendar, entry: FileEntry): void {
  const { uid, when, title, notes, url, status, sequence, changedAt } = entry
  calendar.createEvent({
    id: uid,
    ...('day' in when
      ? { start: new Date(`${when.day}T00:00:00Z`), allDay: true }
      : { start: when.from, ...(when.to && { end: when.to }) }),
    summary: withoutControls(title),
    description: notes.map(withoutControls).join('\n'),
    url: withoutControls(url),
    status: statuses[status],
    sequence,
    stamp: changedAt,
    lastModified: changedAt,
    transparency: ICalEventTransparency.TRANSPARENT,
  })
}

/** A line of the file may not begin within a text; a new line in one is written as such. */
const withoutControls = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll(/\p{Cc}/gu, ''))
    .join('\n')
