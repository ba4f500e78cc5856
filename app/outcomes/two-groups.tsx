import { Stack, Text, Title } from '@mantine/core'
import { type FactorChoice, factorChoices } from '@/components/trial/factor-choices'
import type { Db } from '@/lib/db/client'
import { countOutcomes } from '@/lib/db/queries/trials/analytics'
import { countSeen } from '@/lib/db/queries/trials/counted'
import type { TrialFacets } from '@/lib/db/queries/trials/trial-filter'
import type { Environment } from '@/lib/domain/device/device'
import { countedLabel, readCounted } from '@/lib/domain/statistics/counted'
import { seenRows } from '@/lib/domain/statistics/seen-rows'
import { type Reached, reachedIn } from '@/lib/domain/statistics/statistics'
import { groupFilters, type OutcomeView } from '@/lib/domain/trial/outcome-view'
import { type PrimaryOutcome, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { AssignedNote } from './assigned-note'
import { type ComparedGroup, Comparison } from './comparison'
import { ComparisonForm } from './comparison-form'

type Props = {
  db: Db
  environment: Environment
  filter: TrialFilter
  view: OutcomeView
  facets: TrialFacets
}

/** Two groups of the trials that the page is narrowed to, chosen by one factor. */
export async function TwoGroups({ db, environment, filter, view, facets }: Props) {
  const choices = view.by ? factorChoices(view.by, facets) : []
  const asked = readCounted(view.count ?? '')
  const counted = asked && countedLabel(asked)
  const groups = await readGroups({ db, environment, filter, view }, choices)
  return (
    // On paper it is a result, or not there.
    <Stack
      component="section"
      gap="sm"
      aria-label="Compare two groups"
      data-screen-only={groups === undefined || undefined}
    >
      <div>
        <Title order={2} size="h3">
          Compare two groups
        </Title>
        <Text size="sm" c="dimmed">
          Of the trials above, by one factor. A difference that was looked for among many is no
          finding: register the comparison with the protocol.
        </Text>
      </div>
      <ComparisonForm view={view} choices={choices} address={{ ...filter, environment }} />
      {groups && view.by === 'arm' && <AssignedNote {...{ db, environment, groups }} />}
      {groups &&
        (groups.some(({ counts }) => primaryOutcomes.some((one) => counts[one].n > 0)) ? (
          primaryOutcomes.map((primary) => (
            <Comparison key={primary} groups={groups} primary={primary} counted={counted} />
          ))
        ) : (
          <Text size="sm">Neither group has a counted trial under these filters.</Text>
        ))}
    </Stack>
  )
}

type FilteredGroup = ComparedGroup & { filter: TrialFilter }

async function readGroups(
  { db, environment, filter, view }: Omit<Props, 'facets'>,
  choices: FactorChoice[],
): Promise<[FilteredGroup, FilteredGroup] | undefined> {
  const filters = groupFilters(filter, view)
  if (!filters) return undefined
  const group = async (own: TrialFilter, value = ''): Promise<FilteredGroup> => {
    return {
      filter: own,
      label: choices.find((choice) => choice.value === value)?.label ?? value,
      address: { ...own, environment },
      counts: await countsOf({ db, environment, view }, own),
    }
  }
  return Promise.all([group(filters[0], view.first), group(filters[1], view.second)])
}

/** The trials of one group by the primary outcome, or by what is counted in its place. */
async function countsOf(
  { db, environment, view }: Pick<Props, 'db' | 'environment' | 'view'>,
  filter: TrialFilter,
): Promise<Record<PrimaryOutcome, Reached>> {
  const asked = readCounted(view.count ?? '')
  if (asked === undefined) {
    // By the compared factor: these counts are kept, where nothing else is narrowed.
    const counted = await countOutcomes(db, environment, filter, view.by)
    return byPrimary((primary) => reachedIn(counted.filter(of(primary)), primary))
  }
  const counted = await countSeen(db, environment, filter, asked)
  return byPrimary((primary) =>
    seenRows(counted.filter(of(primary))).reduce(
      (sum, { n, reached }) => ({ n: sum.n + n, reached: sum.reached + reached }),
      { n: 0, reached: 0 },
    ),
  )
}

const of = (primary: PrimaryOutcome) => (one: { primary: PrimaryOutcome }) =>
  one.primary === primary

const byPrimary = (counts: (primary: PrimaryOutcome) => Reached) =>
  // fromEntries loses the type of the keys; primaryOutcomes has every one once.
  Object.fromEntries(primaryOutcomes.map((one) => [one, counts(one)])) as Record<
    PrimaryOutcome,
    Reached
  >
