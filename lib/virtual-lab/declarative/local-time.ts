import { clockOf, momentIn } from '@/lib/domain/import/zones'

const form = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/

/**
 * The date in ms at which clocks of a zone show a `TargetLocalDateTime`; undefined if it is not one. Of a time that
 * exists twice the first counts, and one that clocks skip is the moment at which they do (Apple documents neither).
 */
export function targetInstant(text: string, zone: string): number | undefined {
  const found = form.exec(text)
  if (!found) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map(Number)
  return momentIn(zone, { year, month, day, hour, minute, second, ms: 0 })?.getTime()
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0')

/** What clocks of a zone show, as `TargetLocalDateTime` has it. */
export function localText(ms: number, zone: string): string {
  const { year, month, day, hour, minute, second } = clockOf(new Date(ms), zone)
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}`
}

/** RFC 3339 with the offset of the zone. */
export function withOffset(ms: number, zone: string): string {
  const local = localText(ms, zone)
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(ms / 1000) * 1000) / 60_000)
  const sign = minutes < 0 ? '-' : '+'
  const size = Math.abs(minutes)
  return `${local}${sign}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}

export const utcText = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

/** As Apple's example of a pending version has it: `2026-11-30 20:00:00 +0000`. */
export const spacedText = (ms: number) => utcText(ms).replace('T', ' ').replace('Z', ' +0000')
