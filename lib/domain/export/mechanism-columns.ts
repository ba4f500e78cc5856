import type { Mechanism } from '../trial/mechanism'
import { column, type ExportColumn, notAsked } from './column'

/** What a trial intervenes by, and when a declaration enforces on its device. */
export const mechanismColumns: readonly ExportColumn[] = [
  column('mechanism', 'code', 'What the protocol intervenes by.', {
    missing: 'Never empty.',
    codes: {
      command: 'ScheduleOSUpdate alone',
      declaration: 'software-update declarations alone',
      both: 'declarations and ScheduleOSUpdate',
    } satisfies Record<Mechanism, string>,
  }),
  column(
    'declared_local_time',
    'text',
    'TargetLocalDateTime of the first declaration that was released: a time by the clock of the device, without its zone.',
    { missing: 'Empty: no declaration was released.' },
  ),
  column('time_zone', 'text', 'IANA time zone of the device at release.', { missing: notAsked }),
]
