-- An event is never left unmatched beside its device, whichever of the two is written first. Both sides take
-- the same lock before they look for the other, so that the later one sees what the earlier has committed.
-- Byte for byte: in another letter case it is another enrollment, which the reader does not match either.
create or replace function wait_for_device() returns trigger language plpgsql as $$
begin
  perform lock_enrollment(new.mdm_server_id, new.enrollment_key);
  if exists (select from devices d where d.mdm_server_id = new.mdm_server_id
    and lower(d.enrollment_id) = lower(new.enrollment_key) and d.enrollment_id = new.enrollment_key) then
    new.read_state := 'unread';
    new.read_at := null;
    new.reason := null;
    new.waits_for_device := false;
  end if;
  return new;
end $$;

-- Before is_read_once, by its name.
create or replace trigger finds_its_device before update on raw_events for each row
  when (old.read_state = 'unread' and new.read_state = 'unmatched' and new.waits_for_device and new.enrollment_key is not null)
  execute function wait_for_device();

create or replace function lock_own_enrollment() returns trigger language plpgsql as $$
begin
  perform lock_enrollment(new.mdm_server_id, new.enrollment_id);
  return new;
end $$;

create or replace function take_waiting_events() returns trigger language plpgsql as $$
begin
  update raw_events set read_state = 'unread', read_at = null, reason = null, waits_for_device = false,
    reread_at = clock_timestamp(), reread_by = 'Oneway'
  where mdm_server_id = new.mdm_server_id and enrollment_key = new.enrollment_id
    and waits_for_device and read_state = 'unmatched';
  return null;
end $$;

-- The lock is taken before the row is written: a transaction waiting for it must hold none that others wait for.
create or replace trigger enters_alone before insert on devices for each row
  when (new.enrollment_id is not null and new.mdm_server_id is not null)
  execute function lock_own_enrollment();

create or replace trigger enrolls_alone before update of enrollment_id, mdm_server_id on devices for each row
  when (new.enrollment_id is not null and new.mdm_server_id is not null
    and (new.enrollment_id, new.mdm_server_id) is distinct from (old.enrollment_id, old.mdm_server_id))
  execute function lock_own_enrollment();

create or replace trigger takes_waiting_events after insert on devices for each row
  when (new.enrollment_id is not null and new.mdm_server_id is not null)
  execute function take_waiting_events();

create or replace trigger takes_waiting_events_later after update of enrollment_id, mdm_server_id on devices for each row
  when (new.enrollment_id is not null and new.mdm_server_id is not null
    and (new.enrollment_id, new.mdm_server_id) is distinct from (old.enrollment_id, old.mdm_server_id))
  execute function take_waiting_events();
