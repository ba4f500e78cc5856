import { type OsVersion, parseVersion } from '../device/os-version'
import {
  type Known,
  knownValue,
  type ReadingField,
  type ReadingValues,
  readingFields,
} from '../reading/reading'
import { isDeclaration } from '../trial/mechanism'
import { describeSlot } from '../trial/offered-target'
import {
  type FindingInput,
  type Judgement,
  notApplicable,
  type RuleContext,
  unknown,
  type Verdict,
} from './rule'

/** A field's value if it may be used now. */
export function read<F extends ReadingField>(
  { state, device, settings, now }: RuleContext,
  field: F,
): Known<ReadingValues[F]> {
  return knownValue(state, field, device.platform, settings.maxAges, now)
}

/** The installed OS; anything but a dotted version is unknown, because it cannot be compared. */
export function readOs(context: RuleContext): Known<OsVersion> {
  const known = read(context, 'osVersion')
  if (known.status !== 'known') return known
  const version = parseVersion(known.value)
  return version
    ? { status: 'known', value: version }
    : { status: 'unknown', reason: `the OS version "${known.value}" is not a dotted version` }
}

/** How to get a reading that is stale or missing, in words. */
export function howToLearn(field: ReadingField): string {
  const { label, mdmKey, unasked } = readingFields[field]
  if (mdmKey === 'check-in') return 'Wait for the device to check in with the MDM server.'
  if (mdmKey !== undefined) return `Query the device (${mdmKey}).`
  if (unasked !== undefined)
    return `Wait for ${unasked} that shows it, or look at the device or its MDM server and enter: ${label.toLowerCase()}.`
  return `Look at the device and enter: ${label.toLowerCase()}. No MDM key reports it.`
}

/** The judgement if a field has no usable value: unknown, or not applicable on this platform. */
export function unsettled(
  field: ReadingField,
  known: Exclude<Known<unknown>, { status: 'known' }>,
): Judgement {
  if (known.status === 'notApplicable') return notApplicable(known.reason)
  return unknown(known.reason, howToLearn(field), known.brief)
}

const worstFirst: readonly Verdict[] = ['fail', 'unknown', 'pass', 'notApplicable']

/** Several requirements of one rule: the worst verdict decides, and every requirement with that verdict is named. */
export function allOf(parts: readonly Judgement[]): Judgement {
  const verdict = worstFirst.find((one) => parts.some((part) => part.verdict === one))
  if (verdict === undefined) throw new Error('a rule has no requirement')
  const deciding = parts.filter((part) => part.verdict === verdict)
  const join = (texts: readonly (string | undefined)[], separator: string) => {
    const said = texts.filter((text) => text !== undefined)
    return said.length === 0 ? undefined : said.join(separator)
  }
  return {
    verdict,
    reason: deciding.map(({ reason }) => reason).join('; '),
    brief: deciding[0]?.brief ?? deciding[0]?.reason,
    remedy: join(
      deciding.map(({ remedy }) => remedy),
      ' ',
    ),
    warning: join(
      parts.map(({ warning }) => warning),
      '; ',
    ),
  }
}

type Range = { min?: number | undefined; max?: number | undefined }

/** The range if it has a bound. One without bounds is an empty form and replaces no rule. */
export const statedRange = (range: Range | undefined): Range | undefined =>
  range?.min === undefined && range?.max === undefined ? undefined : range

/** The command or declaration itself, as an input of the rules that read it. */
export const slotInput = ({ slot }: RuleContext): FindingInput[] => [
  { label: isDeclaration(slot) ? 'Declaration' : 'Command', value: describeSlot(slot) },
]
