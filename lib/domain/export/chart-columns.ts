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

const noRate = { missing: 'Empty: n is below 3.' }

const outcomeColumns: readonly ExportColumn[] = [
  column(
    'primary_outcome',
    'code',
    'What the protocols of these trials are about: installed or downloaded.',
    never,
  ),
  column(
    'counted',
    'text',
    'primaryOutcome, or what is counted in its place: observation: and its kind, contradiction: and its fingerprint.',
    never,
  ),
  column('factor', 'code', 'What the rows are by, such as version.', never),
  column('value', 'text', 'The value of the factor.', never),
  column('n', 'integer', 'Concluded trials that are counted.', never),
  column('reached', 'integer', 'Of those, trials that reached or show it.', never),
  column('rate', 'number', 'reached / n.', noRate),
  column('wilson_low', 'number', "Lower bound of Wilson's 95 % interval.", noRate),
  column('wilson_high', 'number', "Upper bound of Wilson's 95 % interval.", noRate),
  column('exact_low', 'number', "Lower bound of Clopper and Pearson's 95 % interval.", noRate),
  column('exact_high', 'number', "Upper bound of Clopper and Pearson's 95 % interval.", noRate),
  column(
    'not_counted',
    'integer',
    'Concluded trials that are in no numerator or denominator.',
    never,
  ),
  column(
    'nothing_recorded',
    'integer',
    'Of those, trials whose record says nothing about it: no observation, or no reply compared at that place.',
    { missing: 'NA: the primary outcome is counted.' },
  ),
  environment,
]

/** The columns of the files that hold the numbers of a chart, in order. */
export const chartColumns = {
  flow: flowColumns,
  survival: survivalColumns,
  outcomes: outcomeColumns,
} as const satisfies Record<string, readonly ExportColumn[]>
export type ChartFile = keyof typeof chartColumns
