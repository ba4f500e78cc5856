import { declarationEventKinds, declarationEventWords } from '../declaration/status-claims'
import type { Environment } from '../device/device'
import { deviationEffects, deviationEffectWords } from '../trial/deviation'
import { observationInfo, observationKinds } from '../trial/observation'
import { codesOf, column, type ExportColumn, environment, trailHead, trialId } from './column'
import { trialColumns } from './trial-columns'

export const exportKinds = ['trials', 'observations', 'steps', 'deviations', 'replies'] as const
export type ExportKind = (typeof exportKinds)[number]

/** Of a file whose rows correct one another: which one, why, and by which one it was corrected itself. */
const corrections = (
  entry: string,
  about = 'The entry this one corrects.',
): readonly ExportColumn[] => [
  column(`corrects_${entry}_id`, 'integer', about, { missing: 'Empty: it corrects none.' }),
  column('correction_reason', 'text', 'Why.', { missing: 'Empty: it corrects none.' }),
  column(
    `corrected_by_${entry}_id`,
    'integer',
    'The entry that corrects this one; leave such rows out to count only valid entries.',
    { missing: 'Empty: it was not corrected.' },
  ),
]

const observationColumns: readonly ExportColumn[] = [
  trialId,
  column('observation_id', 'integer', 'Number of the entry.', { missing: 'Never empty.' }),
  column('observed_at', 'time', 'When it was seen, according to the observer.'),
  column('recorded_at', 'time', "When it was written down, by the server's clock."),
  column('kind', 'code', 'What was seen.', {
    missing: 'Never empty.',
    codes: codesOf(observationKinds, (one) => observationInfo[one].label),
  }),
  column('text', 'text', 'The text of the entry.', { missing: 'Empty: the entry has no text.' }),
  column('os_version', 'text', 'The version read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('os_build', 'text', 'The build read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('observed_by', 'text', 'Who wrote the entry.', { missing: 'Never empty.' }),
  ...corrections('observation'),
  column(
    'attachment_sha256',
    'text',
    "SHA-256 of each photo and recording that was attached to it and not withdrawn, separated by '; '.",
    { missing: 'Empty: nothing was attached.' },
  ),
  environment,
  trailHead,
]

const noEntry = { missing: 'Empty: nobody has ticked it off.' }

const stepColumns: readonly ExportColumn[] = [
  trialId,
  column('step', 'integer', 'The step of the protocol, from 1.', { missing: 'Never empty.' }),
  column('do_this', 'text', 'What is to be done.', { missing: 'Never empty.' }),
  column('expect', 'text', 'What is expected of it, in words.', {
    missing: 'Empty: the protocol says nothing.',
  }),
  column(
    'expected_sightings',
    'code',
    'The sightings that are expected, in the codes of observations.kind, with blanks between.',
    { missing: 'Empty: none is compared.' },
  ),
  column('entry_id', 'integer', 'Number of the entry about the step.', noEntry),
  column('done', 'boolean', 'Whether it was done.', noEntry),
  column('at', 'time', 'When it was done, according to the person.', noEntry),
  column('recorded_at', 'time', "When it was written down, by the server's clock.", noEntry),
  column('ticked_by', 'text', 'Who wrote the entry.', noEntry),
  column('note', 'text', 'The note; of a step that was not done, why.', {
    missing: 'Empty: the entry has no note.',
  }),
  ...corrections('entry'),
  environment,
  trailHead,
]

const deviationColumns: readonly ExportColumn[] = [
  trialId,
  column('entry_id', 'integer', 'Number of the entry.', { missing: 'Never empty.' }),
  column(
    'kind',
    'code',
    'byHand: entered by a person; lateStep, stepNotDone, typedReading, redelivery, observationGap: recorded by the program from the record.',
    { missing: 'Never empty.' },
  ),
  column('what', 'text', 'What differed from the protocol.', { missing: 'Never empty.' }),
  column('why', 'text', 'Why.', {
    missing: 'Empty: recorded by the program, nobody has said why.',
  }),
  column('effect', 'code', 'What it does to the result: notJudged, none, possible, unusable.', {
    missing: 'Never empty.',
    codes: codesOf(deviationEffects, (one) => deviationEffectWords[one]),
  }),
  column('stands', 'boolean', 'false: this entry says that there was no deviation.', {
    missing: 'Never empty.',
  }),
  column('recorded_at', 'time', "When it was written down, by the server's clock.", {
    missing: 'Never empty.',
  }),
  column('recorded_by', 'text', 'Who wrote the entry; Oneway: the program.', {
    missing: 'Never empty.',
  }),
  ...corrections('entry', 'The entry this one corrects or judges.'),
  environment,
  trailHead,
]

const unlessAsked = { missing: 'Empty: it asked for no declaration.' }
const unlessClaimed = { missing: 'Empty: no status report, or one without this item.' }

const replyColumns: readonly ExportColumn[] = [
  trialId,
  column(
    'event_id',
    'integer',
    'Number of the event: the webhook body that contained it, or the kept report.',
    {
      missing: 'Never empty.',
    },
  ),
  column('lab_tag', 'text', "The tag on the device's back."),
  column('enrollment_id', 'text', "The MDM server's string for the device."),
  column('command_uuid', 'text', 'The command it answers.'),
  column('request_type', 'code', 'The RequestType of that command.'),
  column('slot', 'integer', 'The command slot of the protocol.', {
    missing: 'Empty: a probe, which fills no slot.',
  }),
  column('status', 'text', 'Status as the device sent it.'),
  column('created_at', 'time', "By the MDM server's clock."),
  column('received_at', 'time', "By Oneway's clock."),
  column('read_state', 'code', 'read, duplicate or unreadable.', { missing: 'Never empty.' }),
  column('source', 'code', 'How it came to the lab.', {
    missing: 'Never empty.',
    codes: {
      webhook: 'Posted by the webhook',
      keptReport: 'Read later from the status reports that the server of declarations has kept',
    },
  }),
  column(
    'reason',
    'text',
    'Why it could not be read; of a check-in of declarative management what it says, in words.',
    { missing: 'Empty: nothing to say.' },
  ),
  column('declarative', 'code', 'What a check-in of declarative management was about.', {
    missing: 'Empty: another message.',
    codes: codesOf(declarationEventKinds, (kind) => declarationEventWords[kind]),
  }),
  column('declaration', 'text', 'The identifier of the declaration it asked for.', unlessAsked),
  column(
    'claimed_state',
    'text',
    'softwareupdate.install-state as the device sent it: a claim.',
    unlessClaimed,
  ),
  column(
    'claimed_version',
    'text',
    'The pending version that a status report claims.',
    unlessClaimed,
  ),
  column('claimed_build', 'text', 'The pending build that a status report claims.', unlessClaimed),
  column('claimed_time', 'text', 'The time to install by, as the device sent it.', unlessClaimed),
  column(
    'claimed_reason',
    'text',
    'Its reasons for the update, separated by semicolons.',
    unlessClaimed,
  ),
  column(
    'claimed_declaration',
    'text',
    'The declaration that it names as the reason.',
    unlessClaimed,
  ),
  column('claimed_failures', 'integer', 'How many failures a status report claims.', unlessClaimed),
  column('payload_sha256', 'code', 'SHA-256 of the reply, in hex.'),
  column('payload_base64', 'base64', 'The reply byte for byte, an XML or binary property list.'),
  environment,
  trailHead,
]

/**
 * The columns of each export, in order. The views of lib/db/sql/views have the same columns, except for those of the
 * audit trail, which lib/db/queries/trials/exports.ts adds.
 */
export const exportColumns: Record<ExportKind, readonly ExportColumn[]> = {
  trials: trialColumns,
  observations: observationColumns,
  steps: stepColumns,
  deviations: deviationColumns,
  replies: replyColumns,
}

const never = { missing: 'Never empty.' }
const nothing = { missing: 'Empty: about no row of a table, or about many.' }

/** The columns of the audit trail's export in their order. docs/record.md says how an entry is hashed. */
export const auditColumns = [
  column(
    'seq',
    'integer',
    '1, 2, 3 and so on, without a gap; the last line of the file has the result of the chain check here instead.',
    never,
  ),
  column('at', 'time', "When it was entered, by the server's clock, with microseconds.", never),
  column('by_id', 'text', 'Who acted: the ID of the person, the key or the login.', never),
  column('by_name', 'text', 'The name they had then.', never),
  column(
    'by_role',
    'code',
    'The role they had then; system: Oneway itself; database: SQL without a person.',
    never,
  ),
  column('login', 'text', 'The login at the database.', never),
  column(
    'kind',
    'code',
    'insert, update, delete; baseline: a row older than the trail of its table; began: the start of the trail; or an action such as refused or exported.',
    never,
  ),
  column('table_name', 'text', 'The table.', { missing: 'Empty: about no table.' }),
  column('row_id', 'text', 'The key of the row.', nothing),
  column('device_id', 'text', 'The device it is about.', {
    missing: 'Empty: about none, or about many.',
  }),
  column('trial_id', 'text', 'The trial it is about.', {
    missing: 'Empty: about none, or about many.',
  }),
  column(
    'old',
    'text',
    'The changed fields before the change, as JSON; all fields of a deleted row.',
    {
      missing: 'Empty: there was no row before.',
    },
  ),
  column(
    'new',
    'text',
    'The same fields after the change; all fields of a new row; the details of an action.',
    {
      missing: 'Empty: the row was deleted.',
    },
  ),
  column('reason', 'text', 'The reason, as the person wrote it.', {
    missing: 'Empty: none was asked for.',
  }),
  column('previous', 'code', 'The hash of the entry before, in hex; 64 zeros in the first.', never),
  column('hash', 'code', 'SHA-256 over the columns before it as netstrings, in hex.', never),
]

/** The name of a file says what it is about, and that it is simulated. */
export function exportFileName(
  file: string,
  environment: Environment,
  now: Date,
  ending = 'csv',
): string {
  const mark = environment === 'simulated' ? 'SIMULATED-' : ''
  return `oneway-${mark}${file}-${now.toISOString().slice(0, 10)}.${ending}`
}
