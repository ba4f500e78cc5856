import { Group as Line, Stack, Text } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { SaveView } from '@/app/save-view'
import { SurvivalCurves } from '@/components/charts/survival-curves'
import { maxCurves } from '@/components/charts/version-axis'
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
import { timeEvents } from '@/lib/core/trials/time-events'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { refusalFor } from '@/lib/domain/account/permissions'
import { timeGroup, timeGroupsByVersion } from '@/lib/domain/statistics/time-groups'
import {
  maxTimed,
  readTimedEvent,
  type TimedEvent,
  timedEvents,
} from '@/lib/domain/statistics/time-to-event'
import { groupFilters, type OutcomeView, readOutcomeView } from '@/lib/domain/trial/outcome-view'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { type Params, paths } from '@/lib/paths'
import { ComparisonForm } from '../comparison-form'
import { LogRankResult } from './log-rank'
import { AtRisk, GroupTable, StepTable, TimeTable } from './tables'
import { declaredTime, eventWords } from './view'

export const metadata: Metadata = { title: 'Time to event' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Kaplan–Meier curves of the time from the first command or declaration to an event, for each starting version or for two groups. */
export default async function SurvivalPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  // A trial has sent its command whatever its state is now; the view reports names it does not know.
  const { event: asked, state, ...rest } = given
  const { filter, problems } = readTrialFilter(rest)
  const { view, problems: viewProblems } = readOutcomeView(state ? { ...rest, state } : rest)
  const { event, problems: eventProblems } = readTimedEvent(asked)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const facets = await listTrialFacets(db, environment)
  const choices = view.by ? factorChoices(view.by, facets) : []
  const filters = groupFilters(filter, view)
  const read = await Promise.all(
    (filters ?? [filter]).map((own) => timeEvents(db, actor, { environment, filter: own, event })),
  )
  const named = (value = '') => choices.find((one) => one.value === value)?.label ?? value
  const groups = filters
    ? read.map((one, at) => timeGroup(named(at === 0 ? view.first : view.second), one))
    : read.flatMap(timeGroupsByVersion)
  const drawn = groups
    .flatMap(({ name, curve }) => (curve ? [{ name, curve }] : []))
    .slice(0, maxCurves)
  const address = { ...filter, environment }
  const [first, second] = groups
  return (
    <>
      <PageHeader
        marks={<LiveCharts />}
        title="Time to event"
        environment={environment}
        environmentReason={reason}
        description="From the sending of the first command or declaration to what was seen of it, by Kaplan and Meier. A trial that ended without the event is censored, not failed."
      />
      <OutcomePages shown="survival" address={address} />
      <FilterProblems
        problems={[...problems, ...viewProblems, ...eventProblems, ...goneProtocol(filter, facets)]}
      />
      <TrialFilterBar
        filter={filter}
        facets={facets}
        environment={environment}
        path="survival"
        keep={{ ...view, event }}
      />
      <Events shown={event} address={{ ...address, ...view }} />
      <ComparisonForm
        view={view}
        choices={choices}
        address={{ ...address, event }}
        path="survival"
      />
      <SaveView
        page="survival"
        filters={{ ...address, ...view, event }}
        mayNotShare={refusalFor(actor, 'shareView')}
      />
      {groups.every(({ timed, unknown }) => timed.length + unknown === 0) ? (
        <EmptyState title="No trial has sent anything" icon={IconClock}>
          The time of a trial runs from the sending of its first command or declaration.
        </EmptyState>
      ) : (
        <Stack gap="lg" mt="sm">
          <Text size="sm" c="dimmed">
            {eventWords[event].about} The curve takes the later bound; the table gives both. Trials
            in whose record nothing says whether it had happened are in no curve. Limits: Greenwood,
            log-log.
          </Text>
          <Text size="sm" c="dimmed">
            {declaredTime} {eventWords[event].declared}
          </Text>
          {read.some(({ more }) => more) && (
            <Text size="sm">
              Only the newest {maxTimed} sent trials {filters ? 'of each group ' : ''}are read.
            </Text>
          )}
          {drawn.length > 0 && (
            <div>
              <SurvivalCurves
                curves={drawn}
                environment={environment}
                label={`Time from send to ${eventWords[event].name}`}
              />
              {drawn.length < groups.filter(({ curve }) => curve).length && (
                <Text size="sm">
                  The first {maxCurves} groups are drawn; the tables have all of them.
                </Text>
              )}
            </div>
          )}
          <GroupTable groups={groups} />
          {filters && first && second && <LogRankResult first={first} second={second} />}
          <AtRisk groups={groups} />
          <StepTable groups={groups} />
          <TimeTable groups={groups} />
          <ExportLinks
            title={`Export the times${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
            links={[
              ...(filters ?? [filter]).map((own, at) => ({
                name: filters ? (groups[at]?.name ?? 'times') : 'times',
                href: (form: Params) =>
                  paths.exportSurvival({ ...own, environment, event, ...form }),
              })),
              {
                name: 'steps of the curves',
                href: (form: Params) =>
                  paths.exportCurves({ ...address, ...comparisonOf(view), event, ...form }),
              },
            ]}
          />
        </Stack>
      )}
    </>
  )
}

/** The file takes no more of the view. */
const comparisonOf = ({ by, first, second }: OutcomeView) => ({ by, first, second })

const eventNames: Record<TimedEvent, string> = {
  installed: 'To another OS',
  prompted: 'To the prompt',
  downloaded: 'To the finished download',
}

const Events = ({ shown, address }: { shown: TimedEvent; address: Params }) => (
  <Line component="nav" gap="md" mb="xs" aria-label="Event" data-screen-only>
    {timedEvents.map((event) =>
      event === shown ? (
        <strong key={event} aria-current="true">
          {eventNames[event]}
        </strong>
      ) : (
        <TextLink key={event} href={paths.survival({ ...address, event })}>
          {eventNames[event]}
        </TextLink>
      ),
    )}
  </Line>
)
