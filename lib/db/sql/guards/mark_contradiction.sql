-- Whose reply it was, on what and by which documents: copied from the check, whatever the writer says. One row for a device,
-- a trial, a version and a fingerprint, which names request type and key: the same again is counted by its check.
create or replace function mark_contradiction() returns trigger language plpgsql as $$
begin
  select device_id, trial_id, request_type, platform, os_version, documentation, simulated
  into new.device_id, new.trial_id, new.request_type, new.platform, new.os_version, new.documentation, new.simulated
  from reply_checks where raw_event_id = new.raw_event_id and new.out_of = any (judged);
  if not found then
    raise exception 'the check of event % did not look at %', new.raw_event_id, new.out_of using errcode = 'integrity_constraint_violation';
  end if;
  if exists (
    select from contradictions c where c.device_id = new.device_id and c.fingerprint = new.fingerprint
      and c.os_version = new.os_version and c.trial_id is not distinct from new.trial_id and c.raw_event_id <> new.raw_event_id and stands(c.id)
  ) then
    return null;
  end if;
  return new;
end $$;

create or replace trigger marks_simulated before insert on contradictions for each row execute function mark_contradiction();
