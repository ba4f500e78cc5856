import { Stack, Text, Title } from '@mantine/core'
import { IconDeviceIpad } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { BurnDownChart } from '@/components/charts/burn-down'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { TextLink } from '@/components/data/links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countAnswerable, loadBudget } from '@/lib/db/queries/planning/budget'
import { readBudgetView } from '@/lib/domain/planning/budget-view'
import type { LabBudget } from '@/lib/domain/planning/lab-budget'
import { textsOf } from '@/lib/domain/text/address-filter'
import type { SlotMechanism } from '@/lib/domain/trial/mechanism'
import { paths } from '@/lib/paths'
import { PlanPages, rangeInWords } from '../plan-pages'
import { DaysTable, DevicesTable, ForecastsTable, VersionsTable } from './tables'
import { BudgetForm } from './view-form'

export const metadata: Metadata = { title: 'Trials left' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** How many trials the lab still has by each mechanism, and how they run out: by command until OS 27 removes it. */
export default async function BudgetPage({ searchParams }: Props) {
  const { db } = await authorize('look')
  const given = await searchParams
  const now = new Date()
  const today = now.toISOString().slice(0, 10)
  const { view, problems } = readBudgetView(given, today)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [budget, choice] = await Promise.all([
    loadBudget(db, environment, view, now),
    countAnswerable(db, environment, view, now),
  ])
  const { burnDown, devices, osUnknown, endsOn } = budget
  const { platform, start } = view
  const address = { ...view, environment }
  return (
    <>
      <PageHeader
        title="Trials left"
        environment={environment}
        environmentReason={reason}
        description="What each device still has: the hop it is offered, one for each further release of its line, and the hop to 27. Each is one trial. From 27 on only a declaration can be sent, as OS 27 removes ScheduleOSUpdate."
        marks={<LiveCharts />}
      />
      <PlanPages shown="planBudget" address={{ environment, platform, start }} />
      <FilterProblems problems={problems} title="A value was ignored" />
      <BudgetForm
        given={textsOf(given)}
        problems={problems}
        environment={environment}
        endsOn={endsOn}
      />
      {devices.length + osUnknown.length === 0 ? (
        <EmptyState
          title={platform || start ? 'No device matches' : 'No device yet'}
          icon={IconDeviceIpad}
          action={<TextLink href={paths.devices({ environment })}>Devices</TextLink>}
        >
          A budget counts the devices in use of this environment.
        </EmptyState>
      ) : (
        <Stack gap="xl">
          <Summary budget={budget} choice={choice} mechanism={view.mechanism} />
          {devices.length > 0 && (
            <section aria-label="Burn-down">
              <Title order={2} size="h4">
                Burn-down
              </Title>
              <Text size="sm" c="dimmed" mb="xs">
                Trials left from each day on, if none is run before it. The line goes by the median
                gap between releases, the band by their quartiles; what is not known counts in the
                upper edge alone.
              </Text>
              <BurnDownChart
                days={burnDown.days}
                environment={environment}
                label={`Trials left${view.mechanism ? ` by ${view.mechanism}` : ''}, ${today} to ${endsOn}`}
              />
              <DaysTable days={burnDown.days} />
            </section>
          )}
          {budget.lines.length > 0 && (
            <VersionsTable lines={budget.lines} environment={environment} />
          )}
          <ForecastsTable forecasts={budget.forecasts} today={today} />
          <DevicesTable devices={devices} osUnknown={osUnknown} />
          <ExportLinks
            title={`Export these numbers${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
            links={[
              {
                name: 'burn-down',
                href: (form) => paths.exportBurnDown({ ...address, ...form }),
              },
              { name: 'devices', href: (form) => paths.exportBudget({ ...address, ...form }) },
              { name: 'data dictionary', href: paths.exportDictionary },
            ]}
          />
        </Stack>
      )}
    </>
  )
}

type SummaryProps = {
  budget: LabBudget
  choice: Awaited<ReturnType<typeof countAnswerable>>
  /** What the numbers are narrowed to. */
  mechanism: SlotMechanism | undefined
}

function Summary({ budget, choice, mechanism }: SummaryProps) {
  const { now, byMechanism, devices, osUnknown, burnDown } = budget
  const { questions, devices: able, answerable } = choice
  const of = (count: number) => `${count} ${count === 1 ? 'device' : 'devices'}`
  return (
    <section aria-label="Summary">
      <Text>
        {of(devices.length)}: <strong>{rangeInWords(now)}</strong> trials left
        {mechanism ? ` by ${mechanism}` : ', each by one mechanism'}.
      </Text>
      {!mechanism && (
        <Text size="sm">
          By command {rangeInWords(byMechanism.command)}; by declaration{' '}
          {rangeInWords(byMechanism.declaration)}. A trial that can be by either counts in both, so
          the two do not add up.
        </Text>
      )}
      {osUnknown.length > 0 && (
        <Text size="sm">
          {of(osUnknown.length)} more whose OS is not known: nothing is counted of them.
        </Text>
      )}
      {burnDown.withoutForecast > 0 && (
        <Text size="sm">
          Of {of(burnDown.withoutForecast)} no future release can be forecast: only what they are
          offered now is counted.
        </Text>
      )}
      {questions > 0 && (
        <Text size="sm">
          {questions} open {questions === 1 ? 'question' : 'questions'}, {of(able)} that could
          answer them
          {answerable < questions
            ? `: ${answerable} can be answered, each device used once. Choose.`
            : ': all can be answered, each device used once.'}
        </Text>
      )}
    </section>
  )
}
