import classes from './printed-head.module.css'

type Props = { seq: number; hash: string; at: Date }

/**
 * On paper only: the head of the audit trail when the page was made. Kept with the sheet, it proves later
 * that nothing entered before it was rewritten (docs/record.md).
 */
export const PrintedHead = ({ seq, hash, at }: Props) => (
  <p className={classes.head}>
    Audit trail: entry {seq}, {hash}, at {at.toISOString()}
  </p>
)
