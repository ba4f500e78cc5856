-- current_readings is the fold over readings, written by their inserts and by nothing else: the app's role
-- may only read it. A forged value is corrected by the next reading of the field.
create or replace function keep_current_readings() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- One writer at a time for a device: two that folded at once would not see each other's readings.
  perform from devices d where d.id in (select a.device_id from added a) order by d.id for no key update;

  insert into current_readings
    (device_id, field, reading_id, value, unknown_reason, source, asked_at, answered_at, age_unknown, by_name)
  select n.device_id, n.field, n.id, n.value, n.unknown_reason, n.source, n.asked_at, n.answered_at, n.age_unknown, n.by_name
  from (select distinct a.device_id, a.field from added a where not is_os_field(a.field)) a
  cross join lateral newest_reading(a.device_id, a.field) n
  order by n.device_id, n.field
  on conflict (device_id, field) do update set reading_id = excluded.reading_id, value = excluded.value,
    unknown_reason = excluded.unknown_reason, source = excluded.source, asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, age_unknown = excluded.age_unknown, by_name = excluded.by_name;

  -- The fields of the OS are those of one occasion: all of them, or none that was there before. Most answers have none of them.
  if exists (select from added a where is_os_field(a.field)) then
    delete from current_readings c
    where is_os_field(c.field) and c.device_id in (select a.device_id from added a where is_os_field(a.field));

    insert into current_readings
      (device_id, field, reading_id, value, unknown_reason, source, asked_at, answered_at, age_unknown, by_name)
    select n.device_id, n.field, n.id, n.value, n.unknown_reason, n.source, n.asked_at, n.answered_at, n.age_unknown, n.by_name
    from (select distinct a.device_id from added a where is_os_field(a.field)) a
    cross join lateral fold_os_readings(a.device_id) n
    order by n.device_id, n.field;
  end if;
  return null;
end $$;

drop trigger if exists keeps_current on readings;
create trigger keeps_current after insert on readings referencing new table as added
  for each statement execute function keep_current_readings();
