import { Alert, Group, List, ListItem, Stack, Text, Title } from '@mantine/core'
import { IconChartDots, IconFilterOff } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { OutcomeDots } from '@/components/charts/outcome-dots'
import { OutcomeKey, OverruledKey } from '@/components/charts/outcome-sign'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { Refusal } from '@/components/data/refusal'
import { UserText } from '@/components/data/text'
import { OutcomePages } from '@/components/trial/outcome-pages'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import {
  type ConcludedTrial,
  countOutcomes,
  countReviewed,
  listConcluded,
} from '@/lib/db/queries/trials/analytics'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { outcomesPerVersion, type VersionOutcomes } from '@/lib/domain/statistics/statistics'
import { type OutcomeView, readOutcomeView } from '@/lib/domain/trial/outcome-view'
import { type PrimaryOutcome, primaryOutcomes } from '@/lib/domain/trial/protocol'
import { countFilters, readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { Rates } from './rates'
import { TwoGroups } from './two-groups'
import { VersionTable } from './version-table'

export const metadata: Metadata = { title: 'Outcomes' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Outcomes per starting version, of one environment: dots, intervals, and the same numbers as a table. */
export default async function OutcomesPage({ searchParams }: Props) {
  const { db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { view, problems: viewProblems } = readOutcomeView(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [dots, counted, reviewed, facets] = await Promise.all([
    listConcluded(db, environment, filter),
    countOutcomes(db, environment, filter),
    countReviewed(db, environment, filter),
    listTrialFacets(db, environment),
  ])
  const groups = primaryOutcomes
    .map((primary) => ({
      primary,
      dots: dots.filter((dot) => dot.primary === primary && !dot.against),
      versions: outcomesPerVersion(
        counted.filter((one) => one.primary === primary),
        primary,
      ),
    }))
    .filter(({ versions }) => versions.length > 0)
  const address = { ...filter, environment, state: 'concluded' }
  return (
    <>
      <PageHeader
        title="Outcomes per starting version"
        environment={environment}
        environmentReason={reason}
        description="Concluded trials, by the OS they started from. The OS build before and after decides, not what the device replied."
      />
      <OutcomePages shown="outcomes" address={{ ...filter, environment }} />
      {[...problems, ...viewProblems].map(({ field, reason, accepted }) => (
        <Refusal
          key={field}
          title="A filter was ignored"
          reason={`${reason}. Accepted: ${accepted}.`}
        />
      ))}
      <TrialFilterBar
        filter={filter}
        facets={facets}
        environment={environment}
        path="outcomes"
        keep={view}
      />
      {groups.length === 0 ? (
        <Nothing filtered={countFilters(filter) > 0} environment={environment} />
      ) : (
        <Stack gap="lg" mt="sm">
          <Reviewed counts={reviewed} address={address} />
          {groups.map((group) => (
            <Question
              key={group.primary}
              {...group}
              environment={environment}
              address={address}
              view={view}
            />
          ))}
          <AgainstBuilds dots={dots.filter(({ against }) => against)} />
          <TwoGroups
            db={db}
            environment={environment}
            filter={filter}
            view={view}
            facets={facets}
          />
          <ExportLinks
            title={`Export these trials${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
            links={[
              { name: 'trials', href: (form) => paths.exportTrials({ ...address, ...form }) },
              { name: 'data dictionary', href: paths.exportDictionary },
            ]}
          />
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

function Nothing({ filtered, environment }: { filtered: boolean; environment: Environment }) {
  if (filtered)
    return (
      <EmptyState
        title="No concluded trial matches"
        icon={IconFilterOff}
        action={<TextLink href={paths.outcomes({ environment })}>Clear the filters</TextLink>}
      />
    )
  return (
    <EmptyState
      title="No concluded trial yet"
      icon={IconChartDots}
      action={<TextLink href={paths.trials({ environment })}>Go to the trials</TextLink>}
    >
      A trial appears here once a person has concluded it. One that was withdrawn, void or lost
      before its end has no outcome and is in the list of trials only.
    </EmptyState>
  )
}

type ChartProps = { versions: VersionOutcomes[]; environment: Environment; primary: PrimaryOutcome }
type Address = Record<string, string | undefined>
type QuestionProps = ChartProps & {
  dots: ConcludedTrial[]
  address: Address
  view: OutcomeView
}

const words: Record<PrimaryOutcome, { title: string; about: string }> = {
  installed: {
    title: 'Trials of an install',
    about: 'Their protocols ask for the install; a trial counts where the target was installed.',
  },
  downloaded: {
    title: 'Trials of a download',
    about:
      'Their protocols only ask to download; a trial counts where the update was downloaded and nothing was installed.',
  },
}

/** Trials with the same question: only those are counted in one rate. */
const Question = ({ primary, dots, versions, environment, address, view }: QuestionProps) => (
  <Stack component="section" gap="lg" aria-label={words[primary].title}>
    {/* On paper a heading keeps to its chart. */}
    <Stack gap="lg" style={{ breakInside: 'avoid' }}>
      <div>
        <Title order={2} size="h3">
          {words[primary].title}
        </Title>
        <Text size="sm" c="dimmed">
          {words[primary].about}
        </Text>
      </div>
      <Dots dots={dots} versions={versions} environment={environment} primary={primary} />
    </Stack>
    <Rates
      versions={versions}
      environment={environment}
      primary={primary}
      address={address}
      view={view}
    />
    <VersionTable
      versions={versions}
      primary={primary}
      address={address}
      exact={view.interval === 'exact'}
    />
  </Stack>
)

function Dots({ dots, versions, environment }: ChartProps & { dots: ConcludedTrial[] }) {
  const all = versions.reduce((sum, { n, leftOut, against }) => sum + n + leftOut - against, 0)
  return (
    <section aria-label="One dot per trial">
      {dots.length < all && (
        <Alert
          color="yellow"
          variant="outline"
          title={`The newest ${dots.length} of ${all} trials`}
        >
          More dots would overlap. The shares and the table below count all {all}.
        </Alert>
      )}
      <OutcomeDots
        dots={dots.map(({ labTag, deviceName, ...dot }) => ({
          ...dot,
          device: labTag ?? deviceName,
        }))}
        versions={versions}
        environment={environment}
      />
      <Group gap="xs" mt="xs">
        {outcomes
          .filter((outcome) => dots.some((dot) => dot.outcome === outcome))
          .map((outcome) => (
            <Text key={outcome} size="sm" mr="sm">
              <OutcomeKey outcome={outcome} />
            </Text>
          ))}
        {dots.some(({ overruled }) => overruled) && (
          <Text size="sm" mr="sm">
            <OverruledKey />
          </Text>
        )}
      </Group>
    </section>
  )
}

/** Outcomes that the OS before and after does not bear out: in no chart and in no rate. */
function AgainstBuilds({ dots }: { dots: ConcludedTrial[] }) {
  if (dots.length === 0) return null
  return (
    <section aria-label="Against the builds">
      <Title order={2} size="h4">
        Decided against the OS builds
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        What a person decided is not what the OS before and after says. These trials are in no chart
        and in no rate.
      </Text>
      <List size="sm">
        {dots.map(({ id, number, startOs, outcome, labTag, deviceName }) => (
          <ListItem key={id}>
            <TextLink href={paths.trial(id)}>T-{number}</TextLink> from {startOs},{' '}
            <UserText>{labTag ?? deviceName}</UserText>: <OutcomeKey outcome={outcome} />
          </ListItem>
        ))}
      </List>
    </section>
  )
}
