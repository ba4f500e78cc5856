import { isBuild, splitVersion } from '../device/os-version'

/**
 * What one printed document says that a trial needs. Everything else in it is dropped: names, numbers, addresses,
 * certificates and places.
 */
export type UsbFacts = {
  udid?: string
  serial?: string
  model?: string
  osVersion?: string
  /** "26.3.1 (a)"; only newer systems print it. */
  humanVersion?: string
  osBuild?: string
  osSupplementalBuild?: string
  /** The device's clock when it answered, in seconds since 1970. */
  clock?: number
  /** Whether it was locked at that moment. It says nothing about a passcode (libimobiledevice issue 1191). */
  locked?: boolean
  /** 0 to 100. */
  batteryPercent?: number
  charging?: boolean
  externalPower?: boolean
  totalBytes?: number
  /** Two answers to "how much is free": what iOS gives at once, and what it can make free. */
  freeBytes?: number
  freeableBytes?: number
  supervised?: boolean
  /** True means supervised; false is also printed before Setup Assistant has ended (pymobiledevice3 issue 1073). */
  chaperoned?: boolean
}
export type UsbFact = keyof UsbFacts

type Kind = 'text' | 'whole' | 'number' | 'yesNo'

/**
 * The allow-list. Keys of lockdown, printed by `ideviceinfo -x` and `pymobiledevice3 lockdown`, and of `cfgutil --format
 * JSON get`, whose firmwareVersion is the OS version. No key stands in both.
 * https://github.com/libimobiledevice/libimobiledevice/blob/fa0f791/tools/ideviceinfo.c
 */
const known: Record<string, [fact: UsbFact, kind: Kind]> = {
  UniqueDeviceID: ['udid', 'text'],
  SerialNumber: ['serial', 'text'],
  ProductType: ['model', 'text'],
  ProductVersion: ['osVersion', 'text'],
  HumanReadableProductVersionString: ['humanVersion', 'text'],
  BuildVersion: ['osBuild', 'text'],
  TimeIntervalSince1970: ['clock', 'number'],
  PasswordProtected: ['locked', 'yesNo'],
  BatteryCurrentCapacity: ['batteryPercent', 'whole'],
  BatteryIsCharging: ['charging', 'yesNo'],
  ExternalConnected: ['externalPower', 'yesNo'],
  TotalDiskCapacity: ['totalBytes', 'whole'],
  AmountDataAvailable: ['freeBytes', 'whole'],
  TotalDataAvailable: ['freeableBytes', 'whole'],
  DeviceIsChaperoned: ['chaperoned', 'yesNo'],
  IsSupervised: ['supervised', 'yesNo'],
  UDID: ['udid', 'text'],
  serialNumber: ['serial', 'text'],
  deviceType: ['model', 'text'],
  firmwareVersion: ['osVersion', 'text'],
  humanReadableProductVersion: ['humanVersion', 'text'],
  buildVersion: ['osBuild', 'text'],
  supplementalBuildVersion: ['osSupplementalBuild', 'text'],
  batteryCurrentCapacity: ['batteryPercent', 'whole'],
  batteryIsCharging: ['charging', 'yesNo'],
  totalDiskCapacity: ['totalBytes', 'whole'],
  freeDiskSpace: ['freeBytes', 'whole'],
  isSupervised: ['supervised', 'yesNo'],
}

/** A document's facts, how many other keys were dropped, and what could not be used, one sentence each. */
export type UsbPart = { facts: UsbFacts; dropped: number; problems: string[] }

/** @param values the top level of a document, its values as JavaScript's own types */
export function usbPartOf(values: ReadonlyMap<string, unknown>): UsbPart {
  const own = powerSource(values)
  const facts: Record<string, unknown> = { ...own }
  const problems: string[] = []
  let dropped = 0
  for (const [key, value] of values) {
    const [fact, kind] = Object.hasOwn(known, key) ? (known[key] ?? []) : []
    if (fact === undefined || kind === undefined) dropped += 1
    else if (isOf(kind, fact, value)) facts[fact] = value
    else problems.push(`${key}: ${accepted[kind]} is expected, so it is not used.`)
  }
  // Every fact was checked against its kind above.
  return { facts: facts as UsbFacts, dropped, problems }
}

const accepted: Record<Kind, string> = {
  text: 'a text of at most 64 characters',
  whole: 'a whole number in its range',
  number: 'a number',
  yesNo: 'true or false',
}

/** Percent above 100 and counters that wrapped around are no values. */
const largest: Partial<Record<UsbFact, number>> = {
  batteryPercent: 100,
  totalBytes: 64e12,
  freeBytes: 64e12,
  freeableBytes: 64e12,
}

function isOf(kind: Kind, fact: UsbFact, value: unknown): boolean {
  if (kind === 'yesNo') return typeof value === 'boolean'
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value)
  if (kind === 'whole')
    return (
      Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= (largest[fact] ?? 0)
    )
  if (typeof value !== 'string' || !/^[^\p{Cc}]{1,64}$/u.test(value)) return false
  if (fact === 'osVersion' || fact === 'humanVersion') return splitVersion(value) !== undefined
  return fact === 'osBuild' || fact === 'osSupplementalBuild' ? isBuild(value) : true
}

/**
 * IOPMPowerSource of `pymobiledevice3 diagnostics battery single`: CurrentCapacity is a percentage only where MaxCapacity
 * is 100, and on older systems both are mAh; UpdateTime says when the device measured it, in seconds since 1970.
 */
function powerSource(values: ReadonlyMap<string, unknown>): UsbFacts {
  const [current, max, time] = ['CurrentCapacity', 'MaxCapacity', 'UpdateTime'].map((key) =>
    Number(values.get(key) ?? Number.NaN),
  )
  if (!(current !== undefined && max !== undefined && max > 0 && current >= 0)) return {}
  const percent = Math.min(100, Math.round((current / max) * 100))
  return { batteryPercent: percent, ...(time !== undefined && time > 0 && { clock: time }) }
}

/** In characters. Sixteen domains of a device are about 60 KB. */
export const maxPrint = 1024 * 1024

/**
 * The text of a file: UTF-8, or UTF-16 with a byte order mark, as `>` of PowerShell 5.1 writes it. Undefined if it is
 * neither.
 */
export function printText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes
  const little = first === 0xff && second === 0xfe ? 'utf-16le' : undefined
  const encoding = little ?? (first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8')
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
