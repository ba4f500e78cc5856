import { Stack, Text, Title } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { ExportLinks } from '@/components/data/export-links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { studyForms } from '@/lib/domain/export/study'
import { type FisherTest, fisherTest } from '@/lib/domain/statistics/fisher'
import { rateOf } from '@/lib/domain/statistics/proportion'
import type { Reached } from '@/lib/domain/statistics/statistics'
import { type PrimaryOutcome, primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { type Params, paths } from '@/lib/paths'
import { PowerCard } from './power-card'
import { boundsOf, shareOf } from './share'

/** One of the two groups: its name, its filter as an address, and its trials by primary outcome. */
export type ComparedGroup = {
  label: string
  address: Params
  counts: Record<PrimaryOutcome, Reached>
}

type Props = {
  groups: [ComparedGroup, ComparedGroup]
  primary: PrimaryOutcome
  /** What is counted in place of the primary outcome. */
  counted?: string | undefined
}

const questionWords = (primary: PrimaryOutcome): string =>
  primaryOutcomeInfo[primary].title.replace(/^T/, 't')

/** Two groups by the primary outcome of their protocols: the table, Fisher's exact test, and what it could show at best. */
export function Comparison({ groups, primary, counted }: Props) {
  const [first, second] = groups.map(({ counts }) => counts[primary])
  if (!first || !second || first.n + second.n === 0) return null
  const word = counted ?? primaryOutcomeInfo[primary].label
  return (
    <Stack
      component="section"
      gap="xs"
      aria-label={`Two groups: ${word}${counted ? `, ${questionWords(primary)}` : ''}`}
    >
      <Title order={3} size="h4" style={{ overflowWrap: 'anywhere' }}>
        {word} in two groups{counted && `, ${questionWords(primary)}`}
      </Title>
      <GroupTable groups={groups} primary={primary} word={counted ? 'Seen' : word} />
      <Verdict first={first} second={second} groups={groups} />
      {first.n > 0 && second.n > 0 && <PowerCard first={first.n} second={second.n} />}
      <ExportLinks
        title="Export the trials of a group"
        links={groups.map(({ label, address }) => ({
          name: label,
          href: (form) => paths.exportTrials({ ...address, state: 'concluded', ...form }),
          forms: studyForms,
        }))}
      />
    </Stack>
  )
}

function GroupTable({ groups, primary, word }: Props & { word: string }) {
  const labels = [
    'Group',
    'n',
    word,
    `Not ${word.charAt(0).toLowerCase()}${word.slice(1)}`,
    'Share [95 %]',
    'Clopper–Pearson',
  ]
  return (
    <table className={classes.table}>
      <TableHead labels={labels} />
      <tbody>
        {groups.map(({ label, counts }) => {
          const { n, reached } = counts[primary]
          const rate = rateOf(reached, n)
          return (
            <tr key={label}>
              <td data-label="Group">
                <UserText>{label}</UserText>
              </td>
              <td data-label="n">{n}</td>
              <td data-label={word}>{reached}</td>
              <td data-label={labels[3]}>{n - reached}</td>
              <td data-label="Share [95 %]">{shareOf({ ...rate })}</td>
              <td data-label="Clopper–Pearson">{rate ? boundsOf(rate.exact) : 'none'}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

type VerdictProps = { first: Reached; second: Reached; groups: Props['groups'] }

function Verdict({ first, second, groups }: VerdictProps) {
  const empty = groups[first.n === 0 ? 0 : 1].label
  if (first.n === 0 || second.n === 0)
    return (
      <Text size="sm">
        Cannot be tested: <UserText>{empty}</UserText> has no counted trial.
      </Text>
    )
  const countsOf = ({ n, reached }: Reached) => ({ yes: reached, no: n - reached })
  return <Result {...fisherTest(countsOf(first), countsOf(second))} />
}

const Result = ({ p, odds }: FisherTest) => (
  <Text size="sm">
    Fisher’s exact test, two-sided: p = {pWords(p)}.{' '}
    {odds
      ? `Conditional odds ratio ${ratioWords(odds.oddsRatio)}, 95 % interval ${ratioWords(odds.interval.low)} to ${ratioWords(odds.interval.high)}.`
      : 'All trials of both groups came out alike, so there is no odds ratio.'}
    {p > 0.05 && ' A large p does not show that the groups are alike.'}
  </Text>
)

const pWords = (p: number): string => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4))

/** Three digits; a ratio can be unbounded. */
const ratioWords = (ratio: number): string =>
  ratio === Number.POSITIVE_INFINITY ? 'unbounded' : ratio === 0 ? '0' : ratio.toPrecision(3)
