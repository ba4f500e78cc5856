import { Stack, Text, Title } from '@mantine/core'
import Link from 'next/link'
import classes from '@/components/data/data-table.module.css'
import { ExportLinks } from '@/components/data/export-links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { FactorChoice } from '@/components/trial/factor-choices'
import type { Db } from '@/lib/db/client'
import { countPredictions, countPredictionsByPerson } from '@/lib/db/queries/trials/predictions'
import type { Environment } from '@/lib/domain/device/device'
import { type PredictionRow, predictionRows } from '@/lib/domain/outcome/prediction'
import { byValue, type FactorName, factors, labelOfValue } from '@/lib/domain/trial/factors'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { type Params, paths } from '@/lib/paths'
import { boundsOf, shareOf } from './share'

type Props = {
  db: Db
  environment: Environment
  filter: TrialFilter
  by: FactorName
  /** The names of the factor's values. */
  names: FactorChoice[]
  exact: boolean
}

/** How often what was predicted at registration came true, per value of the factor and per person who registered. */
export async function Predictions({ db, environment, filter, by, names, exact }: Props) {
  const [byFactor, byPerson] = await Promise.all([
    countPredictions(db, environment, filter, by),
    countPredictionsByPerson(db, environment, filter),
  ])
  const rows = predictionRows(byFactor, byValue(by)).map((row) => ({
    ...row,
    label: labelOfValue(by, row.row, names),
    href: paths.trials({ ...filter, environment, state: 'concluded', [by]: row.row }),
  }))
  const nameOf = new Map(byPerson.map(({ row, name }) => [row, name]))
  const named = (id: string) => nameOf.get(id) ?? id
  const people = predictionRows(byPerson, (a, b) => named(a).localeCompare(named(b))).map(
    (row) => ({ ...row, label: named(row.row) }),
  )
  return (
    <Stack component="section" gap="sm" aria-label="Expectation against result">
      <div>
        <Title order={2} size="h3">
          Expectation against result
        </Title>
        <Text size="sm" c="dimmed">
          How often the outcome was one of those predicted and sealed at registration. A trial
          without a prediction is counted apart and never as wrong; a lost, void or censored one and
          one decided against the builds is not counted.
        </Text>
      </div>
      <PredictionTable title={factors[by].label} rows={rows} exact={exact} />
      <PredictionTable title="Registered by" rows={people} exact={exact} />
      <ExportLinks
        title="Export the predictions"
        links={[
          {
            name: 'predictions',
            href: (form: Params) =>
              paths.exportPredictions({ ...filter, environment, rows: by, ...form }),
          },
        ]}
      />
    </Stack>
  )
}

type Labelled = PredictionRow & { label: string; href?: string }
type TableProps = { title: string; rows: Labelled[]; exact: boolean }

const PredictionTable = ({ title, rows, exact }: TableProps) => (
  <table className={classes.table}>
    <TableHead
      labels={[
        ...[title, 'n', 'Came true', 'Share [95 %]'],
        ...(exact ? ['Clopper–Pearson'] : []),
        ...['No prediction', 'Not counted'],
      ]}
    />
    <tbody>
      {rows.map((row) => (
        <tr key={row.row}>
          <td data-label={title}>
            {row.href ? (
              <Link href={row.href} className={classes.name} prefetch={false}>
                <UserText>{row.label}</UserText>
              </Link>
            ) : (
              <UserText>{row.label}</UserText>
            )}
          </td>
          <td data-label="n">{row.n}</td>
          <td data-label="Came true">
            {row.reached} of {row.n}
          </td>
          <td data-label="Share [95 %]">{shareOf(row)}</td>
          {exact && (
            <td data-label="Clopper–Pearson">{row.exact ? boundsOf(row.exact) : 'none'}</td>
          )}
          <td data-label="No prediction">{row.none}</td>
          <td data-label="Not counted">{row.notCounted}</td>
        </tr>
      ))}
    </tbody>
  </table>
)
