-- The identity, enrollment and model of a device do not change during a live trial or an open command, whoever
-- writes the row. Empty fields may be filled in.
create or replace function guard_device_identity() returns trigger language plpgsql as $$
declare
  field text;
  busy text;
begin
  select f.name into field from (values
    ('enrollment ID', old.enrollment_id, new.enrollment_id),
    ('MDM server', old.mdm_server_id::text, new.mdm_server_id::text),
    ('serial', old.serial, new.serial),
    ('platform', old.platform, new.platform),
    ('model', old.model_identifier, new.model_identifier)
  ) f(name, was, is_now) where f.was is not null and f.was is distinct from f.is_now limit 1;
  if field is null then return new; end if;
  select found.pending into busy from (
    select 'trial T-' || t.number || ' is ' || t.state as pending from trials t
    where t.device_id = old.id and t.state in {{live_trial_states}}
    union all
    select c.request_type || ' is ' || c.state from commands c
    where c.device_id = old.id and {{open_command}}
  ) found limit 1;
  if busy is not null then
    raise exception 'the % of device % cannot change now: %', field, coalesce(old.lab_tag, old.name), busy
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger keeps_its_identity before update of enrollment_id, mdm_server_id, serial, platform, model_identifier
  on devices for each row execute function guard_device_identity();

-- A trial that becomes live, or a command that is reserved, waits for an edit of its device, and an edit for it.
create or replace function guard_held_device() returns trigger language plpgsql as $$
begin
  perform from devices where id = new.device_id for share;
  return new;
end $$;

create or replace trigger holds_its_device before update of state on trials
  for each row when (new.state in ('registered', 'armed') and new.state <> old.state) execute function guard_held_device();
create or replace trigger holds_its_device before insert on commands
  for each row execute function guard_held_device();
