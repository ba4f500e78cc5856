/** A whole day in a calendar. Days are days in UTC. */
export type CalendarDay = {
  /** The same in every copy of the feed, so that a program moves the entry instead of adding another. */
  uid: string
  /** YYYY-MM-DD. */
  day: string
  summary: string
  description: string
  url: string
  /** When what it says last changed. */
  changedAt: Date
  /** An estimate, which a calendar shows as not confirmed. */
  tentative: boolean
}

/**
 * A calendar by RFC 5545 (https://www.rfc-editor.org/rfc/rfc5545): lines end in CRLF and are folded at 75 octets (3.1),
 * texts are escaped (3.3.11), instants are in UTC (3.3.5). Without METHOD, as it is a feed and no invitation.
 */
export function calendarFile(name: string, days: readonly CalendarDay[]): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Oneway//Verification calendar//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${escaped(name)}`,
    ...days.flatMap(eventOf),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

const eventOf = ({ uid, day, summary, description, url, changedAt, tentative }: CalendarDay) => [
  'BEGIN:VEVENT',
  `UID:${escaped(uid)}`,
  `DTSTAMP:${utc(changedAt)}`,
  `LAST-MODIFIED:${utc(changedAt)}`,
  `DTSTART;VALUE=DATE:${day.replaceAll('-', '')}`,
  `SUMMARY:${escaped(summary)}`,
  `DESCRIPTION:${escaped(description)}`,
  `URL:${withoutControls(url)}`,
  `STATUS:${tentative ? 'TENTATIVE' : 'CONFIRMED'}`,
  'TRANSP:TRANSPARENT',
  'END:VEVENT',
]

/** 20261129T090000Z. */
const utc = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d+/g, '')

/** No line of the file may begin within a text. */
const withoutControls = (text: string): string => text.replaceAll(/\p{Cc}/gu, '')

const escaped = (text: string): string =>
  text
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .split(/\r\n|\r|\n/)
    .map(withoutControls)
    .join(String.raw`\n`)

const maxOctets = 75

/** A blank begins each further line and counts as one of its octets; no character is cut. */
function folded(line: string): string {
  const encoder = new TextEncoder()
  let [out, octets] = ['', 0]
  for (const character of line) {
    const own = encoder.encode(character).length
    if (octets + own > maxOctets) [out, octets] = [`${out}\r\n `, 1]
    out += character
    octets += own
  }
  return out
}
