import { column, type ExportColumn, environment, trialId } from './column'

const nothingKnown = { missing: 'Empty: nothing in the record says whether it had happened.' }
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

const survivalColumns: readonly ExportColumn[] = [
  trialId,
  column('start_os', 'text', 'The OS the trial started from.', never),
  column('event', 'code', 'installed, prompted or downloaded.', never),
  column('happened', 'boolean', 'false: censored at `minutes`.', nothingKnown),
  column(
    'minutes',
    'number',
    'From the sending of the first command to the first look at which it had happened, or else to the last one.',
    { ...nothingKnown, unit: 'min' },
  ),
  column('not_before', 'number', 'It had not happened until then; 0 where nobody looked before.', {
    ...nothingKnown,
    unit: 'min',
  }),
  column('evidence', 'text', 'What shows it.', nothingKnown),
  environment,
]

/** The columns of the files that hold the numbers of a chart, in order. */
export const chartColumns = {
  flow: flowColumns,
  survival: survivalColumns,
} as const satisfies Record<string, readonly ExportColumn[]>
export type ChartFile = keyof typeof chartColumns
