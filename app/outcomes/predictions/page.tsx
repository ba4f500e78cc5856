import { IconTargetArrow } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { SaveView } from '@/app/save-view'
import { EmptyState } from '@/components/data/empty-state'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { factorChoices } from '@/components/trial/factor-choices'
import { OutcomePages } from '@/components/trial/outcome-pages'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countPredictions, countPredictionsByPerson } from '@/lib/db/queries/trials/predictions'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { refusalFor } from '@/lib/domain/account/permissions'
import { readPredictionView } from '@/lib/domain/trial/outcome-view'
import { countFilters, readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { RowsBy } from '../rows-by'
import { Predictions } from './tables'

export const metadata: Metadata = { title: 'Expectation against result' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** How often what was predicted at registration came true. */
export default async function PredictionsPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { view, problems: viewProblems } = readPredictionView(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const by = view.rows ?? 'version'
  const [facets, byFactor, byPerson] = await Promise.all([
    listTrialFacets(db, environment),
    countPredictions(db, environment, filter, by),
    countPredictionsByPerson(db, environment, filter),
  ])
  const address = { ...filter, environment }
  return (
    <>
      <PageHeader
        marks={<LiveCharts />}
        title="Expectation against result"
        environment={environment}
        environmentReason={reason}
        description="How often the outcome was one of those predicted and sealed at registration. A trial without a prediction is counted apart and never as wrong; a lost, void or censored one and one decided against the builds is not counted."
      />
      <OutcomePages shown="predictions" address={address} />
      <FilterProblems problems={[...problems, ...viewProblems]} />
      <TrialFilterBar
        filter={filter}
        facets={facets}
        environment={environment}
        path="predictions"
        keep={view}
      />
      <RowsBy
        rows={by}
        treatment={filter.treatment}
        view={view}
        address={address}
        path="predictions"
      />
      <SaveView
        page="predictions"
        filters={{ ...address, ...view }}
        mayNotShare={refusalFor(actor, 'shareView')}
      />
      {byFactor.length === 0 ? (
        <EmptyState
          title={countFilters(filter) > 0 ? 'No concluded trial matches' : 'No concluded trial yet'}
          icon={IconTargetArrow}
        >
          A trial appears here once a person has concluded it. Its outcome is predicted when it is
          drafted.
        </EmptyState>
      ) : (
        <Predictions
          byFactor={byFactor}
          byPerson={byPerson}
          by={by}
          names={factorChoices(by, facets)}
          address={address}
          exact={view.interval === 'exact'}
        />
      )}
    </>
  )
}
