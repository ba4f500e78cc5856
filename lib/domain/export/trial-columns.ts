import { platforms } from '../device/device'
import { outcomeInfo, outcomes } from '../outcome/outcome'
import { networkKinds } from '../reading/reading'
import { hoursAfterReset } from '../signature/signature'
import { primaryOutcomeInfo, primaryOutcomes } from '../trial/primary-outcome'
import { armColumns } from './arm-columns'
import {
  codesOf,
  column,
  type ExportColumn,
  environment,
  notAsked,
  notYet,
  spelledOut,
  trailHead,
  trialId,
} from './column'
import { mechanismColumns } from './mechanism-columns'
import { secondReaderColumns } from './second-reader-columns'

/** One row per trial: the columns of the view `trial_export`, and those of the audit trail. */
export const trialColumns: readonly ExportColumn[] = [
  trialId,
  column('lab_tag', 'text', "The tag on the device's back."),
  column('platform', 'code', 'iOS, iPadOS or tvOS.', {
    missing: 'Never empty.',
    codes: codesOf(platforms, (one) => one),
  }),
  column('model_identifier', 'text', 'ProductName as the device reports it, e.g. iPad4,1.'),
  column('serial_last4', 'text', 'The last four characters of the serial.'),
  column('protocol', 'text', 'Title of the protocol in the version the trial is pinned to.', {
    missing: 'Never empty.',
  }),
  column('protocol_version', 'integer', 'The version the trial is pinned to.', {
    missing: 'Never empty.',
  }),
  column('registered_at', 'time', 'When the expectation was sealed.', { missing: notYet }),
  column('registration_hash', 'code', 'SHA-256 of the sealed registration, in hex.', {
    missing: notYet,
  }),
  column(
    'prediction',
    'code',
    'The outcomes of which one was predicted, sealed with the expectation, separated by "; ".',
    { missing: 'NA: none was predicted.' },
  ),
  ...armColumns,
  column('start_os', 'text', 'OS version at release.', { missing: notAsked }),
  column('start_build', 'text', 'OS build at release.', { missing: notAsked }),
  column(
    'start_supplemental_build',
    'text',
    'Supplemental build at release, from 16.1 on; equals start_build where no Background Security Improvement was installed.',
    { missing: notAsked },
  ),
  column(
    'target_os',
    'text',
    'Version the first command or declaration names, or the one the device offered under its ProductKey.',
  ),
  column(
    'target_build',
    'text',
    'Build the first declaration names or the ProductKey of the first command ends in, or the one the device offered as its target.',
  ),
  ...mechanismColumns,
  column('supervised', 'boolean', 'Supervised at release.', { missing: notAsked }),
  column('dep', 'boolean', 'Enrolled by ADE (DEP) at release.', { missing: notAsked }),
  column('passcode', 'code', 'set or notSet at release.', {
    missing: `NA: Apple TV has no passcode. ${notAsked}`,
    codes: { set: 'a passcode is set', notSet: 'no passcode is set' },
  }),
  column('battery_fraction', 'number', 'Battery at release.', {
    unit: 'fraction 0–1',
    missing: `NA: Apple TV has no battery. ${notAsked}`,
  }),
  column('external_power', 'boolean', 'On external power at release.', { missing: notAsked }),
  column(
    'free_bytes',
    'integer',
    'Free disk at release, counted in GB of 10⁹ bytes: whether a device means GB or GiB is unknown, and GB is the smaller.',
    { unit: 'bytes', missing: notAsked },
  ),
  column('network', 'code', 'wifi, cellular, wired or none at release.', {
    missing: notAsked,
    codes: codesOf(networkKinds, (one) => one),
  }),
  column('readings_typed', 'integer', 'How many readings of the starting state a person typed.', {
    unit: 'readings',
    missing: notYet,
  }),
  column('readings_oldest_s', 'integer', 'Age of the oldest reading of the starting state.', {
    unit: 'seconds before release',
    missing: notYet,
  }),
  column(
    'custom_fields',
    'text',
    "The lab's own fields of the device that are part of the starting state: name, value and unit of each, separated by '; '.",
    { missing: `Empty: the lab had no such field. ${notAsked}` },
  ),
  column('custodian', 'text', 'Who had the device at release.', {
    missing: `Empty: nobody on record. ${notAsked}`,
  }),
  column('rule_set_version', 'text', 'Rule set of the verdict the release stood on.', {
    missing: notYet,
  }),
  column('qualified_at', 'time', 'When that verdict was made.', { missing: notYet }),
  column(
    'waivers',
    'text',
    "Rules of the lab that a lead waived for this trial: rule, by whom and the reason, separated by '; '.",
    { missing: 'Empty: none was waived.' },
  ),
  column('released_at', 'time', 'When an engineer released the first command, before its hold.', {
    missing: notYet,
  }),
  column(
    'slots_sent',
    'integer',
    'Commands of the trial that were sent, or may have been sent, to the MDM server.',
    { unit: 'commands', missing: 'Never empty; 0 where none was sent.' },
  ),
  column(
    'command_uuids',
    'text',
    'Their CommandUUIDs in the order of the slots, separated by spaces.',
    {
      missing: 'Empty: none was sent.',
    },
  ),
  column(
    'first_reply_at',
    'time',
    'When the device first answered a command of the trial, NotNow included, by the clock of the MDM server.',
    { missing: 'Empty: no answer yet.' },
  ),
  column(
    'reply_status',
    'text',
    'What the device answered to the last command it answered: its final status, NotNow where there is none. Of a declaration its first sign: Asked or Reported.',
    { missing: 'Empty: no answer.' },
  ),
  column('error_domain', 'text', 'Domain of the first item of the ErrorChain of that answer.', {
    missing: 'Empty: no error in that answer.',
  }),
  column('error_code', 'integer', 'Code of that item.', {
    missing: 'Empty: no error in that answer.',
  }),
  column(
    'reply_status_1',
    'text',
    'What the device answered to the first command: its first final status, NotNow where there is none. Of a declaration its first sign: Asked or Reported.',
    { missing: 'Empty: no answer.' },
  ),
  column('error_domain_1', 'text', 'Domain of the first item of the ErrorChain of that answer.', {
    missing: 'Empty: no error in that answer.',
  }),
  column('error_code_1', 'integer', 'Code of that item.', {
    missing: 'Empty: no error in that answer.',
  }),
  column(
    'replies',
    'text',
    "What each command was answered with, in the order of the slots: slot, status, and the domain and code of the first error, separated by '; '. Answers to redeliveries are left out.",
    { missing: 'Empty: nothing was sent.' },
  ),
  column(
    'prompt_shown',
    'boolean',
    'true where somebody saw the prompt, false where the outcome is that it never came.',
  ),
  column(
    'end_state',
    'code',
    'changed, unchanged or notSeen: what was last read of the OS between the first command and the end of the trial. A reading from a file does not count.',
    {
      missing: 'NA: nothing was sent.',
      codes: codesOf(['changed', 'unchanged', 'notSeen'], spelledOut),
    },
  ),
  column(
    'end_os',
    'text',
    'The other OS version where it changed, as first seen; else the one it started with, where that was seen again.',
    { missing: 'Empty: the OS was not seen again.' },
  ),
  column('end_build', 'text', 'Its build.', {
    missing: 'Empty: the OS was not seen again, or a person read the version without the build.',
  }),
  column('end_supplemental_build', 'text', 'Its supplemental build, from 16.1 on.', {
    missing: 'Empty: it was not reported.',
  }),
  column(
    'time_to_install_s',
    'integer',
    'From sending the first command to the first sighting of another build; the install itself was earlier.',
    { unit: 'seconds', missing: 'NA: nothing was sent. Empty: no other build was seen.' },
  ),
  column('censored', 'boolean', 'true where the trial ended and no other OS was seen.', {
    missing: 'NA: nothing was sent. Empty: the trial is still under way.',
  }),
  column('outcome', 'code', 'The outcome a person decided; the manual lists the codes.', {
    missing:
      'NA: withdrawn, void or lost without one. Empty: not concluded, or second_reading says what it waits for.',
    codes: codesOf(outcomes, (one) => outcomeInfo[one].label),
  }),
  ...secondReaderColumns,
  column('outcome_by', 'text', 'Who decided it, the last time.', {
    missing: 'Empty: not concluded.',
  }),
  column(
    'overruled',
    'boolean',
    'Whether that person, a lead, decided another outcome than the program proposed, or one before it proposed any.',
    { missing: 'Empty: not concluded, or the outcome waits for its second reader.' },
  ),
  column(
    'against_builds',
    'boolean',
    'true where the outcome is not what end_state says, such as installed on a device that never changed.',
    { missing: 'Empty: not concluded, or the outcome waits for its second reader.' },
  ),
  column(
    'primary_outcome',
    'code',
    `What the protocol is counted by, as its writer chose it; in versions from before the choice downloaded where all commands are DownloadOnly, and installed elsewhere. ${primaryOutcomes.map((one) => `${one}: ${primaryOutcomeInfo[one].countsWhere}`).join('; ')}.`,
    {
      missing: 'Never empty.',
      codes: codesOf(primaryOutcomes, (one) => primaryOutcomeInfo[one].label),
    },
  ),
  column(
    'primary_reached',
    'boolean',
    'Whether the trial is in the numerator of the rates of its primary outcome.',
    {
      missing:
        'NA: in no rate, as it is not concluded, without an outcome, lost, void, censored or decided against the builds.',
    },
  ),
  column('prediction_came_true', 'boolean', 'Whether the outcome is one of the predicted ones.', {
    missing:
      'NA: none was predicted, or the trial is lost, void, censored or decided against the builds. Empty: not concluded, or the outcome waits for its second reader.',
  }),
  column(
    'contradictions',
    'text',
    "Where replies of the trial are not as Apple documents them: request type, key path, kind and what was seen, each once, separated by '; '. none: compared, and nothing found.",
    { missing: 'Empty: no reply of the trial could be compared.' },
  ),
  column(
    'deviations',
    'text',
    "Deviations from the protocol that stand, such as a command that was delivered again, separated by '; '; their why and effect are in the file of deviations.",
    { missing: 'Empty: none was recorded.' },
  ),
  column(
    'attachments',
    'integer',
    'How many photos and recordings were attached and not withdrawn.',
    { missing: 'Never empty.' },
  ),
  column('reviewed_by', 'text', 'Who approved the trial after its review.', {
    missing: 'Empty: no approval is in force; unlocking takes one out of force.',
  }),
  column('locked_at', 'time', 'When it was locked after the approval.', {
    missing: 'Empty: it is not locked, or was unlocked.',
  }),
  column(
    'event_head_hash',
    'code',
    'Hash of the newest entry of the audit trail about this trial, in hex. It vouches for all entries before it.',
    { missing: 'Empty: the trial is older than the audit trail.' },
  ),
  column(
    'signatures',
    'text',
    `Who signed what: act, name, role, time, by password or passkey, meaning and the SHA-256 of the record, separated by '; '. One made within ${hoursAfterReset} hours after an admin reset the signer's password or second factors ends with by whom and when.`,
    { missing: 'Empty: nothing was signed.' },
  ),
  column(
    'broken_signatures',
    'integer',
    'How many of them no longer match the record, according to the last check.',
    { missing: 'NA: nothing was signed. Empty: some are not checked yet.' },
  ),
  column(
    'signatures_checked_at',
    'time',
    'When they were last checked; of several, the earliest time.',
    {
      missing: 'NA: nothing was signed. Empty: some are not checked yet.',
    },
  ),
  environment,
  trailHead,
]
