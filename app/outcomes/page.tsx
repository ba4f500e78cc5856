import { Box, Stack, Text } from '@mantine/core'
import { IconChartDots, IconFilterOff } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { SaveView } from '@/app/save-view'
import { OutcomeShapes } from '@/components/charts/outcome-shapes'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { TextLink } from '@/components/data/links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { factorChoices } from '@/components/trial/factor-choices'
import { goneProtocol } from '@/components/trial/gone-protocol'
import { OutcomePages } from '@/components/trial/outcome-pages'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countReviewed } from '@/lib/db/queries/trials/analytics'
import { listTrialPrints } from '@/lib/db/queries/trials/counted'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { refusalFor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { studyForms } from '@/lib/domain/export/study'
import { readCounted } from '@/lib/domain/statistics/counted'
import { factors } from '@/lib/domain/trial/factors'
import { readOutcomeView } from '@/lib/domain/trial/outcome-view'
import { countFilters, readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { CountedTrials, contradictionChoices } from './counted'
import { OtherLabs } from './other-labs'
import { AgainstBuilds, Question } from './question'
import { readGroups } from './read-groups'
import { RowsBy } from './rows-by'
import { TwoGroups } from './two-groups'

export const metadata: Metadata = { title: 'Outcomes' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Outcomes per starting version or another factor, of one environment: dots, intervals, and the same numbers as a table. */
export default async function OutcomesPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { view, problems: viewProblems } = readOutcomeView(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const by = view.rows ?? 'version'
  const asked = readCounted(view.count ?? '')
  const facetsRead = listTrialFacets(db, environment)
  const namesRead = facetsRead.then((read) => factorChoices(by, read))
  const [facets, names, prints, reviewed, { counted, groups, against }] = await Promise.all([
    facetsRead,
    namesRead,
    listTrialPrints(db, environment),
    countReviewed(db, environment, filter, by),
    readGroups(db, { environment, filter, by, withDots: !asked }, namesRead),
  ])
  const address = { ...filter, environment, state: 'concluded' }
  return (
    <>
      <PageHeader
        marks={<LiveCharts />}
        title={`Outcomes by ${factors[by].label.toLowerCase()}`}
        environment={environment}
        environmentReason={reason}
        description={`Concluded trials. The OS build before and after decides, not what the device replied. Rows: ${factors[by].read}`}
      />
      <OutcomePages shown="outcomes" address={{ ...filter, environment }} />
      <FilterProblems problems={[...problems, ...viewProblems, ...goneProtocol(filter, facets)]} />
      <TrialFilterBar
        filter={filter}
        facets={facets}
        environment={environment}
        path="outcomes"
        keep={view}
      />
      <RowsBy
        rows={by}
        treatment={filter.treatment}
        view={view}
        contradictions={contradictionChoices(prints, asked)}
        address={{ ...filter, environment }}
      />
      <SaveView
        page="outcomes"
        filters={{ ...filter, environment, ...view }}
        mayNotShare={refusalFor(actor, 'shareView')}
      />
      {groups.length === 0 ? (
        <Nothing filtered={countFilters(filter) > 0} environment={environment} />
      ) : (
        <Stack gap="lg" mt="sm">
          <OutcomeShapes />
          <Reviewed counts={reviewed} address={address} />
          {asked ? (
            <CountedTrials
              db={db}
              environment={environment}
              filter={filter}
              counted={asked}
              by={by}
              names={names}
              view={view}
            />
          ) : (
            groups.map((group) => (
              <Question
                key={group.primary}
                {...group}
                by={by}
                environment={environment}
                address={address}
                view={view}
              />
            ))
          )}
          {!asked && (
            <AgainstBuilds
              dots={against}
              all={counted.reduce((sum, one) => sum + (one.against ? one.trials : 0), 0)}
            />
          )}
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
              {
                name: 'the numbers of this page',
                href: (form) =>
                  paths.exportOutcomes({
                    ...filter,
                    environment,
                    rows: by,
                    count: view.count,
                    ...form,
                  }),
              },
              {
                name: 'trials',
                href: (form) => paths.exportTrials({ ...address, ...form }),
                forms: studyForms,
              },
              { name: 'data dictionary', href: paths.exportDictionary },
            ]}
          />
        </Stack>
      )}
      <Box mt="lg">
        <OtherLabs environment={environment} filter={filter} by={by} />
      </Box>
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
