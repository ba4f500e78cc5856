'use client'

import { Title } from '@mantine/core'
import { OutcomeKey } from '@/components/charts/outcome-sign'
import classes from '@/components/data/data-table.module.css'
import { Link } from '@/components/data/link'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { type FactorName, factors } from '@/lib/domain/trial/factors'
import { type PrimaryOutcome, primaryOutcomeInfo } from '@/lib/domain/trial/primary-outcome'
import { paths } from '@/lib/paths'
import type { RowInWords } from './share'

const exactLabel = 'Clopper–Pearson'

const columns = (factor: string, reached: string, exact: boolean) => [
  factor,
  'n',
  reached,
  'Share [95 %]',
  ...(exact ? [exactLabel] : []),
  'Not counted',
  'Outcomes',
]

type Props = {
  rows: RowInWords[]
  by: FactorName
  primary: PrimaryOutcome
  address: Record<string, string | undefined>
  /** Whether Clopper and Pearson's interval stands beside Wilson's. */
  exact: boolean
}

/**
 * What the charts show, in figures and words. Drawn on the client's side of the border: what crosses it is then the numbers,
 * and not the words and marks of each outcome in each row.
 */
export function OutcomeTable({ rows, by, primary, address, exact }: Props) {
  const word = primaryOutcomeInfo[primary].label
  return (
    <section aria-label={`${word}: the same numbers as a table`}>
      <Title order={2} size="h4" mb="xs">
        The same numbers as a table
      </Title>
      <table className={classes.table}>
        <TableHead labels={columns(factors[by].label, word, exact)} />
        <tbody>
          {rows.map((row) => (
            <Row key={row.row} row={row} by={by} word={word} address={address} exact={exact} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

type RowProps = { row: RowInWords; word: string } & Pick<Props, 'by' | 'address' | 'exact'>

function Row({ row, by, word, address, exact }: RowProps) {
  const { label, n, reached, share, leftOut, against, overruled, counts } = row
  return (
    <tr>
      <td data-label={factors[by].label}>
        <Link
          href={paths.trials({ ...address, [by]: row.row })}
          className={classes.name}
          prefetch={false}
        >
          <UserText>{label}</UserText>
        </Link>
      </td>
      <td data-label="n">{n}</td>
      <td data-label={word}>
        {reached} of {n}
      </td>
      <td data-label="Share [95 %]">{share}</td>
      {exact && <td data-label={exactLabel}>{row.exact}</td>}
      <td data-label="Not counted">
        {leftOut}
        {against > 0 && `, ${against} of them against the builds`}
      </td>
      <td data-label="Outcomes">
        <div>
          {outcomes
            .filter((outcome) => counts[outcome])
            .map((outcome) => (
              <div key={outcome}>
                {counts[outcome]} × <OutcomeKey outcome={outcome} drawn />
              </div>
            ))}
          {overruled > 0 && <div>{overruled} overruled by a lead</div>}
        </div>
      </td>
    </tr>
  )
}
