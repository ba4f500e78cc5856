import { type Mechanism, type SlotMechanism, slotMechanisms } from '../trial/mechanism'
import { codesOf, column, type ExportColumn, notAsked } from './column'

/** What a trial intervenes by. */
export const mechanismColumn = column('mechanism', 'code', 'What the protocol intervenes by.', {
  missing: 'Never empty.',
  codes: {
    command: 'ScheduleOSUpdate alone',
    declaration: 'software-update declarations alone',
    both: 'declarations and ScheduleOSUpdate',
  } satisfies Record<Mechanism, string>,
})

/** What a trial intervenes by, and when a declaration enforces on its device. */
export const mechanismColumns: readonly ExportColumn[] = [
  mechanismColumn,
  column(
    'declared_local_time',
    'text',
    'TargetLocalDateTime of the first declaration that was released: a time by the clock of the device, without its zone.',
    { missing: 'Empty: no declaration was released.' },
  ),
  column('time_zone', 'text', 'IANA time zone of the device at release.', { missing: notAsked }),
]

const meaning = (mechanism: SlotMechanism): string =>
  mechanism === 'command' ? 'ScheduleOSUpdate, below 27' : 'a software-update declaration'
const never = 'Never empty.'

/** What the trials of a question of the plan intervene by. */
export const questionMechanism = column(
  'mechanism',
  'code',
  'What the trials of these questions intervene by.',
  { missing: never, codes: codesOf(slotMechanisms, meaning) },
)

/** Which trials a budget counts. */
export const countedMechanism = column('mechanism', 'code', 'Which trials are counted.', {
  missing: never,
  codes: {
    ...codesOf(slotMechanisms, meaning),
    either: 'by whichever mechanism the device has; each trial uses it up for both',
  },
})
