import { Stack, Text, Title } from '@mantine/core'
import { IconShoppingCart } from '@tabler/icons-react'
import type { Metadata } from 'next'
import classes from '@/components/data/data-table.module.css'
import { EmptyState } from '@/components/data/empty-state'
import { ExportLinks } from '@/components/data/export-links'
import { LiveCharts } from '@/components/data/live'
import { PageHeader } from '@/components/data/page-header'
import { FilterProblems } from '@/components/data/refusal'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { authorize } from '@/lib/auth/guard'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { loadAdvice } from '@/lib/db/queries/planning/budget'
import { passcodeWords } from '@/lib/domain/device/passcode'
import { readProcurementView, usualWanted } from '@/lib/domain/planning/budget-view'
import type { LabAdvice } from '@/lib/domain/planning/lab-procurement'
import { textsOf } from '@/lib/domain/text/address-filter'
import { paths } from '@/lib/paths'
import { PlanPages } from '../plan-pages'
import { ProcurementForm } from './view-form'

export const metadata: Metadata = { title: 'Devices to buy' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/** Which versions to ask a reseller for, how many, and when each becomes useless. */
export default async function ProcurementPage({ searchParams }: Props) {
  const { db } = await authorize('look')
  const given = await searchParams
  const { view, problems } = readProcurementView(given)
  const { environment, reason } = await resolveEnvironment(db, given.environment)
  const advice = await loadAdvice(db, environment, view, new Date())
  const { platform, start } = view
  const wanted = view.wanted ?? usualWanted
  const address = { ...view, environment }
  return (
    <>
      <PageHeader
        title="Devices to buy"
        environment={environment}
        environmentReason={reason}
        description="Out of date, but not too much: the starting versions to ask a reseller for, so that the open questions of the coverage matrix get their trials."
        marks={<LiveCharts />}
      />
      <PlanPages shown="planProcurement" address={{ environment, platform, start }} />
      <FilterProblems problems={problems} title="A value was ignored" />
      <ProcurementForm given={textsOf(given)} problems={problems} environment={environment} />
      <Stack gap="lg">
        <Text size="sm">
          {inWords(advice, wanted)} What the lab’s own unused devices can cover, each used once, is
          subtracted.
        </Text>
        {advice.lines.length === 0 ? (
          <EmptyState title="Nothing to buy" icon={IconShoppingCart}>
            {advice.open === 0
              ? 'No question of the matrix is open with these filters.'
              : 'The devices of the lab can answer every open question.'}
          </EmptyState>
        ) : (
          <>
            <Lines lines={advice.lines} />
            <ExportLinks
              title={`Export these rows${environment === 'simulated' ? ', marked SIMULATED' : ''}`}
              links={[
                {
                  name: 'devices to buy',
                  href: (form) => paths.exportProcurement({ ...address, ...form }),
                },
                { name: 'data dictionary', href: paths.exportDictionary },
              ]}
            />
          </>
        )}
      </Stack>
    </>
  )
}

function inWords({ open, notListed, unclear, listReadOn }: LabAdvice, wanted: number): string {
  const questions = (count: number) => `${count} ${count === 1 ? 'question' : 'questions'}`
  return [
    `${questions(open)} with fewer than ${wanted} ${wanted === 1 ? 'trial' : 'trials'}.`,
    listReadOn === undefined &&
      'No copy of Apple’s list was imported, so it is not known which targets can still be sent: import one before you buy.',
    notListed > 0 &&
      `${questions(notListed)} left out: Apple’s list for management no longer has the target.`,
    unclear > 0 && `${questions(unclear)} left out: the passcode state or the target is not known.`,
  ]
    .filter((sentence) => typeof sentence === 'string')
    .join(' ')
}

/** More would not be read; the filters reach the others, and the CSV has all. */
const shownLines = 50
const shownModels = 8

const Lines = ({ lines }: Pick<LabAdvice, 'lines'>) => (
  <section aria-label="What to ask for">
    <Title order={2} size="h4" mb="xs">
      What to ask for
    </Title>
    <table className={classes.table}>
      <TableHead
        labels={['Version', 'Devices', 'For the questions', 'Models', 'Useless after', 'Beware']}
      />
      <tbody>
        {lines.slice(0, shownLines).map((line) => (
          <tr key={`${line.platform} ${line.mechanism} ${line.version} ${line.models.join()}`}>
            <td data-label="Version" className={classes.nowrap}>
              <div>
                {line.platform} <UserText>{line.version}</UserText>
                <div className={classes.dim}>by {line.mechanism}</div>
              </div>
            </td>
            <td data-label="Devices">{line.devices}</td>
            <td data-label="For the questions">
              <Questions questions={line.questions} />
            </td>
            <td data-label="Models">
              <Models models={line.models} />
            </td>
            <td data-label="Useless after">
              {line.uselessAfter ?? <span className={classes.dim}>not known</span>}
            </td>
            <td data-label="Beware">{line.cautions.join('; ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {lines.length > shownLines && (
      <Text size="sm" c="dimmed">
        The first {shownLines} of {lines.length} rows; the CSV has all.
      </Text>
    )}
  </section>
)

/** The targets of a line, for each passcode state. */
function Questions({ questions }: Pick<LabAdvice['lines'][number], 'questions'>) {
  const states = Map.groupBy(questions, ({ passcode }) => passcode)
  return (
    <div>
      {[...states].map(([passcode, of]) => (
        <div key={passcode}>
          to {of.map(({ target }) => target).join(', ')}
          {passcode !== 'notApplicable' && (
            <span className={classes.dim}> {passcodeWords[passcode].toLowerCase()}</span>
          )}
        </div>
      ))}
    </div>
  )
}

function Models({ models }: { models: readonly string[] }) {
  if (models.length === 0) return <span className={classes.dim}>not known</span>
  if (models.length <= shownModels) return <span>{models.join(', ')}</span>
  return (
    <details>
      <summary>{models.length} models</summary>
      {models.join(', ')}
    </details>
  )
}
