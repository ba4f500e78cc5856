import { column, type ExportColumn, environment } from './column'

const never = { missing: 'Never empty.' }

const flowColumns: readonly ExportColumn[] = [
  column('box', 'code', 'The box of the flow diagram.', never),
  column(
    'reason',
    'code',
    "Why trials left the flow there: a rule's ID, a state, an outcome, or againstBuilds.",
    { missing: 'Empty: the whole box.' },
  ),
  column('trials', 'integer', 'Trials in it. Rows with a reason add up to their box.', never),
  environment,
]

/** The columns of the files that hold the numbers of a chart, in order. */
export const chartColumns = { flow: flowColumns } as const satisfies Record<
  string,
  readonly ExportColumn[]
>
export type ChartFile = keyof typeof chartColumns
