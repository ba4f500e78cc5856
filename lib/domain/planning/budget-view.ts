import type { Catalogue } from '../catalogue/sourced'
import { type Platform, platforms } from '../device/device'
import { parseVersion } from '../device/os-version'
import { type PasscodeState, passcodeStates } from '../device/passcode'
import { isRemoved } from '../rules/version-bounds'
import { minDevicesForRate } from '../statistics/proportion'
import {
  day,
  type FilterProblem,
  oneOf,
  type Reader,
  readAddress,
  versionStart,
} from '../text/address-filter'
import { type SlotMechanism, slotMechanisms } from '../trial/mechanism'
import { type PrimaryOutcome, primaryOutcomes } from '../trial/primary-outcome'
import { releasesOf } from './catalogue-releases'
import { addDays, dayNumber } from './release-gaps'

/** What the page is narrowed to, by the names in the address. */
export type BudgetView = {
  platform?: Platform | undefined
  /** Only trials by this mechanism; by either without it. */
  mechanism?: SlotMechanism | undefined
  /** The beginning of the version that a device runs. */
  start?: string | undefined
  /** The day after which no release below the removal is expected any more. */
  ends?: string | undefined
}

const readers = {
  platform: oneOf(platforms),
  mechanism: oneOf(slotMechanisms),
  start: versionStart(', such as 12 or 11.2'),
  ends: day,
}

type Given = Readonly<Record<string, string | string[] | undefined>>

/** The furthest end that is accepted: a chart of more years would show nothing that anybody knows. */
const maxDays = 1826

/** Reads the address. An end that has passed, or lies too far ahead, is named with what is accepted. */
export function readBudgetView(
  given: Given,
  today: string,
): { view: BudgetView; problems: FilterProblem[] } {
  const { view, problems } = readAddress(given, readers, ['environment', 'bom'])
  const { ends, ...rest } = view
  if (ends === undefined) return { view: rest, problems }
  const latest = addDays(today, maxDays)
  if (ends >= today && ends <= latest) return { view, problems }
  const reason = `“${ends}” is not valid for ends`
  const accepted = `a day from ${today} to ${latest}`
  return { view: rest, problems: [...problems, { field: 'ends', reason, accepted }] }
}

/** Apple names no day on which it stops; its security updates of a major version went on for about a year. */
const usualDays = 365

/** The end that is assumed where nobody gives one: a year after the version that removes the command, and not before today. */
export function usualEnd(catalogue: Pick<Catalogue, 'releases'>, today: string): string {
  const [removal] = releasesOf(catalogue)
    .filter(({ version }) => isRemovedText(version))
    .flatMap(({ releasedOn }) => releasedOn ?? [])
    .toSorted((a, b) => dayNumber(a) - dayNumber(b))
  const end = addDays(removal ?? today, usualDays)
  return end > today ? end : today
}

export const isRemovedText = (text: string): boolean => {
  const version = parseVersion(text)
  return version !== undefined && isRemoved(version)
}

/** What the advice is narrowed to, by the names in the address. */
export type ProcurementView = {
  platform?: Platform | undefined
  passcode?: PasscodeState | undefined
  mechanism?: SlotMechanism | undefined
  start?: string | undefined
  /** The beginning of a target. */
  target?: string | undefined
  primary?: PrimaryOutcome | undefined
  /** How many trials each question is to have in all. */
  wanted?: number | undefined
}

/** As many trials as a rate needs; below it a question has no number at all. */
export const usualWanted = minDevicesForRate
const maxWanted = 10

const count: Reader<number> = {
  accepted: `a whole number from 1 to ${maxWanted}`,
  read: (text) =>
    /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= maxWanted
      ? Number(text)
      : undefined,
}

const procurementReaders = {
  ...{ platform: oneOf(platforms), passcode: oneOf(passcodeStates) },
  mechanism: oneOf(slotMechanisms),
  start: versionStart(', such as 12 or 11.2'),
  target: versionStart(', such as 12 or 11.2'),
  ...{ primary: oneOf(primaryOutcomes), wanted: count },
}

/** Reads the address. What is not understood is named with what is accepted, and left out. */
export const readProcurementView = (
  given: Given,
): { view: ProcurementView; problems: FilterProblem[] } =>
  readAddress(given, procurementReaders, ['environment', 'bom'])
