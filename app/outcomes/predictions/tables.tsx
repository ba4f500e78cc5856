import { Stack } from '@mantine/core'
import classes from '@/components/data/data-table.module.css'
import { ExportLinks } from '@/components/data/export-links'
import { Link } from '@/components/data/link'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import type { FactorChoice } from '@/components/trial/factor-choices'
import {
  type PredictionCount,
  type PredictionRow,
  predictionRows,
} from '@/lib/domain/statistics/prediction-rows'
import { byValue, type FactorName, factors, labelOfValue } from '@/lib/domain/trial/factors'
import { type Params, paths } from '@/lib/paths'
import { boundsOf, shareOf } from '../share'

type Props = {
  byFactor: PredictionCount[]
  byPerson: (PredictionCount & { name: string })[]
  by: FactorName
  /** The names of the factor's values. */
  names: FactorChoice[]
  /** Filter and environment. */
  address: Params
  exact: boolean
}

/** Per value of the factor and per person who registered: how often predictions came true. */
export function Predictions({ byFactor, byPerson, by, names, address, exact }: Props) {
  const rows = predictionRows(byFactor, byValue(by)).map((row) => ({
    ...row,
    label: labelOfValue(by, row.row, names),
    href: paths.trials({ ...address, state: 'concluded', [by]: row.row }),
  }))
  const nameOf = new Map(byPerson.map(({ row, name }) => [row, name]))
  const named = (id: string) => nameOf.get(id) ?? id
  const people = predictionRows(byPerson, (a, b) => named(a).localeCompare(named(b))).map(
    (row) => ({ ...row, label: named(row.row) }),
  )
  return (
    <Stack gap="lg">
      <PredictionTable title={factors[by].label} rows={rows} exact={exact} />
      <PredictionTable title="Registered by" rows={people} exact={exact} />
      <ExportLinks
        title="Export the predictions"
        links={[
          {
            name: 'predictions',
            href: (form: Params) => paths.exportPredictions({ ...address, rows: by, ...form }),
          },
        ]}
      />
    </Stack>
  )
}

type Labelled = PredictionRow & { label: string; href?: string }
type TableProps = { title: string; rows: Labelled[]; exact: boolean }

const PredictionTable = ({ title, rows, exact }: TableProps) => (
  <table className={`${classes.table} ${classes.compact}`}>
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
