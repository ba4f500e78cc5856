import { Alert, Anchor, Group, Stack, Text, Title } from '@mantine/core'
import { IconChartDots, IconFilterOff } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { InstallRates } from '@/components/charts/install-rates'
import { OutcomeDots } from '@/components/charts/outcome-dots'
import { OutcomeKey } from '@/components/charts/outcome-sign'
import { EmptyState } from '@/components/empty-state'
import { TextLink } from '@/components/links'
import { PageHeader } from '@/components/page-header'
import { Refusal } from '@/components/refusal'
import { TrialFilterBar } from '@/components/trial-filter-bar'
import { enter } from '@/lib/auth/door'
import {
  type ConcludedTrial,
  countOutcomes,
  countReviewed,
  listConcluded,
} from '@/lib/db/analytics'
import { listTrialFacets } from '@/lib/db/trial-facets'
import { resolveWorld } from '@/lib/db/worlds'
import type { World } from '@/lib/domain/device'
import { outcomes } from '@/lib/domain/outcome'
import { leastForRate, outcomesPerVersion, type VersionOutcomes } from '@/lib/domain/statistics'
import { countFilters, readTrialFilter } from '@/lib/domain/trial-filter'
import { paths } from '@/lib/paths'
import { VersionTable } from './version-table'

export const metadata: Metadata = { title: 'Outcomes' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Outcomes per starting version, of one world: dots, intervals, and the same numbers as a table. */
export default async function OutcomesPage({ searchParams }: Props) {
  const { db } = await enter('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { world, because } = await resolveWorld(db, given.world)
  const [dots, counted, reviewed, facets] = await Promise.all([
    listConcluded(db, world, filter),
    countOutcomes(db, world, filter),
    countReviewed(db, world, filter),
    listTrialFacets(db, world),
  ])
  const versions = outcomesPerVersion(counted)
  const address = { ...filter, world, state: 'concluded' }
  return (
    <>
      <PageHeader
        title="Outcomes per starting version"
        world={world}
        worldBecause={because}
        description="Concluded trials, by the OS they started from. The OS build before and after decides, not what the device replied."
      />
      {problems.map(({ field, because: reason, accepted }) => (
        <Refusal
          key={field}
          title="A filter was left out"
          because={`${reason}. Accepted: ${accepted}.`}
        />
      ))}
      <TrialFilterBar filter={filter} facets={facets} world={world} path="outcomes" />
      {versions.length === 0 ? (
        <Nothing filtered={countFilters(filter) > 0} world={world} />
      ) : (
        <Stack gap="lg" mt="sm">
          <Reviewed counts={reviewed} address={address} />
          <Dots dots={dots} versions={versions} world={world} />
          <Rates versions={versions} world={world} />
          <VersionTable versions={versions} address={address} />
          <Group gap="md">
            <Text size="sm" fw={600}>
              Export these trials{world === 'simulated' && ', marked SIMULATED'}:
            </Text>
            <Anchor size="sm" href={paths.exportTrials(address)}>
              trials (CSV)
            </Anchor>
            <Anchor size="sm" href={paths.exportDictionary()}>
              data dictionary
            </Anchor>
          </Group>
        </Stack>
      )}
    </>
  )
}

type ReviewedProps = {
  counts: Awaited<ReturnType<typeof countReviewed>>
  address: Record<string, string | undefined>
}

/** How far these numbers have been looked at by a second pair of eyes. */
const Reviewed = ({ counts, address }: ReviewedProps) => (
  <Text size="sm">
    {counts.approved} of {counts.trials} {counts.trials === 1 ? 'trial is' : 'trials are'} approved
    after review, {counts.locked} of them locked.{' '}
    {counts.approved < counts.trials && (
      <TextLink href={paths.trials({ ...address, review: 'toReview' })}>
        {counts.trials - counts.approved} to review
      </TextLink>
    )}
  </Text>
)

function Nothing({ filtered, world }: { filtered: boolean; world: World }) {
  if (filtered)
    return (
      <EmptyState
        title="No concluded trial matches"
        icon={IconFilterOff}
        action={<TextLink href={paths.outcomes({ world })}>Clear the filters</TextLink>}
      />
    )
  return (
    <EmptyState
      title="No concluded trial yet"
      icon={IconChartDots}
      action={<TextLink href={paths.trials({ world })}>Go to the trials</TextLink>}
    >
      A trial stands here once a person has concluded it. One that was withdrawn, void or lost
      before its end has no outcome and is in the list of trials only.
    </EmptyState>
  )
}

type ChartProps = { versions: VersionOutcomes[]; world: World }

function Dots({ dots, versions, world }: ChartProps & { dots: ConcludedTrial[] }) {
  const all = versions.reduce((sum, { n, leftOut }) => sum + n + leftOut, 0)
  return (
    <section aria-label="One dot per trial">
      {dots.length < all && (
        <Alert
          color="yellow"
          variant="outline"
          title={`The newest ${dots.length} of ${all} trials`}
        >
          More dots nobody could tell apart. The shares and the table below count all {all}.
        </Alert>
      )}
      <OutcomeDots
        dots={dots.map(({ labTag, deviceName, ...dot }) => ({
          ...dot,
          device: labTag ?? deviceName,
        }))}
        versions={versions}
        world={world}
      />
      <Group gap="xs" mt="xs">
        {outcomes
          .filter((outcome) => versions.some(({ counts }) => counts[outcome]))
          .map((outcome) => (
            <Text key={outcome} size="sm" mr="sm">
              <OutcomeKey outcome={outcome} />
            </Text>
          ))}
      </Group>
    </section>
  )
}

const Rates = ({ versions, world }: ChartProps) => (
  <section aria-label="Share installed">
    <Title order={2} size="h4">
      Share installed, with Wilson 95 % interval
    </Title>
    <Text size="sm" c="dimmed" mb="xs">
      Trials that are lost, void or still under way at the deadline are in no numerator or
      denominator. No rate is given below {leastForRate} trials: the dots say all there is.
    </Text>
    {versions.some(({ rate }) => rate !== undefined) && (
      <InstallRates versions={versions} world={world} />
    )}
  </section>
)
