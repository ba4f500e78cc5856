import { bookingStateInfo, bookingStates } from '../planning/booking'
import { codesOf, column, type ExportColumn, environment, trialId } from './column'
import { countedMechanism, mechanismColumn, questionMechanism } from './mechanism-columns'

const nothingKnown = { missing: 'Empty: nothing in the record says whether it had happened.' }
const never = { missing: 'Never empty.' }

const flowColumns: readonly ExportColumn[] = [
  column('box', 'code', 'The box of the flow diagram.', never),
  column(
    'reason',
    'code',
    "Why trials left the flow there: a rule's ID, a state, an outcome, againstBuilds, or awaitsReader.",
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
    'From the sending of the first command or declaration to the first look at which it had happened, or else to the last one.',
    { ...nothingKnown, unit: 'min' },
  ),
  column('not_before', 'number', 'It had not happened until then; 0 where nobody looked before.', {
    ...nothingKnown,
    unit: 'min',
  }),
  column('evidence', 'text', 'What shows it.', nothingKnown),
  mechanismColumn,
  environment,
]

const noFormula = { missing: 'Empty: the formula has no value at 0, the limits none at 1 either.' }

const curveColumns: readonly ExportColumn[] = [
  column('group_by', 'code', 'What the curves are by: version, or the factor compared.', never),
  column('group', 'text', 'The value of it. A group of fewer than 3 trials has no curve.', never),
  column('event', 'code', 'installed, prompted or downloaded.', never),
  column(
    'minutes',
    'number',
    'The time of the step, from the sending of the first command or declaration.',
    {
      ...never,
      unit: 'min',
    },
  ),
  column('at_risk', 'integer', 'Trials watched until then or longer, without the event.', never),
  column('events', 'integer', 'Trials in which it happened then.', never),
  column('censored', 'integer', 'Trials whose watching ended then without it.', never),
  column('share_without', 'number', 'Kaplan and Meier: the share without the event.', never),
  column('standard_error', 'number', 'Of the share, by Greenwood.', noFormula),
  column('low', 'number', 'Lower bound of the 95 % log-log interval of the share.', noFormula),
  column('high', 'number', 'Upper bound of the 95 % log-log interval of the share.', noFormula),
  environment,
]

const noRate = { missing: 'Empty: n is below 3.' }
const rateColumns = (rate: string): readonly ExportColumn[] => [
  column('rate', 'number', rate, noRate),
  column('wilson_low', 'number', "Lower bound of Wilson's 95 % interval.", noRate),
  column('wilson_high', 'number', "Upper bound of Wilson's 95 % interval.", noRate),
  column('exact_low', 'number', "Lower bound of Clopper and Pearson's 95 % interval.", noRate),
  column('exact_high', 'number', "Upper bound of Clopper and Pearson's 95 % interval.", noRate),
]

