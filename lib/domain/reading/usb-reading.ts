import type { Platform } from '../device/device'
import {
  type Identity,
  identifierNames,
  identityContradictions,
  plainIdentifier,
} from '../device/identity'
import { splitVersion } from '../device/os-version'
import { exactTime } from '../text/instant'
import { describeBytes } from './describe-reading'
import { isNotApplicable, type ReadingField, type ReadingValues, readingFields } from './reading'
import type { UsbFact, UsbFacts, UsbPart } from './usb-print'

type UsbValue = { field: ReadingField; value: ReadingValues[ReadingField] }

/** What a print gives: the readings to store, the facts behind them, and what a person should know of it. */
export type UsbReading = {
  readings: UsbValue[]
  facts: UsbFacts
  /** The earlier of what the person and the device's clock say. */
  answeredAt: Date
  notes: string[]
  /** How many keys were dropped, because no trial needs them or because they are personal. */
  dropped: number
}

export type UsbProblem = { field: 'text' | 'minutesAgo' | 'vouched'; reason: string }

type Given = {
  parts: readonly UsbPart[]
  device: Identity
  platform: Platform
  /** How long ago it was printed, in minutes, if the person says. */
  minutesAgo: number | undefined
  /** The person says that the parts without a UDID were printed for this device. */
  vouched: boolean
}

/**
 * Turns printed documents into readings of one device. A print is never taken as newer than the person and the device's
 * clock both allow, so it cannot outrank a later answer.
 */
export function readUsb(given: Given, now: Date): UsbReading | { problem: UsbProblem } {
  const { parts, device, platform } = given
  const mine = parts.filter(({ facts }) => contradicted(facts, device).length === 0)
  const proven = mine.filter(({ facts }) => isProven(facts, device))
  const stranger = parts.find((part) => !mine.includes(part))
  // A list of several devices, as cfgutil prints, may have others in it; they are not read.
  if (stranger && proven.length === 0) return wrong('text', strangerInWords(stranger.facts, device))
  const unproven = mine.filter((one) => !proven.includes(one) && Object.keys(one.facts).length > 0)
  if (unproven.length > 0 && !given.vouched) return wrong('vouched', unnamed)
  const clash = clashOf(mine)
  if (clash) return wrong('text', clash)
  const facts = Object.assign({}, ...mine.map((part) => part.facts)) as UsbFacts // Each is of the same type.
  const { readings, notes } = readingsOf(facts, platform)
  if (readings.length === 0) return wrong('text', nothing)
  const answeredAt = timeOf(mine, given.minutesAgo, now)
  if ('problem' in answeredAt) return answeredAt
  return {
    readings,
    facts,
    answeredAt,
    notes: [...clockNotes(mine, now), ...notes, ...mine.flatMap(({ problems }) => problems)],
    dropped: mine.reduce((sum, part) => sum + part.dropped, 0),
  }
}

const wrong = (field: UsbProblem['field'], reason: string) => ({ problem: { field, reason } })

const unnamed =
  'A part names no device. Confirm that it was printed for this one, by its UDID, or print the default domain with it.'
const nothing =
  'Nothing in it is a reading: the version with its build, battery, external power, disk or supervision. An empty document means that the device did not say, not “no”.'

/** A UDID or serial that is known of the device, and the same. */
const isProven = (facts: UsbFacts, device: Identity) =>
  (['udid', 'serial'] as const).some((one) => {
    const printed = plainIdentifier(one, facts[one])
    return printed !== undefined && printed === plainIdentifier(one, device[one])
  })

const contradicted = ({ udid, serial, model }: UsbFacts, device: Identity) =>
  identityContradictions(device, { udid, serial, model })

function strangerInWords(facts: UsbFacts, device: Identity): string {
  const [first] = contradicted(facts, device)
  if (!first) return 'It is of another device.'
  const name = identifierNames[first.identifier]
  return `It is of another device: its ${name} is ${first.reported}, and that of this device is ${first.known}.`
}

/** Two captures in one print cannot be told apart by order. Each has a clock of its own, and who it is was compared. */
function clashOf(parts: readonly UsbPart[]): string | undefined {
  const seen = new Map<string, unknown>()
  for (const { facts } of parts)
    for (const [fact, value] of Object.entries(facts)) {
      if (['clock', 'udid', 'serial', 'model'].includes(fact)) continue
      if (seen.has(fact) && seen.get(fact) !== value)
        return `Two parts say different things about the same (${fact}: ${seen.get(fact)} and ${value}). Paste one print of the device.`
      seen.set(fact, value)
    }
  return undefined
}

const clocksOf = (parts: readonly UsbPart[]): Date[] =>
  parts
    .flatMap(({ facts: { clock } }) => (clock === undefined ? [] : [new Date(clock * 1000)]))
    .filter((time) => !Number.isNaN(time.getTime()))

// A device's clock may be ahead by what a network clock allows, and no more.
const aheadMs = 60_000

