-- current_readings is the fold over readings, written by their inserts and by nothing else: the app's role
-- may only read it.
create or replace function keep_current_readings() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  -- One writer at a time for a device: two that folded at once would not see each other's readings.
  perform from devices d where d.id in (select a.device_id from added a) order by d.id for no key update;

  insert into current_readings as c
    (device_id, field, reading_id, value, unknown_because, source, asked_at, answered_at, age_unknown, by_name)
  select distinct on (a.device_id, a.field)
    a.device_id, a.field, a.id, a.value, a.unknown_because, a.source, a.asked_at, a.answered_at, a.age_unknown, a.by_name
  from added a where not is_os_field(a.field)
  order by a.device_id, a.field, a.age_unknown, a.answered_at desc, reading_source_rank(a.source) desc, a.id desc
  on conflict (device_id, field) do update set reading_id = excluded.reading_id, value = excluded.value,
    unknown_because = excluded.unknown_because, source = excluded.source, asked_at = excluded.asked_at,
    answered_at = excluded.answered_at, age_unknown = excluded.age_unknown, by_name = excluded.by_name
  where (not c.age_unknown, c.answered_at, reading_source_rank(c.source), c.reading_id)
    < (not excluded.age_unknown, excluded.answered_at, reading_source_rank(excluded.source), excluded.reading_id);

  delete from current_readings c
  where is_os_field(c.field) and c.device_id in (select a.device_id from added a where is_os_field(a.field));
  insert into current_readings
    (device_id, field, reading_id, value, unknown_because, source, asked_at, answered_at, age_unknown, by_name)
  select f.device_id, f.field, f.id, f.value, f.unknown_because, f.source, f.asked_at, f.answered_at, f.age_unknown, f.by_name
  from (select distinct a.device_id from added a where is_os_field(a.field)) d
  cross join lateral fold_readings(d.device_id) f where is_os_field(f.field);
  return null;
end $$;

drop trigger if exists keeps_current on readings;
create trigger keeps_current after insert on readings referencing new table as added
  for each statement execute function keep_current_readings();
