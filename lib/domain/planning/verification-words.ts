import { maxHoldDays } from '../device/hold'
import type { CalendarEntry } from './lab-calendar'
import { addDays } from './release-gaps'
import type { Verifiable, VerificationPlan, WayThere } from './verification-calendar'

/** A radar as the calendar names it. */
export type NamedRadar = {
  id: string
  number: number
  title: string
  platform: string
  claimedFix: string | null
  changedAt: Date
}

/** When a fix can be checked, as a sentence. */
export function verifiableInWords(verifiable: Verifiable, today: string): string {
  if (verifiable.state === 'unknown') return `Not known: ${verifiable.reason}.`
  if (verifiable.state === 'known')
    return verifiable.on <= today
      ? `Since ${verifiable.on}, when ${verifiable.target} came out.`
      : `From ${verifiable.on}, with ${verifiable.target}.`
  const { on, from, to, gaps, major, overdue } = verifiable
  const late = overdue ? ' No newer release is known yet.' : ''
  return `About ${on}, by quartiles ${from} to ${to}: the median of ${gaps} gaps between releases of ${major}.${late}`
}

/** How a device gets there, as a phrase. */
export function wayInWords({ hop }: WayThere): string {
  if (!hop) return 'is there'
  return `${hop.from} to ${hop.to}${hop.observesBug ? ', one more trial of the bug' : ''}`
}

/** The day on which a fix can be checked, as an entry of a calendar; undefined where none is known or estimated. */
export function verificationEntry(
  radar: NamedRadar,
  { verifiable, devices }: VerificationPlan,
  today: string,
): CalendarEntry | undefined {
  if (verifiable.state === 'unknown') return undefined
  const target = verifiable.state === 'known' ? ` with ${verifiable.target}` : ', estimated'
  const ways = devices.map((way) => `${way.labTag}: ${wayInWords(way)}`)
  return {
    uid: `radar-${radar.id}@oneway`,
    kind: 'verification',
    when: { day: verifiable.on },
    title: `R-${radar.number}: check the fix in ${radar.platform} ${radar.claimedFix}${target}`,
    notes: [
      radar.title,
      verifiableInWords(verifiable, today),
      ...(ways.length > 0 ? ways : ['No unused device can be there.']),
    ],
    device: undefined,
    about: { kind: 'radar', id: radar.id, name: `R-${radar.number}` },
    status: verifiable.state === 'estimated' ? 'tentative' : 'confirmed',
    sequence: 0,
    changedAt: radar.changedAt,
  }
}

/** Time to run the check once it can be run; the lead who reserves the device changes it. */
const daysToRun = 30

/** What a reservation for the check of a fix is filled in with; the end is empty where the day is not known. */
export function suggestedReservation(
  { number, platform, claimedFix }: Pick<NamedRadar, 'number' | 'platform' | 'claimedFix'>,
  verifiable: Verifiable,
  today: string,
): { reason: string; until: string } {
  const reason = `Check the fix of R-${number} in ${platform} ${claimedFix ?? 'a version still to come'}`
  if (verifiable.state === 'unknown') return { reason, until: '' }
  const day = verifiable.state === 'known' ? verifiable.on : verifiable.to
  const wanted = addDays(day > today ? day : today, daysToRun)
  const [until = wanted] = [wanted, addDays(today, maxHoldDays - 1)].toSorted()
  return { reason, until }
}
