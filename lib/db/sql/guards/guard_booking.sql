-- A device is booked for one trial at a time. `[)`: one may begin at the instant at which another ends.
do $$
begin
  if not exists (select from pg_constraint where conname = 'one_booking_at_a_time') then
    alter table bookings add constraint one_booking_at_a_time exclude using gist (
      numrange(uuid_number(device_id), uuid_number(device_id), '[]') with =, tstzrange(starts_at, ends_at, '[)') with &&
    ) where (end_kind is null);
  end if;
end $$;

-- A booking begins with a device and a protocol that can be used. Afterwards it becomes a trial of that device and protocol,
-- again only after a trial that was closed without a release, and it ends once.
create or replace function guard_booking() returns trigger language plpgsql as $$
declare
  became trials%rowtype;
  before trials%rowtype;
begin
  if tg_op = 'INSERT' then
    if new.end_kind is not null or new.trial_id is not null then
      raise exception 'a booking begins without an end and without a trial' using errcode = 'integrity_constraint_violation';
    end if;
    if exists (select from devices d where d.id = new.device_id and d.retired_at is not null) then
      raise exception 'a retired device is not booked' using errcode = 'integrity_constraint_violation';
    end if;
    if exists (select from protocol_version_events e where e.version_id = new.protocol_version_id and e.kind = 'retired') then
      raise exception 'a retired version of a protocol is not booked' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
  end if;
  if (new.id, new.device_id, new.protocol_version_id, new.target, new.expectation, new.starts_at, new.ends_at, new.booked_at, new.booked_by_id, new.booked_by_name)
     is distinct from (old.id, old.device_id, old.protocol_version_id, old.target, old.expectation, old.starts_at, old.ends_at, old.booked_at, old.booked_by_id, old.booked_by_name) then
    raise exception 'what was booked never changes' using errcode = 'integrity_constraint_violation', hint = 'withdraw it and book anew';
  end if;
  if old.end_kind is not null then
    raise exception 'this booking was % before', old.end_kind using errcode = 'integrity_constraint_violation';
  end if;
  if new.trial_id is distinct from old.trial_id then
    select * into became from trials where id = new.trial_id;
    select * into before from trials where id = old.trial_id;
    if new.trial_id is null or (became.device_id, became.protocol_version_id) is distinct from (new.device_id, new.protocol_version_id) then
      raise exception 'a booking becomes a trial of its device and protocol' using errcode = 'integrity_constraint_violation';
    end if;
    if before.id is not null and (before.released_at is not null or before.state not in {{closed_trial_states}}) then
      raise exception 'this booking became T-% already', before.number using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  return new;
end $$;

create or replace trigger keeps_what_was_booked before insert or update on bookings for each row execute function guard_booking();
