-- A sending stop does not change; it is ended once, and not while an alarm of it is open on a device.
create or replace function guard_sending_stop() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.ended_at is not null then
      raise exception 'a stop begins open' using errcode = 'integrity_constraint_violation';
    end if;
  elsif old.ended_at is not null or new.ended_at is null
    or to_jsonb(new) - '{ended_at,ended_by_id,ended_by_name,ended_reason}'::text[]
      is distinct from to_jsonb(old) - '{ended_at,ended_by_id,ended_by_name,ended_reason}'::text[] then
    raise exception 'stop % stands; it can only be ended, once', old.id using errcode = 'integrity_constraint_violation';
  elsif exists (select from device_alarms where stop_id = old.id and cleared_at is null) then
    raise exception 'stop % has devices nobody has looked at', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_ended_once before insert or update on sending_stops
  for each row execute function guard_sending_stop();
