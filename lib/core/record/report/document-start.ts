import { readingSources, sourceWords } from '@/lib/domain/reading/reading'
import type { Line, Section } from '@/lib/domain/report/blocks'
import { waivedWords } from '@/lib/domain/rules/qualify'
import { minutesInWords } from '@/lib/domain/text/minutes'
import { facts, muted, sources, table, time } from './document-words'
import type { TrialReport } from './report-format'

/** The starting state, and the verdict that rests on it. */
export const startSections = (report: TrialReport): Section[] => [
  startingStateSection(report),
  verdictSection(report),
]

type Reading = NonNullable<TrialReport['startingState']>['readings'][number]

function startingStateSection({ startingState }: TrialReport): Section {
  const title = 'Starting state'
  if (!startingState)
    return {
      title,
      blocks: [muted('unknown: it is frozen at the release, and nothing was released.')],
    }
  const { frozenAt, readings, facts: kept } = startingState
  const entered = readings.filter(({ source }) => source === 'typed').length
  return {
    title,
    blocks: [
      muted(
        `Frozen at the release, ${time(frozenAt)}. ${entered} of ${readings.length} readings were entered by a person. Ages are those at the release.`,
      ),
      table({ Reading: 24, Value: 28, Age: 10, Source: 38 }, readings.map(readingRow)),
      ...(kept
        ? [table({ 'About the device': 24, Value: 38, Entered: 38 }, kept.map(factRow))]
        : []),
    ],
  }
}

function readingRow(reading: Reading): Line[][] {
  const { label, words, status, answeredAt } = reading
  const value: Line = status === 'known' ? { text: words, strong: true } : words
  return [
    [label],
    [value],
    [ageWords(reading)],
    [[originWords(reading), answeredAt && time(answeredAt)].filter(Boolean).join(', ')],
  ]
}

type Fact = NonNullable<NonNullable<TrialReport['startingState']>['facts']>[number]

const factRow = ({ label, words, by, at }: Fact): Line[][] => [
  [label],
  [{ text: words, strong: true }],
  [[by && `by ${by}`, at && time(at)].filter(Boolean).join(', ')],
]

function ageWords({ ageSeconds, source }: Reading): string {
  if (ageSeconds === null) return source === null ? '' : 'unknown'
  return ageSeconds < 60 ? 'under 1 min' : minutesInWords(Math.floor(ageSeconds / 60))
}

function originWords({ source, by }: Reading): string {
  if (source === null) return 'no source'
  const known = readingSources.find((one) => one === source)
  return [known ? sourceWords[known] : source, by].filter(Boolean).join(', ')
}

const overallWords: Record<string, string> = {
  qualified: 'qualified',
  notYet: 'incomplete: something is unknown',
  no: 'not qualified',
}

function verdictSection({ verdict, waivers }: TrialReport): Section {
  const title = 'Qualification'
  if (!verdict)
    return { title, blocks: [muted('unknown: the device was not judged for this trial.')] }
  const { overall, ruleSet, judgedAt, hash, ofRelease, findings } = verdict
  const waived = waivers.map((one) => `${one.ruleId} ${waivedWords(one)} (${time(one.at)})`)
  return {
    title,
    blocks: [
      facts({
        Verdict: [{ text: overallWords[overall] ?? overall, strong: true }],
        Judged: `${time(judgedAt)}, by rule set ${ruleSet}`,
        'Rests on it': ofRelease
          ? 'the release of this trial'
          : 'no release: it was only looked at',
        Waivers: waived.length > 0 ? waived.join('; ') : 'none',
        'SHA-256 of the verdict': [{ text: hash, code: true }],
      }),
      table(
        { Rule: 25, Verdict: 12, Reason: 30, Sources: 33 },
        findings.map((one) => [
          [`${one.ruleId} ${one.title}`],
          [verdictWord(one)],
          [one.reason, ...(one.waived ? [waivedWords(one.waived)] : [])],
          sources(one.cites),
        ]),
      ),
    ],
  }
}

type Finding = NonNullable<TrialReport['verdict']>['findings'][number]

function verdictWord({ verdict, warnOnly, waived }: Finding): Line {
  const word = verdict === 'notApplicable' ? 'not applicable' : verdict
  if (waived) return `${word}, waived`
  return warnOnly && verdict !== 'pass' ? `${word}, only warns` : word
}
