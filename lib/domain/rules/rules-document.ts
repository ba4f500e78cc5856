import { platforms } from '../device/device'
import { readingFields } from '../reading/reading'
import { knownWrongReadings } from '../reading/unreliable-readings'
import { defaultLabSettings, labSettingInfo } from '../settings'
import type { Citation, Rule } from './rule'
import { rules } from './rules'
import {
  declarationBounds,
  lowerBounds,
  namedVersions,
  productVersionBounds,
  restrictedLowerBounds,
  ruleSetVersion,
  securityResponseBound,
  sharedIpadBound,
  upperBound,
  userEnrollmentBound,
} from './version-bounds'

/** docs/rules.md, generated from the rules; a test compares the file with it. */
export function rulesDocument(): string {
  return [
    '# Qualification rules',
    `Rule set \`${ruleSetVersion}\`. Written by \`npx tsx scripts/write-rules.ts\` from \`lib/domain/rules\`; do not edit it by hand.`,
    'Each rule gives pass, fail, unknown or not applicable. With any fail the device is *not qualified*; else with any unknown *incomplete*; else *qualified*. A reading that is missing or older than its maximum age is unknown and never passes. *Eligibility* is whether the command or declaration can be tried on the device at all. A rule with a *mechanism* judges only slots of it; a protocol may have slots of both. A *condition* is a state for which a protocol may set its own requirement; the rule then judges by that.',
    '## Rules',
    table(
      ['Id', 'Rule', 'Mechanism', 'Kind', 'Blocks', 'Reads', 'Sources'],
      rules.map((rule) => [
        rule.id,
        rule.title,
        rule.mechanism ?? 'both',
        rule.kind,
        blocks(rule),
        reads(rule),
        links(rule.cites),
      ]),
    ),
    '## Rules a lead may waive',
    "For one trial, before its release, with a reason and a signature, and not by the person who releases. Only where the rule fails: what is unknown must be found out. The finding then warns and names the waiver, and the export has it in `waivers`. No other rule can be waived: the others are Apple's, the device's, or what keeps a baseline from being consumed twice.",
    table(
      ['Id', 'Why it may be waived'],
      rules.flatMap(({ id, waiver }) => (waiver ? [[id, waiver.reason]] : [])),
    ),
    '## Version bounds',
    table(['Bound', 'Platforms', 'Version', 'Sources'], boundRows()),
    '## Versions with known faults',
    'A cautious lab policy for iOS and iPadOS, not a rule of Apple. It is about these versions only, not about the range between them.',
    "Leads add the lab's own on the page *Known issues*: versions that block (Q5), and readings that count as unknown. Each change is a rule set of its own, with its number after a plus sign; see [known issues](known-issues.md).",
    table(
      ['Version', 'Effect', 'The version', 'Sources'],
      namedVersions.map(({ bound, blocks: stops, reason, cites }) => [
        bound,
        stops ? 'blocks' : 'warns',
        reason,
        links(cites),
      ]),
    ),
    '## Readings known to be wrong',
    'On these versions what the device itself answers counts as unknown, with this reason. A person reads the value off the device and enters it.',
    table(
      ['Reading', 'From', 'To', 'The device', 'Sources'],
      knownWrongReadings.map(({ field, from, to, reason, cites }) => [
        readingFields[field].label,
        from,
        to,
        reason,
        links(cites),
      ]),
    ),
    '## Maximum age of a reading',
    'Defaults; a lead may change them.',
    table(
      ['Reading', 'MDM key', 'Minutes'],
      Object.values(readingFields).map(({ label, mdmKey, unasked, maxAgeMinutes }) => [
        label,
        mdmKey ?? `none: ${unasked ? `${unasked}, or ` : ''}entered by a person`,
        `${maxAgeMinutes}`,
      ]),
    ),
    '## Lab settings',
    table(['Setting', 'Default', 'Unit', 'Source'], settingRows()),
  ].join('\n\n')
}

function boundRows(): string[][] {
  const perPlatform = (what: string, bounds: typeof lowerBounds | typeof restrictedLowerBounds) =>
    platforms.flatMap((platform) => {
      const found = bounds[platform]
      return found ? [[what, platform, found.bound, links(found.cites)]] : []
    })
  const single = (what: string, on: string, { bound, cites }: typeof upperBound) => [
    what,
    on,
    bound,
    links(cites),
  ]
  return [
    ...perPlatform('Starting OS at least', lowerBounds),
    ...perPlatform('With DEP and without a passcode, at least', restrictedLowerBounds),
    single('Starting OS below (command removed)', 'all', upperBound),
    ...perPlatform('ProductVersion is understood from', productVersionBounds),
    ...perPlatform('Enforcement declarations exist from', declarationBounds),
    single('Rapid Security Responses are marked from', 'all', securityResponseBound),
    single('User Enrollment exists from', 'iOS, iPadOS', userEnrollmentBound),
    single('Shared iPad exists from', 'iOS, iPadOS', sharedIpadBound),
  ]
}

function settingRows(): string[][] {
  const { maxAges: _, ...single } = defaultLabSettings
  const { maxAges: agesInfo, ...info } = labSettingInfo
  return [
    ...Object.entries(info).map(([name, { label, unit, source }]) => [
      label,
      `${Object.entries(single).find(([key]) => key === name)?.[1]}`,
      unit,
      source,
    ]),
    [agesInfo.label, 'see above', agesInfo.unit, agesInfo.source],
  ]
}

const blocks = (rule: Rule): string => {
  if (!rule.warnOnly) return 'on fail and on unknown'
  return rule.blocksWhen ? 'warns; blocks where the protocol states it' : 'warns'
}

const reads = ({ id, fields }: Rule): string =>
  id === 'Q18'
    ? 'every reading the blocking rules looked at'
    : fields.map((field) => readingFields[field].label).join(', ')

const links = (cites: readonly Citation[]): string =>
  cites.map(({ label, url }) => `[${cell(label)}](${url})`).join('<br>')

const cell = (text: string): string => text.replaceAll('|', '\\|')

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