const outcomeColumns: readonly ExportColumn[] = [
  column(
    'primary_outcome',
    'code',
    'The primary outcome of the protocols of these trials; the data dictionary of the trials says what each counts.',
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
  ...rateColumns('reached / n.'),
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

const noForecast = {
  missing: 'Empty: the OS of the device is not known, so nothing is counted of it.',
}
const range = (about: string, rest: { missing: string }) => [
  column(
    'low',
    'integer',
    `${about}, where releases are far apart and what is not known does not count.`,
    rest,
  ),
  column('expected', 'integer', `${about}, by the median gap between releases.`, rest),
  column(
    'high',
    'integer',
    `${about}, where releases are close together and all that may be is.`,
    rest,
  ),
]

const burnDownColumns: readonly ExportColumn[] = [
  column('on', 'text', 'The day, in UTC.', never),
  ...range('Trials left from that day on, if none is run before', never),
  countedMechanism,
  environment,
]

const budgetColumns: readonly ExportColumn[] = [
  column('device', 'text', 'Its lab tag, or its name.', never),
  column('platform', 'code', 'iOS, iPadOS or tvOS.', never),
  column('model', 'text', 'Its model identifier.'),
  column('os_version', 'text', 'The OS version as last read.'),
  column('baseline', 'code', 'unused, or used: a trial has consumed it or is under way on it.'),
  column(
    'line',
    'integer',
    'The major version whose future releases it will be offered, below 27 until it is there.',
  ),
  ...range('Trials that it has left', noForecast),
  countedMechanism,
  environment,
]

const procurementColumns: readonly ExportColumn[] = [
  column('platform', 'code', 'iOS, iPadOS or tvOS.', never),
  column('os_version', 'text', 'The version to ask for.', never),
  column('devices', 'integer', 'How many devices.', never),
  column(
    'questions',
    'text',
    'The questions they answer: passcode state and target of each.',
    never,
  ),
  column(
    'models',
    'text',
    'Model identifiers that the targets are offered to, separated by spaces.',
    {
      missing: 'Empty: no source says to which.',
    },
  ),
  column('useless_after', 'text', 'The last day on which one of the targets can be sent, in UTC.'),
  column('cautions', 'text', 'What makes trials from this version harder.', {
    missing: 'Empty: nothing known.',
  }),
  questionMechanism,
  environment,
]

const predictionColumns: readonly ExportColumn[] = [
  column('by', 'code', 'The factor of these rows, or person: who registered the trials.', never),
  column('value', 'text', 'The value of the factor, or the newest name of the person.', never),
  column('n', 'integer', 'Concluded trials whose prediction could come true.', never),
  column('came_true', 'integer', 'Of those, trials whose outcome was predicted.', never),
  ...rateColumns('came_true / n.'),
  column('no_prediction', 'integer', 'Concluded trials without a prediction.', never),
  column(
    'not_counted',
    'integer',
    'Concluded trials with a prediction that are lost, void, censored or decided against the builds.',
    never,
  ),
  environment,
]

const noKappa = { missing: 'Empty: not defined.' }
const noInterval = { missing: 'Empty: not defined, or the standard error is 0.' }

const agreementColumns: readonly ExportColumn[] = [
  column('protocol_id', 'text', 'The ID of the protocol.', { missing: 'Empty: all of them.' }),
  column('protocol', 'text', 'Its title.', { missing: 'Empty: all of them.' }),
  column('pairs', 'integer', 'Outcomes that a blinded second person has read.', never),
  column('agreed', 'integer', 'Of those, how many were read as they had been decided.', never),
  column('expected', 'number', 'The share to agree by chance, from the shares of both.', noKappa),
  column(
    'kappa',
    'number',
    "Cohen's kappa: the agreement beyond chance. Not defined without pairs, and where both said one outcome always.",
    noKappa,
  ),
  column('standard_error', 'number', 'Of kappa, for large samples.', noKappa),
  column('low', 'number', 'Lower bound of the 95 % interval of kappa.', noInterval),
  column('high', 'number', 'Upper bound of the 95 % interval of kappa.', noInterval),
  column('not_blinded', 'integer', 'Further readings, by people who were not blinded.', never),
  environment,
]

/** The columns of the files that hold the numbers of a chart, in order. */
export const chartColumns = {
  flow: flowColumns,
  survival: survivalColumns,
  curves: curveColumns,
  outcomes: outcomeColumns,
  predictions: predictionColumns,
  agreement: agreementColumns,
} as const satisfies Record<string, readonly ExportColumn[]>
export type ChartFile = keyof typeof chartColumns

const notEnded = { missing: 'Empty: nobody ended it.' }

const bookingColumns: readonly ExportColumn[] = [
  column('booking_id', 'text', 'The ID of the booking.', never),
  column('lab_tag', 'text', "The tag on the device's back, or its name.", never),
  column('protocol', 'text', 'The title of the protocol.', never),
  column('protocol_version', 'integer', 'Its version.', never),
  column('target', 'text', 'The version that the device is to be updated to.', never),
  column('starts_at', 'time', 'When its window begins.', never),
  column('ends_at', 'time', 'When its window ends.', never),
  column('expectation', 'text', 'What was expected when it was booked.', never),
  column('booked_by', 'text', 'Who booked it.', never),
  column('booked_at', 'time', 'When it was booked.', never),
  column('state', 'code', 'What it was when the file was made.', {
    ...never,
    codes: codesOf(bookingStates, (state) => bookingStateInfo[state].meaning),
  }),
  column('trial_id', 'text', 'The trial that it became, such as T-12.', {
    missing: 'Empty: no trial was drafted from it.',
  }),
  column('ended_at', 'time', 'When it was withdrawn, taken over or given back.', notEnded),
  column('ended_by', 'text', 'By whom.', notEnded),
  column('end_reason', 'text', 'Why.', {
    missing: 'Empty: nobody ended it, or whoever booked it did.',
  }),
  environment,
]

/** The columns of the files of the plan, which are narrowed by devices and questions instead of trials. */
export const planColumns = {
  'burn-down': burnDownColumns,
  budget: budgetColumns,
  procurement: procurementColumns,
  bookings: bookingColumns,
} as const satisfies Record<string, readonly ExportColumn[]>
export type PlanFile = keyof typeof planColumns
// Object.keys returns string[]; the type of the object has every file.
export const planFiles = Object.keys(planColumns) as PlanFile[]
