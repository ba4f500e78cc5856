import { Stack, Text, Title } from '@mantine/core'
import { IconFilterOff, IconRoute } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { SaveView } from '@/app/save-view'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { TextLink } from '@/components/data/links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { flowBoxWords, flowReasonWords } from '@/components/trial/flow-words'
import { goneProtocol } from '@/components/trial/gone-protocol'
import { OutcomePages } from '@/components/trial/outcome-pages'
import { TrialFilterBar } from '@/components/trial/trial-filter-bar'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { countFlow } from '@/lib/db/queries/trials/flow'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { refusalFor } from '@/lib/domain/account/permissions'
import { studyForms } from '@/lib/domain/export/study'
import { type Flow, flowLines, flowOf } from '@/lib/domain/statistics/flow'
import { unknownNames } from '@/lib/domain/text/address-filter'
import { countFilters, readTrialFilter, trialFilterFields } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { FlowDiagram } from './flow-diagram'

export const metadata: Metadata = { title: 'Flow of the trials' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** What became of every trial that was drafted, counted from the records when the page is opened. */
export default async function FlowPage({ searchParams }: Props) {
  const { actor, db } = await authorize('look')
  const given = await searchParams
  const { filter, problems } = readTrialFilter(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const [counted, facets] = await Promise.all([
    countFlow(db, environment, filter),
    listTrialFacets(db, environment),
  ])
  const flow = flowOf(counted)
  const lines = linesOf(flow, (place) => paths.trials({ ...filter, environment, flow: place }))
  return (
    <>
      <PageHeader
        marks={<LiveCharts />}
        title="Flow of the trials"
        environment={environment}
        environmentReason={reason}
        description="What became of every trial that was drafted, as the CONSORT statement reports it. Each line leads to its trials, and each box is the sum of what leaves it and of the next one."
      />
      <OutcomePages shown="flow" address={{ ...filter, environment }} />
      <FilterProblems
        problems={[
          ...problems,
          ...unknownNames(given, [...trialFilterFields, 'environment']),
          ...goneProtocol(filter, facets),
        ]}
      />
      <TrialFilterBar filter={filter} facets={facets} environment={environment} path="flow" />
      <SaveView
        page="flow"
        filters={{ ...filter, environment }}
        mayNotShare={refusalFor(actor, 'shareView')}
      />
      {flow.drafted === 0 ? (
        <EmptyState
          title={countFilters(filter) > 0 ? 'No trial matches' : 'No trials yet'}
          icon={countFilters(filter) > 0 ? IconFilterOff : IconRoute}
        >
          A trial is in the diagram from its draft on.
        </EmptyState>
      ) : (
        <Stack gap="lg" mt="sm">
          <FlowDiagram
            flow={flow}
            environment={environment}
            links={Object.fromEntries(lines.map(({ place, href }) => [place, href]))}
          />
          <FlowTable lines={lines} />
          <Notes />
          <ExportLinks
            title={`Export these numbers${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
            links={[
              {
                name: 'flow',
                href: (form) => paths.exportFlow({ ...filter, environment, ...form }),
              },
              {
                name: 'trials',
                href: (form) => paths.exportTrials({ ...filter, environment, ...form }),
                forms: studyForms,
              },
              { name: 'data dictionary', href: paths.exportDictionary },
            ]}
          />
        </Stack>
      )}
    </>
  )
}

type Line = { place: string; box: string; why: string; trials: number; href: string }

const linesOf = (flow: Flow, hrefOf: (place: string) => string): Line[] =>
  flowLines(flow).map(({ place, box, why, trials }) => ({
    ...{ place, box: flowBoxWords[box], why: why && flowReasonWords(why), trials },
    href: hrefOf(place),
  }))

const FlowTable = ({ lines }: { lines: Line[] }) => (
  <section aria-label="The same numbers as a table">
    <Title order={2} size="h4" mb="xs">
      The same numbers as a table
    </Title>
    <table className={`${classes.table} ${classes.compact}`}>
      <TableHead labels={['Box', 'Reason', 'Trials']} />
      <tbody>
        {lines.map(({ place, box, why, trials, href }) => (
          <tr key={place}>
            <td data-label="Box">{box}</td>
            <td data-label="Reason">{why}</td>
            <td data-label="Trials">
              <TextLink href={href}>{trials}</TextLink>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

const Notes = () => (
  <Text size="sm" c="dimmed" component="div">
    Screened out: the trial was withdrawn or voided with nothing sent, and the device did not
    qualify when it was last judged for it; counted by the first rule that failed, or else was
    unknown. Released and sent: a command or declaration may have left. Not analysed: still under
    observation, ended without an outcome, or with one that is in no rate. A device was used in a
    trial before if an earlier trial had sent it one.
  </Text>
)
