import { Group, Stack, Text, Title } from '@mantine/core'
import { InstallRates } from '@/components/charts/install-rates'
import { OutcomeDots } from '@/components/charts/outcome-dots'
import { SeenKey } from '@/components/charts/outcome-sign'
import classes from '@/components/data/data-table.module.css'
import { Link } from '@/components/data/link'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { FactorChoice } from '@/components/trial/factor-choices'
import type { Db } from '@/lib/db/client'
import { countSeen, listSeen } from '@/lib/db/queries/trials/counted'
import { errorThoughStartedPrint } from '@/lib/domain/contradiction/error-though-started'
import type { Environment } from '@/lib/domain/device/device'
import {
  type Counted,
  countedAbout,
  countedAddress,
  countedLabel,
  readCounted,
  seenStates,
} from '@/lib/domain/statistics/counted'
import { minDevicesForRate } from '@/lib/domain/statistics/proportion'
import { type SeenRow, seenRows } from '@/lib/domain/statistics/seen-rows'
import { byValue, type FactorName, factors, labelOfValue } from '@/lib/domain/trial/factors'
import type { OutcomeView } from '@/lib/domain/trial/outcome-view'
import { primaryOutcomeInfo, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { paths } from '@/lib/paths'
import { ExactInterval } from './rates'
import { boundsOf, shareOf } from './share'

type Props = {
  db: Db
  environment: Environment
  filter: TrialFilter
  counted: Counted
  by: FactorName
  /** The names of the factor's values. */
  names: FactorChoice[]
  view: OutcomeView
}

type LabelledRow = SeenRow & { label: string }

/** An observation or a contradiction in place of the primary outcome: one dot per trial, the share, and the table. */
export async function CountedTrials({ db, environment, filter, counted, by, names, view }: Props) {
  const [trials, dots] = await Promise.all([
    countSeen(db, environment, filter, counted, by),
    listSeen(db, environment, filter, counted, by),
  ])
  const address = { ...filter, environment }
  return (
    <Stack component="section" gap="lg" aria-label={countedLabel(counted)}>
      <div>
        <Title order={2} size="h3" style={{ overflowWrap: 'anywhere' }}>
          <UserText>{countedLabel(counted)}</UserText>
        </Title>
        <Text size="sm" c="dimmed">
          {countedAbout(counted)} Lost and void trials are not counted; one that a person decided
          against the builds is.
        </Text>
      </div>
      {primaryOutcomes.map((primary) => {
        const own = trials.filter((one) => one.primary === primary)
        if (own.length === 0) return null
        const rows = seenRows(own, byValue(by)).map((row) => ({
          ...row,
          label: labelOfValue(by, row.row, names),
        }))
        return (
          <Stack
            key={primary}
            component="section"
            gap="sm"
            aria-label={primaryOutcomeInfo[primary].title}
          >
            <Title order={3} size="h4">
              {primaryOutcomeInfo[primary].title}
            </Title>
            <Dots
              dots={dots.filter((dot) => dot.primary === primary)}
              rows={rows}
              environment={environment}
            />
            <Share rows={rows} environment={environment} address={address} view={view} />
            <SeenTable rows={rows} by={by} address={address} exact={view.interval === 'exact'} />
          </Stack>
        )
      })}
    </Stack>
  )
}

type RowsProps = { rows: LabelledRow[]; environment: Environment }

function Dots({
  dots,
  rows,
  environment,
}: RowsProps & { dots: Awaited<ReturnType<typeof listSeen>> }) {
  const all = rows.reduce((sum, { n, leftOut }) => sum + n + leftOut, 0)
  return (
    <section aria-label="One dot per trial">
      {dots.length < all && (
        <Text size="sm">
          The newest {dots.length} of {all} trials are drawn; the shares and the table count all.
        </Text>
      )}
      <OutcomeDots
        dots={dots.map(({ id, number, row, seen, labTag, deviceName }) => ({
          ...{ id, number, row },
          device: labTag ?? deviceName,
          mark: { seen },
        }))}
        versions={rows}
        environment={environment}
      />
      <Group gap="xs" mt="xs">
        {seenStates
          .filter((seen) => rows.some(({ counts }) => counts[seen]))
          .map((seen) => (
            <Text key={seen} size="sm" mr="sm">
              <SeenKey seen={seen} />
            </Text>
          ))}
      </Group>
    </section>
  )
}

type ShareProps = RowsProps & { address: Record<string, string | undefined>; view: OutcomeView }

const Share = ({ rows, environment, address, view }: ShareProps) => (
  <section aria-label="Share in which it was seen">
    <Text size="sm" c="dimmed" mb="xs">
      Share with Wilson 95 % interval. No rate is given below {minDevicesForRate} trials.
    </Text>
    {rows.some(({ rate }) => rate !== undefined) && (
      <>
        <ExactInterval address={address} view={view} />
        <InstallRates
          versions={rows}
          environment={environment}
          label="share seen"
          exact={view.interval === 'exact'}
        />
      </>
    )}
  </section>
)

type TableProps = {
  rows: LabelledRow[]
  by: FactorName
  address: Record<string, string | undefined>
  exact: boolean
}

const SeenTable = ({ rows, by, address, exact }: TableProps) => (
  <table className={`${classes.table} ${classes.compact}`}>
    <TableHead
      labels={[
        ...[factors[by].label, 'n', 'Seen', 'Share [95 %]'],
        ...(exact ? ['Clopper–Pearson'] : []),
        'Trials',
      ]}
    />
    <tbody>
      {rows.map((row) => (
        <tr key={row.row}>
          <td data-label={factors[by].label}>
            <Link
              href={paths.trials({ ...address, state: 'concluded', [by]: row.row })}
              className={classes.name}
              prefetch={false}
            >
              <UserText>{row.label}</UserText>
            </Link>
          </td>
          <td data-label="n">{row.n}</td>
          <td data-label="Seen">
            {row.reached} of {row.n}
          </td>
          <td data-label="Share [95 %]">{shareOf(row)}</td>
          {exact && (
            <td data-label="Clopper–Pearson">{row.exact ? boundsOf(row.exact) : 'none'}</td>
          )}
          <td data-label="Trials">
            <div>
              {seenStates
                .filter((seen) => row.counts[seen])
                .map((seen) => (
                  <div key={seen}>
                    {row.counts[seen]} × <SeenKey seen={seen} />
                  </div>
                ))}
            </div>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

/** The contradictions to choose from: those that the trials show, the error after which the update started, and what is asked for. */
export function contradictionChoices(prints: readonly string[], asked: Counted | undefined) {
  const all = prints.flatMap((print) => readCounted(`contradiction:${print}`) ?? [])
  const started = readCounted(`contradiction:${errorThoughStartedPrint}`)
  const choices = [...(started ? [started] : []), ...all, ...(asked ? [asked] : [])]
    .filter(({ of }) => of === 'contradiction')
    .map((counted) => ({ value: countedAddress(counted), label: countedLabel(counted) }))
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()]
}
