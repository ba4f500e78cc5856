import type { ReactNode } from 'react'
import classes from './data-table.module.css'
import { TableHead } from './table-head'

type Props = {
  labels: readonly string[]
  /** What the rows are, after their number: "versions". */
  what: string
  /** Rows with their keys. */
  rows: readonly ReactNode[]
}

/** Rows that a phone shows at first: as cards they are two screens. */
const shownOnPhone = 6

/**
 * A plain table of which a phone shows the first rows, and all of them once somebody asks, without a script. A wide
 * screen and paper have every row.
 */
export function LongTable({ labels, what, rows }: Props) {
  const table = (
    <table className={classes.table}>
      <TableHead labels={labels} />
      <tbody>{rows}</tbody>
    </table>
  )
  if (rows.length <= shownOnPhone) return table
  return (
    <div className={classes.long}>
      {table}
      <label className={classes.all}>
        <input type="checkbox" className={classes.select} />
        Show all {rows.length} {what}
      </label>
    </div>
  )
}
