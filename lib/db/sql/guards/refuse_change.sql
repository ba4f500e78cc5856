-- The record only grows
create or replace function refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation', HINT = 'a correction is a new row that points at the old one';
END $$;

do $$
declare name text;
begin
  -- No row is changed or deleted.
  foreach name in array array[
      'arm_assignments', 'arm_lists', 'attachment_withdrawals', 'attachments', 'audit_log', 'catalogue_files', 'catalogue_imports', 'catalogue_listings', 'catalogue_names',
      'catalogue_releases', 'catalogue_signings', 'claim_decisions', 'claim_versions', 'claims', 'command_events', 'contradiction_standings', 'contradictions', 'declaration_events', 'declaration_steps', 'device_field_values', 'ended_reservations', 'error_notes', 'error_sightings', 'frozen_reports', 'known_issue_changes', 'lab_report_trials', 'observations',
      'other_lab_contradictions', 'other_lab_trials', 'outcome_decisions', 'outcome_openings', 'protocol_version_events', 'protocol_versions', 'radar_events', 'raw_event_rereads', 'readings', 'repeated_events',
      'reply_checks', 'review_events', 'second_readings', 'share_openings', 'signatures', 'trial_events', 'usb_prints', 'verdicts', 'waivers'
  ] loop
    execute format('create or replace trigger only_grows before update or delete on %I for each row execute function refuse_change()', name);
    execute format('create or replace trigger is_never_emptied before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
  -- No row is deleted; changes have a guard of their own.
  foreach name in array array[
      'api_keys', 'bookings', 'catalogue_fetches', 'commands', 'custodies', 'custom_fields', 'declaration_removals', 'device_alarms', 'device_identifiers', 'devices', 'hand_overs', 'mdm_servers',
      'observation_gaps', 'other_lab_reports', 'person_links', 'proofs', 'protocols', 'queue_entries', 'radars', 'raw_events', 'redeliveries',
      'sealed_bodies', 'sending_stops', 'server_checks', 'share_links', 'trials', 'users'
  ] loop
    execute format('create or replace trigger is_never_deleted before delete on %I for each row execute function refuse_change()', name);
    execute format('create or replace trigger is_never_emptied before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
end $$;

create or replace trigger is_never_emptied before delete or truncate on audit_head for each statement execute function refuse_change();
create or replace trigger never_changes before update or delete on device_import_rows for each row execute function refuse_change();
create or replace trigger never_changes before update or delete on device_imports for each row execute function refuse_change();
create or replace trigger only_grows before delete on outside_updates for each row execute function refuse_change();
create or replace trigger is_never_emptied before truncate on device_import_rows for each statement execute function refuse_change();
create or replace trigger is_never_emptied before truncate on device_imports for each statement execute function refuse_change();
create or replace trigger is_never_emptied before truncate on outside_updates for each statement execute function refuse_change();
