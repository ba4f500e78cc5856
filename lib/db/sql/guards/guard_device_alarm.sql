-- An alarm does not change; it is cleared once.
create or replace function guard_device_alarm() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.cleared_at is not null or new.accepted is not null then
      raise exception 'an alarm begins uncleared' using errcode = 'integrity_constraint_violation';
    end if;
  elsif old.cleared_at is not null or new.cleared_at is null
    or to_jsonb(new) - '{cleared_at,cleared_by_id,cleared_by_name,cleared_reason,accepted}'::text[]
      is distinct from to_jsonb(old) - '{cleared_at,cleared_by_id,cleared_by_name,cleared_reason,accepted}'::text[] then
    raise exception 'alarm % stands; it can only be cleared, once', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create or replace trigger is_cleared_once before insert or update on device_alarms
  for each row execute function guard_device_alarm();
