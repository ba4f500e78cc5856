import { column, type ExportColumn, environment, trailHead, trialId } from './column'
import { trialColumns } from './trial-columns'

export const exportKinds = ['trials', 'observations', 'replies'] as const
export type ExportKind = (typeof exportKinds)[number]

const observationColumns: readonly ExportColumn[] = [
  trialId,
  column('observation_id', 'integer', 'Number of the entry.', { missing: 'Never empty.' }),
  column('observed_at', 'time', 'When it was seen, according to the observer.'),
  column('recorded_at', 'time', "When it was written down, by the server's clock."),
  column('kind', 'code', 'What was seen.', { missing: 'Never empty.' }),
  column('text', 'text', 'The text of the entry.', { missing: 'Empty: the entry has no text.' }),
  column('os_version', 'text', 'The version read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('os_build', 'text', 'The build read off the screen.', {
    missing: 'Empty: none was read.',
  }),
  column('observed_by', 'text', 'Who wrote the entry.', { missing: 'Never empty.' }),
  column('corrects_observation_id', 'integer', 'The entry this one corrects.', {
    missing: 'Empty: it corrects none.',
  }),
  column('correction_reason', 'text', 'Why.', { missing: 'Empty: it corrects none.' }),
  column(
    'corrected_by_observation_id',
    'integer',
    'The entry that corrects this one; leave such rows out to count what stands.',
    { missing: 'Empty: it stands.' },
  ),
  environment,
  trailHead,
]

const replyColumns: readonly ExportColumn[] = [
  trialId,
  column('event_id', 'integer', 'Number of the webhook body that brought it.', {
    missing: 'Never empty.',
  }),
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
  column('because', 'text', 'Why it could not be read.', { missing: 'Empty: nothing to say.' }),
  column('payload_sha256', 'code', 'SHA-256 of the reply, in hex.'),
  column('payload_base64', 'base64', 'The reply byte for byte, an XML or binary property list.'),
  environment,
  trailHead,
]

/**
 * The columns of each export in their order. The views of lib/db/sql/views have the same, but for
 * those of the audit trail, which lib/db/queries/trials/exports.ts adds.
 */
export const exportColumns: Record<ExportKind, readonly ExportColumn[]> = {
  trials: trialColumns,
  observations: observationColumns,
  replies: replyColumns,
}
