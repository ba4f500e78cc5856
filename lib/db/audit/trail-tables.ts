import { cache, fold, grows, ofTheTrail, type TrailTable } from './trail-table'

/**
 * What the audit trail watches and what the app's database role may do, for every table. A table missing
 * from this list stops the migration.
 */
export const trailTables: Readonly<Record<string, TrailTable>> = {
  // People. R15 of the record rules: nobody is ever removed; an account that is no longer used is disabled.
  users: { trail: 'rows', ignored: ['updated_at'], mayChange: { allBut: ['id', 'created_at'] } },
  sessions: {
    trail: 'rows',
    secret: ['token'],
    ignored: ['updated_at', 'expires_at', 'last_seen_at'],
    mayChange: { allBut: ['id', 'user_id', 'created_at'] },
    mayDelete: true,
  },
  accounts: {
    trail: 'rows',
    secret: ['password', 'access_token', 'refresh_token', 'id_token'],
    ignored: ['updated_at', 'access_token_expires_at', 'refresh_token_expires_at'],
    mayChange: { allBut: ['id', 'user_id', 'created_at'] },
    mayDelete: true,
  },
  verifications: cache('the state of a sign-in that is under way in better-auth; it holds secrets'),
  two_factors: {
    trail: 'rows',
    secret: ['secret', 'backup_codes'],
    ignored: ['failed_verification_count', 'locked_until'],
    mayChange: { allBut: ['id', 'user_id'] },
    mayDelete: true,
  },
  tried_codes: cache('codes that were used once, kept for minutes'),
  passkeys: {
    trail: 'rows',
    ignored: ['counter', 'last_used_at', 'backed_up'],
    mayChange: { only: ['name', 'counter', 'last_used_at', 'backed_up', 'transports'] },
    mayDelete: true,
  },
  person_links: {
    trail: 'rows',
    secret: ['token_sha256'],
    mayChange: { only: ['person_id', 'used_at', 'withdrawn_at', 'withdrawn_by_name'] },
  },
  api_keys: {
    trail: 'rows',
    secret: ['sha256'],
    ignored: ['last_used_at'],
    mayChange: { only: ['last_used_at', 'revoked_at', 'revoked_by_id', 'revoked_by_name'] },
  },
  rate_limits: cache('counters of requests'),
  familiar_addresses: cache('addresses a person has signed in from; the sign-ins are entered'),

  // The lab.
  lab_settings: { trail: 'rows', mayChange: { only: ['value', 'changed_at', 'changed_by'] } },
  mdm_servers: {
    trail: 'rows',
    secret: ['api_key', 'hmac_key', 'webhook_token_sha256', 'declarations_key'],
    ignored: ['last_contact_at'],
    mayChange: { allBut: ['id', 'kind', 'simulated', 'created_at'] },
  },
  server_silences: cache(
    'how long the worker waits for a server that does not answer; each command records how it ended',
  ),
  release_requests: cache(
    'who has a release dialog open, for a minute; the release itself is entered, and what waits for it',
  ),
  query_runs: { trail: 'rows', mayChange: { only: ['ended_at', 'stopped_by_name'] } },
  query_run_devices: {
    trail: { none: 'how far a query run is; each query is a command with its own entries' },
    mayChange: { only: ['state', 'due_at', 'changed_at', 'reason', 'answers'] },
  },
  devices: {
    trail: 'rows',
    ignored: ['last_seen_at'],
    mayChange: { allBut: ['id', 'simulated', 'created_at'] },
  },
  hand_overs: {
    trail: 'rows',
    mayChange: {
      only: ['answer', 'answered_at', 'answered_by_id', 'answered_by_name', 'answer_reason'],
    },
  },
  custodies: { trail: 'rows', mayChange: { only: ['ended_at', 'ended_by_id', 'ended_by_name'] } },
  custom_fields: {
    trail: 'rows',
    mayChange: { allBut: ['id', 'created_at', 'created_by_id', 'created_by_name'] },
  },
  device_field_values: grows,
  device_imports: grows,
  usb_prints: grows,
  device_import_rows: { trail: 'batches' },
  import_mappings: {
    trail: 'rows',
    mayChange: { only: ['mapping', 'changed_at', 'changed_by'] },
  },
  catalogue_files: grows,
  catalogue_imports: grows,
  catalogue_listings: { trail: 'batches' },
  catalogue_signings: { trail: 'batches' },
  catalogue_releases: { trail: 'batches' },
  catalogue_names: { trail: 'batches' },
  catalogue_fetches: {
    trail: 'rows',
    mayChange: { only: ['ended_at', 'result', 'reason', 'import_id'] },
  },
  known_issue_changes: grows,
  protocols: { trail: 'rows', mayChange: { only: ['archived_at'] } },
  server_checks: { trail: 'rows', mayChange: { only: ['contact_at', 'settled_at'] } },
  observation_gaps: { trail: 'rows', mayChange: { only: ['ended_at', 'marked_at'] } },
  frozen_reports: grows,
  lab_report_trials: grows,
  other_lab_reports: {
    trail: 'rows',
    mayChange: {
      only: ['withdrawn_at', 'withdrawn_by_id', 'withdrawn_by_name', 'withdrawn_reason'],
    },
  },
  other_lab_trials: { trail: 'batches' },
  other_lab_contradictions: { trail: 'batches' },
  share_links: {
    trail: 'rows',
    secret: ['token_sha256'],
    mayChange: { only: ['revoked_at', 'revoked_by_id', 'revoked_by_name'] },
  },
  share_openings: grows,
  saved_views: {
    trail: 'rows',
    mayChange: { only: ['name', 'shared', 'changed_at'] },
    mayDelete: true,
  },
  web_heartbeats: cache('heartbeats of the listeners; a gap between them is a row of its own'),

  // Trials and the evidence.
  trials: {
    trail: 'rows',
    mayChange: { allBut: ['id', 'number', 'device_id', 'simulated', 'drafted_at', 'drafted_by'] },
  },
  ended_reservations: grows,
  bookings: {
    trail: 'rows',
    mayChange: {
      only: ['trial_id', 'end_kind', 'ended_at', 'ended_by_id', 'ended_by_name', 'end_reason'],
    },
  },
  queue_entries: {
    trail: 'rows',
    mayChange: {
      only: ['place', 'end_kind', 'ended_at', 'ended_by_id', 'ended_by_name', 'end_reason'],
    },
  },
  protocol_versions: grows,
  protocol_version_events: grows,
  arm_lists: { trail: 'rows', secret: ['seed'] },
  arm_assignments: grows,
  readings: { trail: 'batches' },
  trial_events: grows,
  observations: grows,
  attachments: grows,
  attachment_withdrawals: grows,
  attachment_previews: cache(
    'smaller pictures of attachments; made again from the files at any time',
  ),
  outcome_decisions: grows,
  second_readings: grows,
  outcome_openings: grows,
  verdicts: grows,
  command_events: grows,
  declaration_steps: grows,
  declaration_removals: {
    trail: 'rows',
    mayChange: { only: ['detached_at', 'finished_at', 'seen_gone_at', 'seen_gone_how'] },
  },
  reply_checks: grows,
  contradictions: grows,
  contradiction_standings: grows,
  error_sightings: grows,
  error_notes: grows,
  raw_event_rereads: grows,
  declaration_events: grows,
  redeliveries: {
    trail: 'rows',
    ignored: ['times', 'last_at'],
    mayChange: { only: ['times', 'last_at', 'marked_at'] },
  },
  repeated_events: {
    trail: {
      none: 'bodies equal to a stored one; redeliveries has their number and times',
    },
  },
  device_identifiers: {
    trail: 'rows',
    mayChange: { only: ['value', 'plain', 'raw_event_id', 'reported_at'] },
  },
  outside_updates: { trail: 'rows', mayChange: { only: ['acknowledged_at', 'acknowledged_by'] } },
  sending_stops: {
    trail: 'rows',
    mayChange: { only: ['ended_at', 'ended_by_id', 'ended_by_name', 'ended_reason'] },
  },
  device_alarms: {
    trail: 'rows',
    mayChange: {
      only: ['cleared_at', 'cleared_by_id', 'cleared_by_name', 'cleared_reason', 'accepted'],
    },
  },
  commands: {
    trail: 'rows',
    mayChange: {
      allBut: [
        ...['command_uuid', 'device_id', 'mdm_server_id', 'enrollment_id', 'trial_id', 'purpose'],
        ...['slot_ordinal', 'request_type', 'plist', 'plist_sha256', 'simulated'],
      ],
    },
  },
  raw_events: {
    trail: 'batches',
    mayChange: {
      allBut: [
        ...['id', 'mdm_server_id', 'received_at', 'receipt', 'body', 'sha256', 'simulated'],
        ...['source', 'report_id', 'report_at'],
      ],
    },
  },
  current_readings: fold('the newest of each reading, kept by a trigger on readings'),
  // Judged by the rules of lib/domain. Only shown: a second person's search judges each device in it again.
  device_verdicts: cache('what the device list shows; judged again at any time'),
  sealed_bodies: { trail: 'rows', secret: ['sealed'] },

  // Bug reports to Apple. What follows from the events is written by their trigger.
  radars: { trail: 'rows' },
  radar_events: grows,

  // Notices to people and programs outside.
  notice_targets: {
    trail: 'rows',
    secret: ['secret', 'old_secret'],
    mayChange: { allBut: ['id', 'created_at'] },
    mayDelete: true,
  },
  mail_choices: { trail: 'rows', mayChange: { only: ['topics', 'with_simulated'] } },
  notices: { trail: { none: 'a copy of an event that has its own entry' }, mayDelete: true },
  notice_deliveries: {
    trail: { none: 'how far a delivery is; what a person decides about one is entered' },
    mayChange: { allBut: ['id', 'notice_id', 'target_id', 'person_id'] },
    mayDelete: true,
  },
  // Claims of Apple's documents and of the community, and what trials say about them.
  claims: grows,
  claim_versions: grows,
  claim_decisions: grows,

  // Signatures and reviews.
  proofs: { trail: 'rows', mayChange: { only: ['used_at'] } },
  signatures: grows,
  signature_checks: cache('what the last check of a signature found; checked again at any time'),
  waivers: grows,
  review_events: grows,
  trial_reviews: fold('the fold over review_events, written by their trigger'),
  trial_outcomes: fold('the fold of lib/db/sql/views/trial_outcome_fold.sql, kept by triggers'),
  outcome_counts: fold('the number of equal rows of trial_outcomes, kept by their trigger'),
  outcome_months: fold('the same for each month, kept by their trigger'),
  review_queue: fold('the fold of lib/db/sql/views/trial_review_fold.sql, kept by triggers'),
  trial_flow: fold('the fold of lib/db/sql/views/trial_flow_fold.sql, kept by triggers'),
  flow_counts: fold('the number of equal rows of trial_flow, kept by their trigger'),
  trial_flow_marks: fold('devices whose trials are looked at again at the commit'),
  counted_devices: fold('the fold of lib/db/sql/views/counted_device_fold.sql, kept by triggers'),
  device_counts: fold('the number of equal rows of counted_devices, kept by their trigger'),
  trial_lines: fold('the rows of trial_line_fold, but where a mark stands'),
  trial_line_marks: fold('trials whose line is to be made again'),

  audit_log: ofTheTrail,
  audit_head: ofTheTrail,
  audit_queue: ofTheTrail,
  audit_set_up: ofTheTrail,
}
