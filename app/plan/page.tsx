import { Stack } from '@mantine/core'
import { IconGridDots } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { EmptyState } from '@/components/data/empty-state'
import { TextLink } from '@/components/data/links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countCoverage } from '@/lib/db/queries/planning/coverage'
import { listReserved, listUnusedDevices } from '@/lib/db/queries/planning/unused-devices'
import { listRadars } from '@/lib/db/queries/radars/radars'
import { refusalFor } from '@/lib/domain/account/permissions'
import { withListed } from '@/lib/domain/planning/by-mechanism'
import { coverageMatrix } from '@/lib/domain/planning/coverage'
import { nextBest, windowsOf } from '@/lib/domain/planning/next-best'
import { narrowed, questionWeight, readPlanView, weightsOf } from '@/lib/domain/planning/plan-view'
import { textsOf } from '@/lib/domain/text/address-filter'
import { paths } from '@/lib/paths'
import { Matrix } from './matrix'
import { NextBestTrials } from './next-best'
import { PlanPages } from './plan-pages'
import { Reserved } from './reserved'
import { ViewForm } from './view-form'

export const metadata: Metadata = { title: 'Plan' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** What is known from which version to which, and which device to use next. */
export default async function PlanPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { view, problems } = readPlanView(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const now = new Date()
  const [trials, unused, catalogue, reserved, radars] = await Promise.all([
    countCoverage(db, environment),
    listUnusedDevices(db, environment, now),
    loadCatalogue(db),
    listReserved(db, environment, now),
    listRadars(db, environment, ['claimedFixed']),
  ])
  const primary = view.primary ?? 'installed'
  const today = now.toISOString().slice(0, 10)
  const devices = withListed(unused, catalogue, today)
  const all = coverageMatrix(trials, devices, primary)
  const blocks = narrowed(all, view)
  const shown = new Set(blocks.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells)))
  const next = nextBest(all, devices, {
    weights: weightsOf(view),
    fixes: radars.map(({ radar }) => radar),
    questionWeight: (question) => questionWeight(view, question),
    window: windowsOf(catalogue, today),
  }).filter(({ question }) => shown.has(question))
  return (
    <>
      <PageHeader
        title="Plan"
        environment={environment}
        environmentReason={reason}
        description="Each device is one test of its version. What is known so far, and which device to use next."
        marks={<LiveCharts />}
      />
      <PlanPages
        shown="plan"
        address={{ environment, platform: view.platform, start: view.start }}
      />
      <FilterProblems problems={problems} title="A value was ignored" />
      <ViewForm view={view} given={textsOf(given)} problems={problems} environment={environment} />
      {blocks.length === 0 ? (
        <EmptyState
          title={all.length === 0 ? 'Nothing to plan with yet' : 'Nothing matches'}
          icon={IconGridDots}
          action={
            <TextLink
              href={all.length === 0 ? paths.devices({ environment }) : paths.plan({ environment })}
            >
              {all.length === 0 ? 'Devices' : 'Clear filters'}
            </TextLink>
          }
        >
          {all.length === 0
            ? 'A plan needs a concluded trial, or a device whose OS version and build are known.'
            : 'No trial and no device of this environment matches all filters.'}
        </EmptyState>
      ) : (
        <Stack gap="xl">
          <Matrix blocks={blocks} environment={environment} primary={primary} />
          <Reserved devices={reserved} />
          <NextBestTrials trials={next} reason={refusalFor(actor, 'draftTrial')} />
        </Stack>
      )}
    </>
  )
}
