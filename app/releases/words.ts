import { type Countdown, classOf, deviceClasses } from '@/lib/domain/catalogue/countdown'
import type { FeedDate } from '@/lib/domain/catalogue/feed-date'

/** A date as its source wrote it; where it is coarser than a day, that is said. */
export const dateInWords = ({ text, precision }: FeedDate): string =>
  precision === 'year' || precision === 'month' ? `${text} (${precision} only)` : text.slice(0, 10)

/** "12 days left", "last day", "ended 3 days ago"; what no day says stays unsaid. */
export function endInWords({
  until,
  standing,
  daysLeft,
}: Pick<Countdown, 'until' | 'standing' | 'daysLeft'>): string {
  if (!until) return 'no end given'
  if (daysLeft === undefined)
    return { listed: 'ahead', ended: 'ended', unclear: 'may have ended' }[standing]
  if (daysLeft === 0) return 'last day'
  const days = `${Math.abs(daysLeft)} ${Math.abs(daysLeft) === 1 ? 'day' : 'days'}`
  return daysLeft > 0 ? `${days} left` : `ended ${days} ago`
}

/** "3 iPhones, 1 iPad": how many models of each class. */
export function classesInWords(devices: readonly string[]): string {
  if (devices.length === 0) return 'devices not known'
  const counts = Map.groupBy(devices, classOf)
  return deviceClasses
    .flatMap((name) => {
      const of = counts.get(name)?.length ?? 0
      return of === 0 ? [] : [`${of} ${name}`]
    })
    .join(', ')
}