/** The earliest of what the person and the device's clocks say. A clock that is ahead says nothing. */
function timeOf(parts: readonly UsbPart[], minutesAgo: number | undefined, now: Date) {
  const said = minutesAgo === undefined ? [] : [new Date(now.getTime() - minutesAgo * 60_000)]
  const clocks = clocksOf(parts)
  const ahead = clocks.find((time) => time.getTime() > now.getTime() + aheadMs)
  if (said.length === 0 && ahead)
    return wrong(
      'minutesAgo',
      `The device’s clock said ${exactTime(ahead)}, which is in the future. Say how many minutes ago it was printed.`,
    )
  if (said.length === 0 && clocks.length === 0)
    return wrong(
      'minutesAgo',
      'Nothing in it says when it was printed. Say how many minutes ago, or print the default domain with it.',
    )
  return new Date(Math.min(...[...said, ...clocks, now].map((time) => time.getTime())))
}

function clockNotes(parts: readonly UsbPart[], now: Date): string[] {
  const [clock] = clocksOf(parts)
  if (!clock) return []
  const seconds = Math.round((now.getTime() - clock.getTime()) / 1000)
  const apart = seconds >= 0 ? `${seconds} s before now` : `${-seconds} s after now`
  return [`The device’s clock said ${exactTime(clock)}, ${apart}.`]
}

function readingsOf(
  facts: UsbFacts,
  platform: Platform,
): { readings: UsbValue[]; notes: string[] } {
  const found: UsbValue[] = [
    ...osOf(facts),
    ...(facts.batteryPercent === undefined
      ? []
      : [{ field: 'batteryLevel' as const, value: facts.batteryPercent / 100 }]),
    ...(facts.externalPower === undefined
      ? []
      : [{ field: 'externalPower' as const, value: facts.externalPower }]),
    ...diskOf(facts),
    ...supervisionOf(facts),
  ]
  const readings = found.filter(({ field }) => !isNotApplicable(field, platform))
  const notThere = found.filter(({ field }) => isNotApplicable(field, platform))
  return {
    readings,
    notes: [
      ...notThere.map(
        ({ field }) => `${platform} has no ${readingFields[field].label.toLowerCase()}.`,
      ),
      ...usbRemarks(facts),
    ],
  }
}

/** Version and build are one reading, so one without the other is not stored. */
function osOf({ osVersion, humanVersion, osBuild, osSupplementalBuild }: UsbFacts): UsbValue[] {
  const split = splitVersion(humanVersion ?? osVersion ?? '')
  if (!split || osBuild === undefined) return []
  return [
    { field: 'osVersion', value: split.version },
    { field: 'osBuild', value: osBuild },
    ...(split.extra === undefined
      ? []
      : [{ field: 'osVersionExtra' as const, value: split.extra }]),
    ...(osSupplementalBuild === undefined
      ? []
      : [{ field: 'osSupplementalBuild' as const, value: osSupplementalBuild }]),
  ]
}

const gigabytes = (bytes: number) => bytes / 1e9

/** The smaller number of free bytes: an update that does not fit cannot be taken back. */
function diskOf({ totalBytes, freeBytes, freeableBytes }: UsbFacts): UsbValue[] {
  const free = [freeBytes, freeableBytes].filter((one) => one !== undefined)
  const fits = free.filter((one) => totalBytes === undefined || one <= totalBytes)
  return [
    ...(totalBytes ? [{ field: 'totalCapacity' as const, value: gigabytes(totalBytes) }] : []),
    ...(fits.length > 0
      ? [{ field: 'freeCapacity' as const, value: gigabytes(Math.min(...fits)) }]
      : []),
  ]
}

const supervisionOf = ({ supervised, chaperoned }: UsbFacts): UsbValue[] => {
  const value = supervised ?? (chaperoned === true ? true : undefined)
  return value === undefined ? [] : [{ field: 'supervised', value }]
}

/** What the print shows and no reading can hold. */
export function usbRemarks(facts: UsbFacts): string[] {
  const { freeBytes, freeableBytes, locked, externalPower, osVersion, osBuild } = facts
  const has = (fact: UsbFact) => facts[fact] !== undefined
  return [
    ...(freeBytes !== undefined && freeableBytes !== undefined
      ? [
          `Free disk: ${describeBytes(freeBytes)} now, ${describeBytes(freeableBytes)} with what can be purged; the smaller one counts, and neither equals Settings.`,
        ]
      : []),
    ...(locked === undefined
      ? []
      : [
          `The device was ${locked ? 'locked' : 'not locked'} when it was printed; whether it has a passcode is another question.`,
        ]),
    ...(externalPower === true
      ? ['External power: a cable to the computer normally supplies it.']
      : []),
    ...(osVersion !== undefined && osBuild === undefined
      ? ['The OS version was printed without its build, as before pairing, so it is not used.']
      : []),
    ...(has('chaperoned') && facts.chaperoned === false && !has('supervised')
      ? [
          'DeviceIsChaperoned is false before Setup Assistant has ended, so it does not say “not supervised”.',
        ]
      : []),
  ]
}
