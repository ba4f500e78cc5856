import type { Role } from './permissions'

/** A lab's settings for sessions and second factors. */
export type AccessSettings = {
  /** A session ends after this many hours without a request. */
  idleHours: number
  /** A session ends this many hours after sign-in, even if it is in use. */
  sessionHours: number
  /** Roles that must set up a second factor before they can do anything else. */
  secondFactorRoles: readonly Role[]
}

/**
 * ASVS 5.0 7.3.1 and 7.3.2 require both limits, chosen by risk. An engineer watches a device for a whole shift, and a
 * stolen session cannot send a command, because a release asks for the password again. NIST SP 800-63B-4 §2.2.3
 * recommends 1 hour idle and 24 hours in total with a second factor.
 */
export const defaultAccessSettings: AccessSettings = {
  idleHours: 12,
  sessionHours: 7 * 24,
  secondFactorRoles: [],
}

type SettingInfo = { label: string; unit: string; source: string }

/** Label, unit and source of the default, for the settings page and the manual. */
export const accessSettingInfo: Record<keyof AccessSettings, SettingInfo> = {
  idleHours: {
    label: 'Idle timeout: time without a request until a session ends',
    unit: 'hours',
    source: 'ASVS 5.0 7.3.1; NIST SP 800-63B-4 §2.2.3 advises 1 hour.',
  },
  sessionHours: {
    label: 'Maximum session length, counted from sign-in',
    unit: 'hours',
    source: 'ASVS 5.0 7.3.2; NIST SP 800-63B-4 §2.2.3 advises 24 hours.',
  },
  secondFactorRoles: {
    label: 'Roles that need a second factor',
    unit: '',
    source: 'ASVS 5.0 6.3.3 asks for it from everybody; advised for every lab with real devices.',
  },
}

/** The longest session a lab can set; cookies never live longer. */
export const maxSessionHours = 30 * 24

export type SessionTimes = { createdAt: Date; lastSeenAt: Date }

/** Whether a session is over by these limits; at the limit itself it is. */
export function isSessionOver(
  { createdAt, lastSeenAt }: SessionTimes,
  { idleHours, sessionHours }: Pick<AccessSettings, 'idleHours' | 'sessionHours'>,
  now: Date,
): boolean {
  const hours = (from: Date) => (now.getTime() - from.getTime()) / 3_600_000
  return hours(createdAt) >= sessionHours || hours(lastSeenAt) >= idleHours
}

const browsers: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const systems: readonly [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
]

/**
 * The browser's name from its User-Agent, so that people recognise their own sessions. It proves nothing, because a
 * client can send any text.
 */
export function describeBrowser(userAgent: string | null): string {
  const text = userAgent ?? ''
  const named = (list: readonly [RegExp, string][]) => list.find(([sign]) => sign.test(text))?.[1]
  const [browser, system] = [named(browsers), named(systems)]
  if (browser && system) return `${browser} on ${system}`
  return browser ?? system ?? (text === '' ? 'Unknown browser' : text.slice(0, 60))
}
