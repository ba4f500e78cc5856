import type { Db } from '@/lib/db/client'
import type { Device } from '@/lib/db/queries/devices/devices'
import { loadLabCalendar } from '@/lib/db/queries/planning/lab-calendar'
import { listQueue, type QueueEntry } from '@/lib/db/queries/planning/queue'
import { getLabSettings } from '@/lib/db/queries/settings'
import type { CalendarEntry } from '@/lib/domain/planning/lab-calendar'
import { addDays } from '@/lib/domain/planning/release-gaps'
import { labDay, startOfLabDay } from '@/lib/domain/text/lab-time'

export type DeviceWeeks = {
  days: readonly string[]
  entries: readonly CalendarEntry[]
  queue: readonly QueueEntry[]
}

/** Four weeks: as far as most people plan with one device. */
const daysAhead = 28

/** What the next weeks bring to a device, and who waits for it. */
export async function readWeeks(db: Db, device: Device, now: Date): Promise<DeviceWeeks> {
  const { timeZone } = await getLabSettings(db)
  const today = labDay(now, timeZone)
  const days = Array.from({ length: daysAhead }, (_, at) => addDays(today, at))
  const to = startOfLabDay(addDays(today, daysAhead), timeZone) ?? now
  const environment = device.simulated ? 'simulated' : 'real'
  const about = { environment, deviceId: device.id, from: now, to, cancelled: false } as const
  const [entries, queue] = await Promise.all([
    loadLabCalendar(db, about, now),
    listQueue(db, { deviceId: device.id }, now),
  ])
  return { days, entries, queue }
}
