import classes from '@/components/data/data-table.module.css'
import { TextLink } from '@/components/data/links'
import { TableHead } from '@/components/data/table-head'
import { UserText } from '@/components/data/text'
import { When } from '@/components/data/when'
import { trialStateWord } from '@/components/trial/trial-status'
import type { verifyArms } from '@/lib/core/trials/verify-arms'
import { stratumWords } from '@/lib/domain/trial/arms'
import { paths } from '@/lib/paths'

type Row = NonNullable<Awaited<ReturnType<typeof verifyArms>>>['assignments'][number]

const labels = ['Trial', 'Stratum', 'Position', 'Block', 'Arm', 'Computed again', 'Assigned']

/** The assignments of a version: those at random in the order of their lists, then those by choice. */
export const AssignmentTable = ({ rows }: { rows: readonly Row[] }) => (
  <table className={classes.table} aria-label="Assignments">
    <TableHead labels={labels} />
    <tbody>
      {rows.map((row) => (
        <AssignmentRow key={row.trialId} row={row} />
      ))}
    </tbody>
  </table>
)

function AssignmentRow({ row }: { row: Row }) {
  const { trialId, number, state, stratum, position, block, arm, drawn, reason, byName, at } = row
  return (
    <tr>
      <td data-label="Trial">
        <TextLink href={paths.trial(trialId)}>T-{number}</TextLink>{' '}
        {trialStateWord(state).toLowerCase()}
      </td>
      <td data-label="Stratum">
        {stratum === null ? 'none, by choice' : <UserText>{stratumWords(stratum)}</UserText>}
      </td>
      <td data-label="Position">{position ?? 'none'}</td>
      <td data-label="Block">{block ?? 'none'}</td>
      <td data-label="Arm">
        <UserText>{arm}</UserText>
      </td>
      <td data-label="Computed again">
        <Again row={row} drawn={drawn} />
      </td>
      <td data-label="Assigned">
        <When at={at} /> by <UserText>{byName}</UserText>
        {reason && (
          <>
            : “<UserText>{reason}</UserText>”
          </>
        )}
      </td>
    </tr>
  )
}

function Again({ row, drawn }: { row: Row; drawn: Row['drawn'] }) {
  if (!drawn)
    return row.position === null
      ? 'nothing to compute: a person chose it'
      : 'not computed: it is far beyond the list'
  const same = drawn.arm === row.arm && drawn.block === row.block
  return (
    <>
      {same ? 'the same: ' : 'another: '}
      <UserText>{drawn.arm}</UserText>
    </>
  )
}
