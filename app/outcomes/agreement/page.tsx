import { Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { OutcomePages } from '@/components/trial/outcome-pages'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countReadingPairs, listWaitingOutcomes } from '@/lib/db/queries/trials/second-readings'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { agreementRows } from '@/lib/domain/statistics/agreement'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { type Params, paths } from '@/lib/paths'
import { AgreementTable, WaitingTable } from './tables'

export const metadata: Metadata = { title: 'Reader agreement' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** How far first and second readers of outcomes agree, and which outcomes wait for one of them or for a lead. */
export default async function AgreementPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [facets, counted, waiting] = await Promise.all([
    listTrialFacets(db, environment),
    countReadingPairs(db, environment, filter),
    listWaitingOutcomes(db, { environment, filter, personId: actor.id }),
  ])
  const address = { ...filter, environment }
  const rows = agreementRows(counted)
  const of = (awaits: string) => waiting.filter((one) => one.awaits === awaits)
  return (
    <>
      <PageHeader
        marks={<LiveCharts />}
        title="Reader agreement"
        environment={environment}
        environmentReason={reason}
        description="Where a protocol asks for it, a second person reads the outcome of a trial without knowing the first. An outcome counts once both said the same, or a lead has decided between the two."
      />
      <OutcomePages shown="agreement" address={address} />
      <FilterProblems problems={problems} />
      <TrialFilterBar filter={filter} facets={facets} environment={environment} path="agreement" />
      {rows.length === 0 && waiting.length === 0 ? (
        <EmptyState title="No outcome was read a second time" icon={IconUsers}>
          A trial appears here once it is concluded under a protocol that asks for a second reader.
        </EmptyState>
      ) : (
        <Stack gap="lg">
          <WaitingTable title="Awaiting adjudication" rows={of('adjudication')} actor={actor} />
          <WaitingTable title="Awaiting second reading" rows={of('secondReading')} actor={actor} />
          {rows.length > 0 && (
            <>
              <AgreementTable rows={rows} />
              <Text size="sm" maw={800}>
                Cohen’s kappa is the agreement beyond chance: 1 is full agreement, 0 is no better
                than chance, and below 0 is worse. It compares first readers with second readers,
                who may be different people in each trial, and says nothing about who is right. Its
                interval is an approximation for large samples. Readings that were not blinded are
                left out.
              </Text>
              <ExportLinks
                title="Export the agreement"
                links={[
                  {
                    name: 'agreement',
                    href: (form: Params) => paths.exportAgreement({ ...address, ...form }),
                  },
                ]}
              />
            </>
          )}
        </Stack>
      )}
    </>
  )
}
