import { IconBuildingCommunity } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems, Refusal } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { previewLabReport } from '@/lib/core/record/lab-report/make-lab-report'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { getLabSettings } from '@/lib/db/queries/settings'
import { countTrials } from '@/lib/db/queries/trials/trial-list'
import { refusalFor } from '@/lib/domain/account/permissions'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { LabReportForm } from './form'

export const metadata: Metadata = { title: 'Report for other labs' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Which trials of the list under the filters of the address leave for other labs, and exactly what of each. */
export default async function LabReportPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const header = (
    <PageHeader
      title="Report for other labs"
      environment={environment}
      environmentReason={reason}
      description="A file that tells another lab whether you see what it sees. It has the model, versions and builds, install actions, outcome, circumstances and contradictions of each chosen trial, and no serial number or other identifier, no name and nothing that a person wrote."
    />
  )
  const mayNot = refusalFor(actor, 'shareReport')
  if (mayNot)
    return (
      <>
        {header}
        <Refusal title="Only leads let trials leave the lab" reason={mayNot} />
      </>
    )
  const [shown, count, { labName }] = await Promise.all([
    previewLabReport(db, actor, { environment, filter }),
    countTrials(db, { environment, filter }),
    getLabSettings(db),
  ])
  const list = paths.trials({ ...filter, environment })
  const set = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  )
  return (
    <>
      {header}
      <FilterProblems problems={problems} />
      {shown.status === 'refused' ? (
        <Refusal title="Nothing to choose from" reason={shown.reason} />
      ) : shown.trials.length === 0 ? (
        <EmptyState
          title="No trial that can leave"
          icon={IconBuildingCommunity}
          action={<TextLink href={list}>To the trials</TextLink>}
        >
          Only a concluded trial whose starting version is known can be compared.
        </EmptyState>
      ) : (
        <LabReportForm
          environment={environment}
          filter={Object.fromEntries(set)}
          first={shown}
          without={count - shown.trials.length}
          labName={labName}
        />
      )}
    </>
  )
}
